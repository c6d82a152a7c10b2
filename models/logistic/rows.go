package logistic

import (
	"errors"
	"fmt"
	"math"
)

// validateRows checks everything that Fit demands of its data.
func validateRows(columns []string, x [][]float32, y, weights []float64) error {
	if err := validateTable(columns, x); err != nil {
		return err
	}
	switch {
	case len(columns) == 0:
		return errors.New("no columns")
	case len(y) == 0:
		return errors.New("no rows")
	case len(x[0]) != len(y):
		return fmt.Errorf("%d labels for %d rows", len(y), len(x[0]))
	case weights != nil && len(weights) != len(y):
		return fmt.Errorf("%d weights for %d rows", len(weights), len(y))
	}
	var total [2]float64
	for i, label := range y {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if label != 0 && label != 1 {
			return fmt.Errorf("label of row %d is %v, not 0 or 1", i, label)
		}
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("weight of row %d is %v, not a number >= 0", i, w)
		}
		total[int(label)] += w
	}
	for class, w := range total {
		if w == 0 {
			return fmt.Errorf("no row with weight has label %d (both classes are needed)", class)
		}
	}
	return nil
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

// classWeights returns one weight per row. Balanced classes keep the total and
// share it equally.
func classWeights(y, weights []float64, balance bool) []float64 {
	scaled := make([]float64, len(y))
	var total [2]float64
	for i := range scaled {
		scaled[i] = 1
		if weights != nil {
			scaled[i] = weights[i]
		}
		total[int(y[i])] += scaled[i]
	}
	if balance {
		for i := range scaled {
			scaled[i] *= (total[0] + total[1]) / (2 * total[int(y[i])])
		}
	}
	return scaled
}
