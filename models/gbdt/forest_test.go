package gbdt

import (
	"math/rand/v2"
	"testing"
)

// grown returns a tree of random shape, which asks columns in all the ways that a
// file may.
func grown(rng *rand.Rand, leaves, columns int, kinds []Missing) Tree {
	t := Tree{LeafValue: []float64{rng.NormFloat64()}}
	for len(t.LeafValue) < leaves {
		at := ^int32(rng.IntN(len(t.LeafValue)))
		node := int32(len(t.Feature))
		for k := range t.Feature {
			if t.Left[k] == at {
				t.Left[k] = node
			} else if t.Right[k] == at {
				t.Right[k] = node
			}
		}
		column := rng.IntN(columns)
		t.Feature = append(t.Feature, int32(column))
		t.Left, t.Right = append(t.Left, at), append(t.Right, ^int32(len(t.LeafValue)))
		t.LeafValue = append(t.LeafValue, rng.NormFloat64())
		missing := kinds[rng.IntN(len(kinds))]
		if column == 0 {
			t.Decision = append(t.Decision, NewDecision(true, false, missing))
			t.Threshold = append(t.Threshold, float64(max(len(t.CategoryBounds)-1, 0)))
			if t.CategoryBounds == nil {
				t.CategoryBounds = []int32{0}
			}
			t.CategoryBits = append(t.CategoryBits, rng.Uint32(), rng.Uint32())
			t.CategoryBounds = append(t.CategoryBounds, int32(len(t.CategoryBits)))
			continue
		}
		t.Decision = append(t.Decision, NewDecision(false, rng.IntN(2) == 0, missing))
		t.Threshold = append(t.Threshold, rng.NormFloat64()*0.1)
	}
	return t
}

// TestMasksAreWalks compares whole models in batches with walks row by row.
func TestMasksAreWalks(t *testing.T) {
	tests := []struct {
		name          string
		trees, leaves int
		kinds         []Missing
	}{
		{"usual trees", 20, 31, []Missing{MissingNone, MissingNaN}},
		{"most leaves", 8, mostLeaves, []Missing{MissingNone, MissingNaN}},
		{"walked", 4, mostLeaves + 1, []Missing{MissingNone, MissingNaN}},
		{"missing zeros", 10, 20, []Missing{MissingNone, MissingZero, MissingNaN}},
		{"more thresholds than a byte counts", 200, 30, []Missing{MissingNaN}},
		{"constants", 3, 1, []Missing{MissingNaN}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 0))
			const columns, rows = 5, 1500
			m := &Model{Columns: []string{"a", "b", "c", "d", "e"}, Objective: Objective{Loss: L2}}
			for range tt.trees {
				m.Trees = append(m.Trees, grown(rng, tt.leaves, columns, tt.kinds))
			}
			x := wild(rng, columns, rows, m)
			batch, walked := make([]float64, rows), make([]float64, rows)
			if err := m.Margin(batch, m.Columns, x); err != nil {
				t.Fatal(err)
			}
			m.walk(walked, x)
			for i := range batch {
				if batch[i] != walked[i] {
					t.Fatalf("row %d: in a batch %v, walked %v", i, batch[i], walked[i])
				}
			}
		})
	}
}

// wild returns cells near, at and far from thresholds, categories and gaps.
func wild(rng *rand.Rand, columns, rows int, m *Model) [][]float32 {
	x := make([][]float32, columns)
	for j := range x {
		x[j] = make([]float32, rows)
		for i := range x[j] {
			tree := &m.Trees[rng.IntN(len(m.Trees))]
			switch v := &x[j][i]; rng.IntN(6) {
			case 0:
				*v = nan32
			case 1:
				*v = 0
			case 2:
				*v = float32(rng.NormFloat64() * 1e30)
			case 3:
				*v = float32(rng.IntN(160)-10) / 2
			case 4:
				if n := len(tree.Threshold); n > 0 {
					*v = float32(tree.Threshold[rng.IntN(n)])
				}
			default:
				*v = float32(rng.NormFloat64() * 0.1)
			}
		}
	}
	return x
}
