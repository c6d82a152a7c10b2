package gbdt

import (
	"errors"
	"fmt"
	"math"
)

// Data is rows with labels: X[j][i] is the cell of Columns[j] in row i, NaN where
// missing. Weights nil means ones.
type Data struct {
	Columns    []string
	X          [][]float32
	Y, Weights []float64
	// Margins, if not nil, is where the margin of each row starts: then the
	// trees are what is to be added to it. Nil starts from the best constant,
	// which the first tree holds.
	Margins []float64
}

// validateTable checks that names and columns agree and that no name repeats.
func validateTable(columns []string, x [][]float32) error {
	if len(columns) != len(x) {
		return fmt.Errorf("%d column names for %d columns", len(columns), len(x))
	}
	seen := make(map[string]bool, len(columns))
	for j, name := range columns {
		if seen[name] {
			return fmt.Errorf("two columns are named %q", name)
		}
		seen[name] = true
		if len(x[j]) != len(x[0]) {
			return fmt.Errorf("column %q has %d rows, %q has %d", name, len(x[j]), columns[0], len(x[0]))
		}
	}
	return nil
}

// validate checks the shape of the rows.
func (d Data) validate() error {
	if err := validateTable(d.Columns, d.X); err != nil {
		return err
	}
	switch {
	case len(d.Columns) == 0:
		return errors.New("no columns")
	case len(d.Y) == 0:
		return errors.New("no rows")
	case len(d.X[0]) != len(d.Y):
		return fmt.Errorf("%d labels for %d rows", len(d.Y), len(d.X[0]))
	case d.Margins != nil && len(d.Margins) != len(d.Y):
		return fmt.Errorf("%d starting margins for %d rows", len(d.Margins), len(d.Y))
	case d.Weights != nil && len(d.Weights) != len(d.Y):
		return fmt.Errorf("%d weights for %d rows", len(d.Weights), len(d.Y))
	}
	return nil
}

// validateLabels checks every label against the loss, and every weight; first is
// the number of the first row.
func validateLabels(o Objective, first int, y, weights []float64) error {
	for i, label := range y {
		if err := o.validateLabel(label); err != nil {
			return fmt.Errorf("label of row %d is %v, %w", first+i, label, err)
		}
	}
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("weight of row %d is %v, not a number >= 0", first+i, w)
		}
	}
	return nil
}

func (o Objective) validateLabel(y float64) error {
	switch {
	case math.IsNaN(y) || math.IsInf(y, 0):
		return errors.New("not a finite number")
	case o.Loss == Binary && (y < 0 || y > 1):
		return errors.New("not in [0, 1]")
	case (o.Loss == Poisson || o.Loss == Tweedie) && y < 0:
		return errors.New("not >= 0")
	}
	return nil
}

// align returns the columns called names, in that order, and the number of rows.
func align(names, columns []string, x [][]float32) (aligned [][]float32, rows int, err error) {
	if err := validateTable(columns, x); err != nil {
		return nil, 0, err
	}
	at := make(map[string]int, len(columns))
	for j, name := range columns {
		at[name] = j
	}
	aligned = make([][]float32, len(names))
	for j, name := range names {
		k, ok := at[name]
		if !ok {
			return nil, 0, fmt.Errorf("no column %q, which the model was fitted on", name)
		}
		aligned[j] = x[k]
	}
	if len(x) > 0 {
		rows = len(x[0])
	}
	return aligned, rows, nil
}
