package gbdt

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Varied is a model that is asked about the same rows with several values of one
// column, as the intervals of a pooled hazard. The other columns are looked at once.
// A tree that never asks the column, as most where few columns are drawn for each, is
// asked once for all values; of the others, contributions are asked once for the
// values that a tree does not tell apart. It is immutable and safe to share.
type Varied struct {
	model  *Model
	column int // -1: not of the model
	steady int // trees that do not ask the column; they come first in the forest
	forest func() *forest
}

// Vary prepares m for several values of a column.
func (m *Model) Vary(column string) *Varied {
	v := &Varied{model: m, column: slices.Index(m.Columns, column)}
	var steady, asking []Tree
	for _, t := range m.Trees {
		if slices.Contains(t.Feature, int32(v.column)) {
			asking = append(asking, t)
		} else {
			steady = append(steady, t)
		}
	}
	v.steady = len(steady)
	v.forest = sync.OnceValue(func() *forest { return newForest(len(m.Columns), slices.Concat(steady, asking)) })
	return v
}

// Margins writes to dst[k][i] the margin of row i with values[k] in the column,
// that of Model.Margin to rounding. Rows and columns are those of Predict; the
// column itself may be left out of them.
func (v *Varied) Margins(dst [][]float64, columns []string, x [][]float32, values []float32) error {
	x, rows, err := v.align(columns, x, values)
	if err != nil {
		return fmt.Errorf("gbdt: margins: %w", err)
	}
	if !measures(dst, len(values), rows) {
		return fmt.Errorf("gbdt: margins: there must be room for %d values of %d rows", len(values), rows)
	}
	f := v.forest()
	const block = 1 << 12
	forBlocks(runtime.GOMAXPROCS(0), rows, block, func(_, first, last int) {
		part := make([][]float64, len(dst))
		for k := range dst {
			part[k] = dst[k][first:last]
		}
		f.addVaried(part, x, first, v.column, values, v.steady)
	})
	for k := range dst {
		v.model.finish(dst[k], false)
	}
	return nil
}

// Explain adds to dst[j][i] what column j of the model's Columns adds to the margin
// of row i, as Model.Explain says it, times weights[k][i], summed over values[k].
func (v *Varied) Explain(dst [][]float64, columns []string, x [][]float32, values []float32, weights [][]float64) error {
	x, rows, err := v.align(columns, x, values)
	if err != nil {
		return fmt.Errorf("gbdt: explain: %w", err)
	}
	if !measures(weights, len(values), rows) {
		return fmt.Errorf("gbdt: explain: there must be weights for %d values of %d rows", len(values), rows)
	}
	if !measures(dst, len(v.model.Columns), rows) {
		return fmt.Errorf("gbdt: explain: there must be room for %d rows of %d columns", rows, len(v.model.Columns))
	}
	if rows == 0 {
		return nil
	}
	e, err := v.model.ready().explanation()
	if err != nil {
		return fmt.Errorf("gbdt: explain: %w", err)
	}
	e.explainVaried(dst, x, newVariation(e, v.column, values, weights))
	return nil
}

// measures reports whether table has so many lists of so many numbers.
func measures(table [][]float64, lists, numbers int) bool {
	return len(table) == lists && !slices.ContainsFunc(table, func(list []float64) bool { return len(list) != numbers })
}

// align returns the cells in the order of the model's columns, with the first value
// in the varied one.
func (v *Varied) align(columns []string, x [][]float32, values []float32) ([][]float32, int, error) {
	if len(values) == 0 || len(x) == 0 {
		return nil, 0, errors.New("there are no values, or no columns")
	}
	if v.column >= 0 {
		name, cells := v.model.Columns[v.column], slices.Repeat(values[:1], len(x[0]))
		if j := slices.Index(columns, name); j >= 0 {
			x = slices.Clone(x)
			x[j] = cells
		} else {
			columns, x = append(slices.Clip(columns), name), append(slices.Clip(x), cells)
		}
	}
	return align(v.model.Columns, columns, x)
}
