package leaderboard

import (
	"errors"
	"io"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// table draws up to 60 rows of a few customers; its only column is the row's
// number, its label too.
var table = rapid.Custom(func(t *rapid.T) Rows {
	groups := rapid.SliceOfN(rapid.Uint64(), 1, 60).Draw(t, "groups")
	repeats := rapid.IntRange(1, 4).Draw(t, "rows of a customer")
	r := Rows{Columns: []string{"row"}, X: [][]float32{nil}}
	for i := range groups {
		r.X[0] = append(r.X[0], float32(i))
		r.Y = append(r.Y, float64(i))
		r.Group = append(r.Group, groups[i/repeats])
	}
	return r
})

// memory predicts the number of the fit that made it, and knows its rows.
type memory struct {
	number float64
	groups map[uint64]bool
}

func (m *memory) Predict(dst []float64, _ []string, _ [][]float32) error {
	for i := range dst {
		dst[i] = m.number
	}
	return nil
}

func (*memory) Write(io.Writer) error { return nil }

func TestCrossFitNeverShowsACustomerToHerOwnModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := table.Draw(t, "rows")
		folds := rapid.IntRange(2, 5).Draw(t, "folds")
		var models []*memory
		predictions, err := rows.CrossFit(folds, func(train Rows) (Model, error) {
			m := &memory{float64(len(models)), map[uint64]bool{}}
			for _, group := range train.Group {
				m.groups[group] = true
			}
			models = append(models, m)
			return m, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, number := range predictions {
			seen := models[int(number)].groups
			if seen[rows.Group[i]] {
				t.Fatalf("row %d was predicted by a model that saw customer %d", i, rows.Group[i])
			}
			for k := range rows.Y {
				if other := rows.Group[k]; rows.Fold(k, folds) != rows.Fold(i, folds) && !seen[other] {
					t.Fatalf("row %d was predicted by a model that did not see customer %d", i, other)
				}
			}
		}
	})
}

// echo predicts the first column.
type echo struct{}

func (echo) Predict(dst []float64, _ []string, x [][]float32) error {
	for i := range dst {
		dst[i] = float64(x[0][i])
	}
	return nil
}

func (echo) Write(io.Writer) error { return nil }

func TestCrossFitPutsPredictionsBesideTheirRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := table.Draw(t, "rows")
		predictions, err := rows.CrossFit(3, func(Rows) (Model, error) { return echo{}, nil })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows.Y, predictions); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCrossFitReturnsErrors(t *testing.T) {
	rows := Rows{Columns: []string{"a"}, X: [][]float32{{1, 2}}, Y: []float64{0, 1}, Group: []uint64{0, 1}}
	broken := errors.New("broken")
	if _, err := rows.CrossFit(2, func(Rows) (Model, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a fit's error became %v", err)
	}
	if _, err := rows.CrossFit(2, func(Rows) (Model, error) { return failing{broken}, nil }); !errors.Is(err, broken) {
		t.Errorf("a prediction's error became %v", err)
	}
}

func TestWhereCopies(t *testing.T) {
	rows := Rows{Columns: []string{"a", "b"}, X: [][]float32{{1, 2, 3}, {4, 5, 6}}, Y: []float64{0, 1, 2}, Group: []uint64{7, 8, 9}}
	odd := rows.Where(func(i int) bool { return i != 1 })
	want := Rows{Columns: []string{"a", "b"}, X: [][]float32{{1, 3}, {4, 6}}, Y: []float64{0, 2}, Group: []uint64{7, 9}}
	if diff := cmp.Diff(want, odd); diff != "" {
		t.Error(diff)
	}
	odd.X[0][0], odd.Y[0] = -1, -1
	if rows.X[0][0] != 1 || rows.Y[0] != 0 {
		t.Error("Where shares cells with its rows")
	}
	if n := rows.Positives(); n != 2 {
		t.Errorf("%d positives, want 2", n)
	}
}

func TestValidateRows(t *testing.T) {
	good := func() Rows {
		return Rows{Columns: []string{"a", "b"}, X: [][]float32{{1, 2}, {3, 4}}, Y: []float64{0, 1}, Group: []uint64{1, 2}}
	}
	if err := good().validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		spoil func(r *Rows)
		want  string
	}{
		{"no rows", func(r *Rows) { *r = Rows{} }, "there are none"},
		{"a label too many", func(r *Rows) { r.Y = append(r.Y, 0) }, "2 groups for 3 labels"},
		{"a name too few", func(r *Rows) { r.Columns = r.Columns[1:] }, "1 names for 2 columns"},
		{"a cell too few", func(r *Rows) { r.X[1] = r.X[1][1:] }, `column "b" has 1 cells for 2 labels`},
		{"a name twice", func(r *Rows) { r.Columns[1] = "a" }, `two columns are named "a"`},
		{"no label", func(r *Rows) { r.Y[1] = math.NaN() }, "label of row 1 is NaN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := good()
			test.spoil(&rows)
			if err := rows.validate(); err == nil || err.Error() != test.want {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}
