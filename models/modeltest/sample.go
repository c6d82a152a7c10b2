package modeltest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// sample is a training or test table with labels.
type sample struct {
	columns []string
	x       [][]float32 // x[j][i] is columns[j] of row i
	y       []float64
}

const (
	trainRows = 1500
	trainSeed = 1
	testSeed  = 2
)

var nan32 = float32(math.NaN())

// draw returns rows with an easy signal in four columns of different shape, one
// column of noise, one constant and one that is always missing.
func draw(rows int, seed uint64) sample {
	rng := rand.New(rand.NewPCG(seed, 0))
	s := sample{
		columns: []string{"linear", "gappy", "skewed", "flag", "noise", "constant", "absent"},
		y:       make([]float64, rows),
	}
	for range s.columns {
		s.x = append(s.x, make([]float32, rows))
	}
	for i := range rows {
		linear, gappy, spread := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		flag := float64(rng.IntN(2))
		margin := 1.5*linear - 1.2*gappy + spread + flag - 0.5
		s.x[0][i] = float32(linear)
		s.x[1][i] = float32(gappy)
		if rng.IntN(10) == 0 {
			s.x[1][i] = nan32
		}
		s.x[2][i] = float32(math.Exp(2 * spread))
		s.x[3][i] = float32(flag)
		s.x[4][i] = rng.Float32()
		s.x[5][i] = 7
		s.x[6][i] = nan32
		if rng.Float64() < 1/(1+math.Exp(-margin)) {
			s.y[i] = 1
		}
	}
	return s
}

// pick returns rows in the given order; a row may be picked more than once.
func (s sample) pick(rows []int) sample {
	picked := sample{columns: s.columns, y: make([]float64, len(rows))}
	for _, column := range s.x {
		cells := make([]float32, len(rows))
		for k, i := range rows {
			cells[k] = column[i]
		}
		picked.x = append(picked.x, cells)
	}
	for k, i := range rows {
		picked.y[k] = s.y[i]
	}
	return picked
}

// without returns s without column j.
func (s sample) without(j int) sample {
	s.columns = slices.Delete(slices.Clone(s.columns), j, j+1)
	s.x = slices.Delete(slices.Clone(s.x), j, j+1)
	return s
}

// clone returns a deep copy of s.
func (s sample) clone() sample {
	s.columns, s.x, s.y = slices.Clone(s.columns), slices.Clone(s.x), slices.Clone(s.y)
	for j := range s.x {
		s.x[j] = slices.Clone(s.x[j])
	}
	return s
}

// shuffled returns a permutation of rows [0, n).
func shuffled(n int) []int { return rand.New(rand.NewPCG(3, 0)).Perm(n) }

// wildCells are values that a table may hold by accident.
var wildCells = []float32{
	nan32, float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32,
	math.SmallestNonzeroFloat32, 0, float32(math.Copysign(0, -1)), 1e30, -1e30, 16777217,
}
