package gbdt

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Varied is a model that is asked about the same rows with several values of one
// column, as the intervals of a pooled hazard. The trees that never ask the column,
// most where few columns are drawn for a tree, are asked once for all values, and
// the other columns are looked at once. It is immutable and safe to share.
type Varied struct {
	model          *Model
	column         int    // -1: not of the model
	steady, asking *Model // the trees that do not ask the column, and those that do
	forest         func() *forest
}

// Vary prepares m for several values of a column.
func (m *Model) Vary(column string) *Varied {
	steady, asking := *m, *m
	steady.Trees, asking.Trees = nil, nil
	v := &Varied{model: m, column: slices.Index(m.Columns, column), steady: &steady, asking: &asking}
	for _, t := range m.Trees {
		if slices.Contains(t.Feature, int32(v.column)) {
			asking.Trees = append(asking.Trees, t)
		} else {
			steady.Trees = append(steady.Trees, t)
		}
	}
	steady.prepared, asking.prepared = prepare(steady), prepare(asking)
	v.forest = sync.OnceValue(func() *forest { return newForest(len(m.Columns), slices.Concat(steady.Trees, asking.Trees)) })
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
		f.addVaried(part, x, first, v.column, values, len(v.steady.Trees))
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
	total := make([]float64, rows)
	for _, of := range weights {
		for i, weight := range of {
			total[i] += weight
		}
	}
	if err := v.addWeighted(dst, v.steady, x, total); err != nil {
		return err
	}
	// One call for all values fills the tables of the trees once.
	stacked := make([][]float32, len(x))
	for j, cells := range x {
		stacked[j] = slices.Repeat(cells, len(values))
	}
	if v.column >= 0 {
		for i := range stacked[v.column] {
			stacked[v.column][i] = values[i/rows]
		}
	}
	return v.addWeighted(dst, v.asking, stacked, slices.Concat(weights...))
}

// measures reports whether table has so many lists of so many numbers.
func measures(table [][]float64, lists, numbers int) bool {
	return len(table) == lists && !slices.ContainsFunc(table, func(list []float64) bool { return len(list) != numbers })
}

// addWeighted adds the contributions of m's trees to rows, any number of times
// those of dst one after the other.
func (v *Varied) addWeighted(dst [][]float64, m *Model, x [][]float32, weights []float64) error {
	if len(m.Trees) == 0 || len(weights) == 0 {
		return nil
	}
	parts := make([][]float64, len(m.Columns))
	for j := range parts {
		parts[j] = make([]float64, len(weights))
	}
	if err := m.Explain(parts, m.Columns, x); err != nil {
		return err
	}
	if v.model.Average { // the trees of the other are in the mean, too
		share := float64(len(m.Trees)) / float64(len(v.model.Trees))
		for i := range weights {
			weights[i] *= share
		}
	}
	for j, to := range dst {
		for first := 0; first < len(weights); first += len(to) {
			for i := range to {
				to[i] += parts[j][first+i] * weights[first+i]
			}
		}
	}
	return nil
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
