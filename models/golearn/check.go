package golearn

import (
	"fmt"
	"slices"
)

// checkTable reports the first reason why nothing can be learned from a table.
func checkTable(columns []string, x [][]float32, y, weights []float64) error {
	switch {
	case len(columns) == 0:
		return fmt.Errorf("no columns")
	case len(x) != len(columns):
		return fmt.Errorf("%d names for %d columns", len(columns), len(x))
	case weights != nil && len(weights) != len(y):
		return fmt.Errorf("%d weights for %d rows", len(weights), len(y))
	}
	if twice := repeated(columns); twice != "" {
		return fmt.Errorf("two columns are named %q", twice)
	}
	for j, name := range columns {
		if len(x[j]) != len(y) {
			return fmt.Errorf("column %q has %d rows, not %d", name, len(x[j]), len(y))
		}
	}
	for i, v := range y {
		if v != 0 && v != 1 {
			return fmt.Errorf("outcome %v of row %d is neither 0 nor 1", v, i)
		}
	}
	return nil
}

// repeated returns a name that stands twice in names, or "".
func repeated(names []string) string {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return name
		}
		seen[name] = true
	}
	return ""
}

// trainingRows checks a table and draws the rows to learn from it.
func trainingRows(seed uint64, columns []string, x [][]float32, y, weights []float64, limit int) ([]int32, error) {
	if err := checkTable(columns, x, y, weights); err != nil {
		return nil, err
	}
	rows, err := sample(seed, x, y, weights, limit)
	if err != nil {
		return nil, err
	}
	return rows, checkOutcomes(y, rows)
}

// checkOutcomes wants both outcomes among rows.
func checkOutcomes(y []float64, rows []int32) error {
	positives := 0
	for _, i := range rows {
		positives += int(y[i])
	}
	if positives == 0 || positives == len(rows) {
		return fmt.Errorf("%d positives in %d training rows: both outcomes are needed", positives, len(rows))
	}
	return nil
}

// pick returns the columns called names, in that order.
func pick(names, columns []string, x [][]float32, rows int) ([][]float32, error) {
	if len(x) != len(columns) {
		return nil, fmt.Errorf("%d names for %d columns", len(columns), len(x))
	}
	picked := make([][]float32, len(names))
	for k, name := range names {
		j := slices.Index(columns, name)
		if j < 0 {
			return nil, fmt.Errorf("no column %q, which the model was fitted on", name)
		}
		if len(x[j]) != rows {
			return nil, fmt.Errorf("column %q has %d rows, not %d", name, len(x[j]), rows)
		}
		picked[k] = x[j]
	}
	return picked, nil
}
