package purchase

import (
	"fmt"
	"slices"
)

// The feature columns that rules and guesses read.
const (
	recencyColumn = "recency_days"
	gapColumn     = "gap_mean_days"
	repeatColumn  = "repeat_order_days"
	baseColumn    = "base_order_probability"
)

// pick returns the columns called names, which have a cell for each of dst.
func pick(dst []float64, columns []string, x [][]float32, names ...string) ([][]float32, error) {
	if err := checkTable(dst, columns, x); err != nil {
		return nil, err
	}
	cells := make([][]float32, len(names))
	for k, name := range names {
		j := slices.Index(columns, name)
		if j < 0 {
			return nil, fmt.Errorf("column %s is missing", name)
		}
		cells[k] = x[j]
	}
	return cells, nil
}

// checkTable reports names, columns and room for predictions that do not agree.
func checkTable(dst []float64, columns []string, x [][]float32) error {
	if len(columns) != len(x) {
		return fmt.Errorf("%d names for %d columns", len(columns), len(x))
	}
	for j := range x {
		if len(x[j]) != len(dst) {
			return fmt.Errorf("column %s has %d rows, there is room for %d", columns[j], len(x[j]), len(dst))
		}
	}
	return nil
}
