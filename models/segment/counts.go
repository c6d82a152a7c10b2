package segment

import (
	"math"
	"slices"
)

// Counts says how many customers have a value, by value. Values that agree to
// about one part in a thousand share a key, so that a shop of any size needs at
// most some 120,000 keys; whole numbers up to 2048 keep keys of their own.
// Counts are added, never averaged: the same customers give the same Counts
// however they are split and merged.
type Counts map[int32]int64

const (
	keptBits = 10               // of the mantissa: 1/1024 relative width
	shift    = 52 - keptBits    //
	smallest = 1.0 / (1 << 20)  // what is nearer to 0 counts as 0
	largest  = float64(1 << 40) // what is further away counts as this
)

// key numbers the values in their own order: a < b implies key(a) <= key(b).
// It reads the number's bits instead of taking a logarithm, so that every
// processor gives the same key.
func key(v float64) int32 {
	size := math.Abs(v)
	if size < smallest {
		return 0
	}
	k := int32((math.Float64bits(min(size, largest)) - math.Float64bits(smallest)) >> shift)
	if v < 0 {
		return -k - 1
	}
	return k + 1
}

// add counts v; a missing value (NaN) is left out.
func (c Counts) add(v float64) {
	if !math.IsNaN(v) {
		c[key(v)]++
	}
}

func (c Counts) merge(other Counts) {
	for k, n := range other {
		c[k] += n
	}
}

// distribution answers how many customers have less than a value. It is Counts
// in key order.
type distribution struct {
	keys  []int32
	below []int64 // below[i] customers have a key under keys[i]; one more entry: all
}

func newDistribution(c Counts) distribution {
	d := distribution{keys: make([]int32, 0, len(c)), below: make([]int64, 1, len(c)+1)}
	for k := range c {
		d.keys = append(d.keys, k)
	}
	slices.Sort(d.keys)
	for i, k := range d.keys {
		d.below = append(d.below, d.below[i]+c[k])
	}
	return d
}

// around returns the customers with less than v, as much as v, and in all.
func (d distribution) around(v float64) (less, same, all int64) {
	i, found := slices.BinarySearch(d.keys, key(v))
	if found {
		same = d.below[i+1] - d.below[i]
	}
	return d.below[i], same, d.below[len(d.keys)]
}

// rank returns the share of customers with less than v, those with as much as v
// counting half: 0.5 where all are equal. It is NaN where nobody was counted.
func (d distribution) rank(v float64) float64 {
	less, same, all := d.around(v)
	return (float64(less) + float64(same)/2) / float64(all)
}
