package gbdt

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestCodesAnswerForTheirCells: whatever a node answers to a cell, it answers to
// the example of the cell's code.
func TestCodesAnswerForTheirCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "tree"), 0))
		m := &Model{Columns: columnNames(2), Trees: []Tree{randomTree(rng, 2, 6), randomTree(rng, 2, 4)}}
		all := cutColumns(2, m.Trees...)
		special := rapid.SampledFrom([]float32{0, -0.5, 1e-35, -1e-35, 1e-36, 1, 31.5, 63, 64, 1e30, float32(math.NaN()), float32(math.Inf(-1))})
		cell := rapid.OneOf(special, rapid.Float32Range(-2, 70), rapid.Float32Range(0, 1)).Draw(t, "cell")
		for k := range m.Trees {
			tree := &m.Trees[k]
			for i, column := range tree.Feature {
				code := make([]uint32, 1)
				place(newLadder(all[column]), code, []float32{cell}, uint32(all[column].missing()))
				example := all[column].example(int(code[0]))
				if tree.goesLeft(int32(i), cell) != tree.goesLeft(int32(i), example) {
					t.Fatalf("tree %d, node %d: %v has code %d, whose example %v goes the other way", k, i, cell, code[0], example)
				}
			}
		}
	})
}

func TestEncodeCountsCutsBelow(t *testing.T) {
	c := cuts{-1, 0, 2.5, 7}
	cells := []float32{-2, -1, -0.5, 0, 1, 2.5, 2.6, 7, 8, float32(math.Inf(1)), float32(math.NaN())}
	want := []uint32{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5}
	got := make([]uint32, len(cells))
	place(newLadder(c), got, cells, uint32(c.missing()))
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v has code %d, want %d", cells[i], got[i], want[i])
		}
	}
}

func TestAtMost(t *testing.T) {
	for v, want := range map[float64]float32{
		0.5: 0.5, 0.1: math.Nextafter32(0.1, 0), 1e300: math.MaxFloat32, math.Inf(1): float32(math.Inf(1)), -1e300: float32(math.Inf(-1)),
	} {
		if got := atMost(v); got != want {
			t.Errorf("the greatest float32 up to %v is %v, want %v", v, got, want)
		}
	}
}
