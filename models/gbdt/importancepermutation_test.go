package gbdt

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func squaredError(predictions, y []float64) float64 {
	sum := 0.0
	for i, p := range predictions {
		sum += (p - y[i]) * (p - y[i])
	}
	return sum / float64(len(y))
}

// stump predicts column_00 > 0.5 and asks nothing else.
func stump() *Model {
	return &Model{
		Columns: columnNames(3), Objective: Objective{Loss: L2},
		Trees: []Tree{{
			Feature: []int32{0}, Threshold: []float64{0.5}, Decision: []Decision{0}, Left: []int32{^0}, Right: []int32{^1},
			LeafValue: []float64{0, 1}, LeafCount: []int64{1, 1},
		}},
	}
}

// TestPermutationImportanceOfAStump: the stump is never wrong, and with its
// column shuffled as wrong as two draws without replacement that differ.
func TestPermutationImportanceOfAStump(t *testing.T) {
	const rows = 2000
	m := stump()
	x, y := make([][]float32, 3), make([]float64, rows)
	for j := range x {
		x[j] = make([]float32, rows)
		for i := range rows {
			x[j][i] = float32(i % 2)
			y[i] = float64(i % 2)
		}
	}
	before := slices.Clone(x[0])
	got, err := m.PermutationImportance(m.Columns, x, y, squaredError, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Column != "column_00" || math.Abs(got[0].Value-0.5) > 0.04 {
		t.Errorf("the first is %v, want column_00 near 0.5", got[0])
	}
	if diff := cmp.Diff([]Importance{{"column_01", 0}, {"column_02", 0}}, got[1:]); diff != "" {
		t.Errorf("the others (-want +got):\n%s", diff)
	}
	if !slices.Equal(before, x[0]) {
		t.Error("the rows were changed")
	}
	again, err := m.PermutationImportance(m.Columns, x, y, squaredError, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("the same seed gives (-first +second):\n%s", diff)
	}
	other, err := m.PermutationImportance(m.Columns, x, y, squaredError, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	if other[0].Value == got[0].Value {
		t.Error("another seed shuffles alike")
	}
}

func TestPermutationImportanceRefuses(t *testing.T) {
	m := stump()
	x := benchmarkCells(3, 4)
	y := make([]float64, 4)
	for says, call := range map[string]func() ([]Importance, error){
		"a missing column": func() ([]Importance, error) {
			return m.PermutationImportance(m.Columns[1:], x[1:], y, squaredError, 1, 1)
		},
		"too few labels": func() ([]Importance, error) {
			return m.PermutationImportance(m.Columns, x, y[1:], squaredError, 1, 1)
		},
		"no repeats": func() ([]Importance, error) {
			return m.PermutationImportance(m.Columns, x, y, squaredError, 0, 1)
		},
		"no rows": func() ([]Importance, error) {
			return m.PermutationImportance(m.Columns, benchmarkCells(3, 0), nil, squaredError, 1, 1)
		},
	} {
		if _, err := call(); err == nil {
			t.Errorf("%s: no error", says)
		}
	}
}
