package gbdt

import (
	"fmt"
	"runtime"
)

// Predict writes to dst[i] the prediction for row i, a probability or a mean;
// x[j][i] is the cell of columns[j] in row i, NaN where missing. Columns may come
// in any order and be more than the model needs. A column of the fit that is
// missing, or a length that does not fit, is an error.
//
// A row's prediction has the same bits alone and among others, for any number of
// processors. Rows together cost a tenth of what they cost one by one, once the
// first such call has prepared the model: 3 ms for 200 trees of 31 leaves.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.margin(dst, columns, x, true); err != nil {
		return fmt.Errorf("gbdt: predict: %w", err)
	}
	return nil
}

// Margin is Predict before the link: the sum of the leaves, for Binary the
// log-odds over Objective.Sigmoid.
func (m *Model) Margin(dst []float64, columns []string, x [][]float32) error {
	if err := m.margin(dst, columns, x, false); err != nil {
		return fmt.Errorf("gbdt: margin: %w", err)
	}
	return nil
}

func (m *Model) margin(dst []float64, columns []string, x [][]float32, link bool) error {
	x, rows, err := align(m.Columns, columns, x)
	if err != nil {
		return err
	}
	if len(dst) != rows {
		return fmt.Errorf("room for %d rows, %d given", len(dst), rows)
	}
	clear(dst)
	const few = 16 // rows, which a forest scores 64 at a time, cost less to walk
	if rows < few {
		m.walk(dst, x)
		m.finish(dst, link)
		return nil
	}
	f := m.ready().forest()
	const block = 1 << 12
	forBlocks(runtime.GOMAXPROCS(0), rows, block, func(_, first, last int) {
		f.add(dst[first:last], x, first)
		m.finish(dst[first:last], link)
	})
	return nil
}

// walk adds the trees' leaves row by row.
func (m *Model) walk(dst []float64, x [][]float32) {
	for k := range m.Trees {
		t := &m.Trees[k]
		for i := range dst {
			dst[i] += t.LeafValue[t.leaf(x, i)]
		}
	}
}

// finish turns sums of leaves into margins or predictions.
func (m *Model) finish(dst []float64, link bool) {
	if m.Average && len(m.Trees) > 0 {
		for i := range dst {
			dst[i] /= float64(len(m.Trees))
		}
	}
	if link {
		for i, margin := range dst {
			dst[i] = m.Objective.Mean(margin)
		}
	}
}
