package purchase

import (
	"fmt"

	"perennial/models/gbdt"
)

// pool is the learner of a hazard, asked for all intervals at once.
type pool interface {
	// predict writes P(order in interval k | none before) of row i to dst[k][i].
	predict(dst [][]float64, t *marked) error
	// explain adds to dst[j][i] what column j adds to the log-odds of row i in
	// interval k, times weights[k][i], of all intervals.
	explain(dst [][]float64, t *marked, weights [][]float64) error
}

func poolOf(l learner) pool {
	if l, ok := l.(trees); ok {
		steady, asking := l.Apart(aheadColumn)
		return &pooledTrees{steady, asking}
	}
	return oneByOne{l}
}

// oneByOne asks any learner for one interval after the other.
type oneByOne struct{ learner }

func (o oneByOne) predict(dst [][]float64, t *marked) error {
	for k := range dst {
		names, cells := t.interval(k)
		if err := o.Predict(dst[k], names, cells); err != nil {
			return fmt.Errorf("hazard up to day %d: %w", t.hazard.Edges[k], err)
		}
	}
	return nil
}

func (o oneByOne) explain(dst [][]float64, t *marked, weights [][]float64) error {
	for k := range weights {
		names, cells := t.interval(k)
		if err := addWeighted(dst, o, names, cells, weights[k]); err != nil {
			return err
		}
	}
	return nil
}

// pooledTrees asks those trees once that say the same in every interval, which
// are most: few columns are drawn for a tree.
type pooledTrees struct{ steady, asking *gbdt.Model }

func (p *pooledTrees) predict(dst [][]float64, t *marked) error {
	same := make([]float64, len(t.index))
	names, cells := t.interval(0)
	if err := p.steady.Margin(same, names, cells); err != nil {
		return err
	}
	for k := range dst {
		names, cells := t.interval(k)
		if err := p.asking.Margin(dst[k], names, cells); err != nil {
			return fmt.Errorf("hazard up to day %d: %w", t.hazard.Edges[k], err)
		}
		for i, margin := range dst[k] {
			dst[k][i] = p.asking.Objective.Mean(same[i] + margin)
		}
	}
	return nil
}

func (p *pooledTrees) explain(dst [][]float64, t *marked, weights [][]float64) error {
	total := make([]float64, len(t.index))
	for k := range weights {
		for i, weight := range weights[k] {
			total[i] += weight
		}
	}
	names, cells := t.interval(0)
	if err := addWeighted(dst, p.steady, names, cells, total); err != nil {
		return err
	}
	return oneByOne{trees{p.asking}}.explain(dst, t, weights)
}

// addWeighted adds to dst what m's columns add to the log-odds of rows, times
// the weights of the rows.
func addWeighted(dst [][]float64, m explainer, columns []string, x [][]float32, weights []float64) error {
	parts := make([][]float64, len(dst))
	for j := range parts {
		parts[j] = make([]float64, len(weights))
	}
	if err := m.Explain(parts, columns, x); err != nil {
		return err
	}
	for j, of := range parts {
		for i, part := range of {
			dst[j][i] += part * weights[i]
		}
	}
	return nil
}
