package gbdt

import (
	"math"
	"slices"
	"testing"
)

// TestVariedIsTheModelForEachValue compares margins and contributions with those
// of the model on tables that hold one value each.
func TestVariedIsTheModelForEachValue(t *testing.T) {
	d := drawn(8000, 9)
	fit := func(c Config) *Model {
		c.MinData = 5
		m, err := c.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	large := fit(Config{Trees: 2, Leaves: mostLeaves + 50})
	if large.Trees[0].Leaves() <= mostLeaves {
		t.Fatalf("a tree of %d leaves is masked", large.Trees[0].Leaves())
	}
	m := fit(Config{Trees: 40, Leaves: 4, FeatureFraction: 0.5})
	for _, test := range []struct {
		name, column string
		model        *Model
	}{
		{"some trees ask it", "count", m},
		{"categories", "kind", fit(Config{Trees: 10, Leaves: 6, FeatureFraction: 0.5, Categorical: []string{"kind"}})},
		{"no tree asks it", "nowhere", m},
		{"all trees ask it", "count", fit(Config{Trees: 3, Leaves: 60})},
		{"trees that are walked", "count", large},
		{"an average", "count", &Model{Columns: m.Columns, Objective: m.Objective, Trees: m.Trees, Average: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			values := []float32{0, 3, 1e9, float32(math.NaN())}
			columns, x := d.Columns, d.X
			if j := slices.Index(columns, test.column); j >= 0 { // need not be given
				columns, x = slices.Delete(slices.Clone(columns), j, j+1), slices.Delete(slices.Clone(x), j, j+1)
			}
			rows := len(d.Y)
			got, weights := matrix(len(values), rows), matrix(len(values), rows)
			for k := range weights {
				for i := range weights[k] {
					weights[k][i] = float64(1+k) / float64(1+i)
				}
			}
			parts, want := matrix(len(d.Columns), rows), matrix(len(d.Columns), rows)
			v := test.model.Vary(test.column)
			if err := v.Margins(got, columns, x, values); err != nil {
				t.Fatal(err)
			}
			if err := v.Explain(parts, columns, x, values, weights); err != nil {
				t.Fatal(err)
			}
			for k, value := range values {
				cells := slices.Clone(d.X)
				if j := slices.Index(d.Columns, test.column); j >= 0 {
					cells[j] = slices.Repeat([]float32{value}, rows)
				}
				margins, of := make([]float64, rows), matrix(len(d.Columns), rows)
				if err := test.model.Margin(margins, d.Columns, cells); err != nil {
					t.Fatal(err)
				}
				if err := test.model.Explain(of, d.Columns, cells); err != nil {
					t.Fatal(err)
				}
				for i := range margins {
					if math.Abs(got[k][i]-margins[i]) > 1e-12 {
						t.Fatalf("row %d with %v: %v, want %v", i, value, got[k][i], margins[i])
					}
					for j := range of {
						want[j][i] += of[j][i] * weights[k][i]
					}
				}
			}
			for j := range want {
				for i := range want[j] {
					if math.Abs(parts[j][i]-want[j][i]) > 1e-10 {
						t.Fatalf("row %d, %s: %v, want %v", i, d.Columns[j], parts[j][i], want[j][i])
					}
				}
			}
		})
	}
}

// TestVariedContributionsDoNotDependOnTables explains rows alone, for which no table
// pays, and together.
func TestVariedContributionsDoNotDependOnTables(t *testing.T) {
	d := drawn(3000, 9)
	m, err := Config{Trees: 20, Leaves: 8, MinData: 5, FeatureFraction: 0.5}.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	values := []float32{0, 1, 3, 3, 1e9, float32(math.NaN())}
	explained := func(first, last int) [][]float64 {
		v := (&Model{Columns: m.Columns, Objective: m.Objective, Trees: m.Trees}).Vary("count") // without tables
		x, weights := make([][]float32, len(d.X)), matrix(len(values), last-first)
		for j := range x {
			x[j] = d.X[j][first:last]
		}
		for k := range weights {
			for i := range weights[k] {
				weights[k][i] = 1 / float64(1+k+first+i)
			}
		}
		dst := matrix(len(d.Columns), last-first)
		if err := v.Explain(dst, d.Columns, x, values, weights); err != nil {
			t.Fatal(err)
		}
		return dst
	}
	together := explained(0, len(d.Y))
	for i := 0; i < len(d.Y); i += 97 {
		for j, alone := range explained(i, i+1) {
			if alone[0] != together[j][i] {
				t.Fatalf("row %d, %s: %v alone, %v with others", i, d.Columns[j], alone[0], together[j][i])
			}
		}
	}
}

func matrix(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for k := range m {
		m[k] = make([]float64, columns)
	}
	return m
}

// TestVariedChecksItsRoom asks for too little room, weights and values.
func TestVariedChecksItsRoom(t *testing.T) {
	d := drawn(300, 9)
	m, err := Config{Trees: 3, MinData: 5}.Fit(t.Context(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, two := m.Vary("count"), []float32{1, 2}
	for name, err := range map[string]error{
		"one place for two values":     v.Margins(matrix(1, 300), d.Columns, d.X, two),
		"few rows":                     v.Margins(matrix(2, 299), d.Columns, d.X, two),
		"no values":                    v.Margins(nil, d.Columns, d.X, nil),
		"a column is missing":          v.Margins(matrix(2, 300), d.Columns[1:], d.X[1:], two),
		"explain: one weight":          v.Explain(matrix(5, 300), d.Columns, d.X, two, matrix(1, 300)),
		"explain: room for one column": v.Explain(matrix(1, 300), d.Columns, d.X, two, matrix(2, 300)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	none := make([][]float32, len(d.X))
	if err := v.Explain(matrix(len(d.Columns), 0), d.Columns, none, two, matrix(2, 0)); err != nil {
		t.Errorf("no rows: %v", err)
	}
}
