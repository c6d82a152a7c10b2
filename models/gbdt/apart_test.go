package gbdt

import (
	"math"
	"slices"
	"testing"
)

// TestApartAddsUp: the two models' margins and contributions are the whole's, and
// the first does not look at the column.
func TestApartAddsUp(t *testing.T) {
	d := drawn(2000, 9)
	m, err := Config{Trees: 40, MinData: 5, Leaves: 4, FeatureFraction: 0.5}.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	averaged := &Model{Columns: m.Columns, Objective: m.Objective, Trees: m.Trees, Average: true}
	for _, test := range []struct {
		name           string
		model          *Model
		column         string
		steady, asking bool // have trees
	}{
		{"a column of some trees", m, "count", true, true},
		{"a column of none", m, "nowhere", true, false},
		{"an average", averaged, "count", false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			steady, asking := test.model.Apart(test.column)
			if len(steady.Trees) > 0 != test.steady || len(asking.Trees) > 0 != test.asking || len(steady.Trees)+len(asking.Trees) != len(m.Trees) {
				t.Fatalf("%d and %d of %d trees", len(steady.Trees), len(asking.Trees), len(m.Trees))
			}
			var parts [3][][]float64
			var margins [3][]float64
			for k, model := range []*Model{steady, asking, test.model} {
				x := slices.Clone(d.X)
				if j := slices.Index(d.Columns, test.column); j >= 0 && model == steady {
					x[j] = make([]float32, len(d.Y))
				}
				margins[k], parts[k] = make([]float64, len(d.Y)), make([][]float64, len(d.Columns))
				for j := range parts[k] {
					parts[k][j] = make([]float64, len(d.Y))
				}
				if err := model.Margin(margins[k], d.Columns, x); err != nil {
					t.Fatal(err)
				}
				if err := model.Explain(parts[k], d.Columns, x); err != nil {
					t.Fatal(err)
				}
			}
			for i := range d.Y {
				if math.Abs(margins[0][i]+margins[1][i]-margins[2][i]) > 1e-12 {
					t.Fatalf("row %d: %v and %v make %v", i, margins[0][i], margins[1][i], margins[2][i])
				}
				for j := range parts[2] {
					if math.Abs(parts[0][j][i]+parts[1][j][i]-parts[2][j][i]) > 1e-12 {
						t.Fatalf("row %d, %s: %v and %v make %v", i, d.Columns[j], parts[0][j][i], parts[1][j][i], parts[2][j][i])
					}
				}
			}
		})
	}
}
