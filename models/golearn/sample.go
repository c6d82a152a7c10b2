package golearn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// candidate is one repetition of a row; those with the smallest hashes are drawn.
type candidate struct {
	hash uint64
	row  int32
}

// sample returns the rows to train on, at most limit, in an order that depends
// on what the rows hold and not on where they stand: rows shuffled by the caller
// give the same training. A row of weight 2 is two rows.
func sample(seed uint64, x [][]float32, y, weights []float64, limit int) ([]int32, error) {
	candidates, err := repeat(seed, x, y, weights)
	if err != nil {
		return nil, err
	}
	sortByHash(candidates)
	separateEqual(candidates)
	sortByHash(candidates)
	rows := make([]int32, min(len(candidates), limit))
	for k := range rows {
		rows[k] = candidates[k].row
	}
	return rows, nil
}

// repeat returns every row as often as its weight says.
func repeat(seed uint64, x [][]float32, y, weights []float64) ([]candidate, error) {
	const most = 1 << 27 // 2 GiB of candidates
	candidates := make([]candidate, 0, len(y))
	for i := range y {
		copies, err := repetitions(weights, i)
		if err != nil {
			return nil, err
		}
		if len(candidates)+copies > most {
			return nil, fmt.Errorf("more than %d rows, counting weights (pass fewer rows)", most)
		}
		hash := contentHash(seed, x, y, i)
		for range copies {
			candidates = append(candidates, candidate{hash, int32(i)})
		}
	}
	return candidates, nil
}

func sortByHash(candidates []candidate) {
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
}

// separateEqual mixes into each hash how many equal ones went before it, so that
// equal rows are drawn one by one and not all or none.
func separateEqual(sorted []candidate) {
	before, previous := uint64(0), uint64(0)
	for k := range sorted {
		hash := sorted[k].hash
		if hash != previous {
			before, previous = 0, hash
		}
		sorted[k].hash = mix(hash ^ mix(before))
		before++
	}
}

// repetitions returns how often row i is trained on.
func repetitions(weights []float64, i int) (int, error) {
	if weights == nil {
		return 1, nil
	}
	w := weights[i]
	if w < 0 || w != math.Trunc(w) || w > math.MaxInt32 {
		return 0, fmt.Errorf("weight %v of row %d is not a whole number (golearn has no sample weights; pass nil or counts)", w, i)
	}
	return int(w), nil
}

// contentHash hashes features and outcome of row i. All NaN are one value, and
// so are 0 and -0.
func contentHash(seed uint64, x [][]float32, y []float64, i int) uint64 {
	hash := mix(seed ^ mix(math.Float64bits(y[i])))
	for _, column := range x {
		v := column[i] + 0
		bits := math.Float32bits(v)
		if v != v {
			bits = math.MaxUint32
		}
		hash = mix(hash ^ uint64(bits))
	}
	return hash
}

// mix is the finalizer of splitmix64 (Steele, Lea & Flood 2014): a bijection
// whose output bits all depend on every input bit.
func mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
