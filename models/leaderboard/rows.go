package leaderboard

import (
	"errors"
	"fmt"
	"slices"
)

// Rows are labelled rows: X[j][i] is the cell of Columns[j] in row i, NaN where
// missing, and Y[i] its label. Rows of one customer share a Group, a well-mixed
// hash of the customer.
type Rows struct {
	Columns []string
	X       [][]float32
	Y       []float64
	Group   []uint64
}

// validate reports rows that nobody can learn from or be judged on.
func (r Rows) validate() error {
	switch {
	case len(r.Y) == 0:
		return errors.New("there are none")
	case len(r.Group) != len(r.Y):
		return fmt.Errorf("%d groups for %d labels", len(r.Group), len(r.Y))
	case len(r.X) != len(r.Columns):
		return fmt.Errorf("%d names for %d columns", len(r.Columns), len(r.X))
	}
	seen := make(map[string]bool, len(r.Columns))
	for j, name := range r.Columns {
		if len(r.X[j]) != len(r.Y) {
			return fmt.Errorf("column %q has %d cells for %d labels", name, len(r.X[j]), len(r.Y))
		}
		if seen[name] {
			return fmt.Errorf("two columns are named %q", name)
		}
		seen[name] = true
	}
	if i := slices.IndexFunc(r.Y, notFinite); i >= 0 {
		return fmt.Errorf("label of row %d is %v", i, r.Y[i])
	}
	return nil
}

// Where returns the rows for which keep holds, copied.
func (r Rows) Where(keep func(i int) bool) Rows {
	var index []int
	for i := range r.Y {
		if keep(i) {
			index = append(index, i)
		}
	}
	return r.pick(index)
}

// pick returns the rows of index, copied.
func (r Rows) pick(index []int) Rows {
	out := Rows{Columns: r.Columns, X: make([][]float32, len(r.X)), Y: make([]float64, len(index)), Group: make([]uint64, len(index))}
	for j := range r.X {
		out.X[j] = make([]float32, len(index))
		for k, i := range index {
			out.X[j][k] = r.X[j][i]
		}
	}
	for k, i := range index {
		out.Y[k], out.Group[k] = r.Y[i], r.Group[i]
	}
	return out
}

// Fold returns the fold of row i among n. All rows of a customer share one.
func (r Rows) Fold(i, n int) int { return int(r.Group[i] % uint64(n)) }

// Positives counts the rows with a label above zero.
func (r Rows) Positives() int {
	n := 0
	for _, y := range r.Y {
		if y > 0 {
			n++
		}
	}
	return n
}

// CrossFit returns for every row the prediction of a model that saw no row of
// its customer: fit is called for each of n folds, on the rows of the others.
func (r Rows) CrossFit(n int, fit func(train Rows) (Model, error)) ([]float64, error) {
	predictions := make([]float64, len(r.Y))
	for fold := range n {
		var others, held []int
		for i := range r.Y {
			if r.Fold(i, n) == fold {
				held = append(held, i)
			} else {
				others = append(others, i)
			}
		}
		if len(held) == 0 {
			continue
		}
		model, err := fit(r.pick(others))
		if err != nil {
			return nil, err
		}
		rows := r.pick(held)
		out := make([]float64, len(held))
		if err := model.Predict(out, rows.Columns, rows.X); err != nil {
			return nil, err
		}
		for k, i := range held {
			predictions[i] = out[k]
		}
	}
	return predictions, nil
}
