package gbdt

import (
	"fmt"
	"math"
)

// Predict writes to dst[i] the prediction for row i, a probability or a mean;
// x[j][i] is the cell of columns[j] in row i, NaN where missing. Columns may come
// in any order and be more than the model needs. A column of the fit that is
// missing, or a length that does not fit, is an error. A row's prediction does
// not depend on the rows beside it.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.margin(dst, columns, x); err != nil {
		return fmt.Errorf("gbdt: predict: %w", err)
	}
	for i, margin := range dst {
		dst[i] = m.Objective.Mean(margin)
	}
	return nil
}

// Margin is Predict before the link: the sum of the leaves, for Binary the
// log-odds over Objective.Sigmoid.
func (m *Model) Margin(dst []float64, columns []string, x [][]float32) error {
	if err := m.margin(dst, columns, x); err != nil {
		return fmt.Errorf("gbdt: margin: %w", err)
	}
	return nil
}

func (m *Model) margin(dst []float64, columns []string, x [][]float32) error {
	x, rows, err := align(m.Columns, columns, x)
	if err != nil {
		return err
	}
	if len(dst) != rows {
		return fmt.Errorf("room for %d rows, %d given", len(dst), rows)
	}
	clear(dst)
	for k := range m.Trees {
		t := &m.Trees[k]
		for i := range dst {
			dst[i] += t.LeafValue[t.leaf(x, i)]
		}
	}
	if m.Average && len(m.Trees) > 0 {
		for i := range dst {
			dst[i] /= float64(len(m.Trees))
		}
	}
	return nil
}

// leaf returns the leaf of row i.
func (t *Tree) leaf(x [][]float32, i int) int {
	if len(t.Feature) == 0 {
		return 0
	}
	node := int32(0)
	for node >= 0 {
		if t.goesLeft(node, x[t.Feature[node]][i]) {
			node = t.Left[node]
		} else {
			node = t.Right[node]
		}
	}
	return int(^node)
}

// goesLeft says whether a value goes left at a node.
func (t *Tree) goesLeft(node int32, value float32) bool {
	d := t.Decision[node]
	if d.Categorical() {
		c, ok := category(value)
		return ok && t.holds(int(t.Threshold[node]), c)
	}
	v := float64(value)
	const zero = 1e-35
	switch d.Missing() {
	case MissingNaN:
		if v != v {
			return d.DefaultLeft()
		}
	case MissingZero:
		if v != v || math.Abs(v) <= zero {
			return d.DefaultLeft()
		}
	default:
		if v != v {
			v = 0
		}
	}
	return v <= t.Threshold[node]
}

// holds says whether category set k holds c.
func (t *Tree) holds(k int, c int32) bool {
	words := t.CategoryBits[t.CategoryBounds[k]:t.CategoryBounds[k+1]]
	return int(c/32) < len(words) && words[c/32]>>(c%32)&1 == 1
}
