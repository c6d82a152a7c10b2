package purchase

import (
	"fmt"

	"perennial/models/gbdt"
	"perennial/models/logistic"
)

// pool is the learner of a hazard, asked for all intervals at once.
type pool interface {
	// predict writes P(order in interval k | none before) of row i to dst[k][i].
	predict(dst [][]float64, t *marked) error
	// explain adds to dst[j][i] what column j adds to the log-odds of row i in
	// interval k, times weights[k][i], of all intervals.
	explain(dst [][]float64, t *marked, weights [][]float64) error
}

// poolOf returns a learner that takes names, which differ between intervals, as a
// pool.
func poolOf(l learner, names []string) pool {
	switch l := l.(type) {
	case trees:
		return pooledTrees{l.Vary(aheadColumn), l.Objective}
	case *logistic.Model:
		marks, rest := l.Split(names)
		return pooledRegression{oneByOne{l}, marks, rest}
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
	parts := make([][]float64, len(dst))
	for j := range parts {
		parts[j] = make([]float64, len(t.index))
	}
	for k := range weights {
		names, cells := t.interval(k)
		if err := o.Explain(parts, names, cells); err != nil {
			return err
		}
		for j, of := range parts {
			for i, part := range of {
				dst[j][i] += part * weights[k][i]
			}
		}
	}
	return nil
}

// pooledRegression adds up what does not differ between intervals once.
type pooledRegression struct {
	oneByOne
	marks, rest *logistic.Model // whose margins add up to the regression's
}

func (p pooledRegression) predict(dst [][]float64, t *marked) error {
	rest := make([]float64, len(t.index))
	if err := p.rest.Margins(rest, t.names[:len(t.x)], t.x); err != nil {
		return err
	}
	for k := range dst {
		names, cells := t.marksOf(k)
		if err := p.marks.Margins(dst[k], names, cells); err != nil {
			return fmt.Errorf("hazard up to day %d: %w", t.hazard.Edges[k], err)
		}
		for i, margin := range dst[k] {
			dst[k][i] = logistic.Probability(rest[i] + margin)
		}
	}
	return nil
}

// pooledTrees are asked about all intervals at once.
type pooledTrees struct {
	*gbdt.Varied
	objective gbdt.Objective
}

func (p pooledTrees) predict(dst [][]float64, t *marked) error {
	if err := p.Margins(dst, t.names[:len(t.x)], t.x, t.ends()); err != nil {
		return err
	}
	for k := range dst {
		for i, margin := range dst[k] {
			dst[k][i] = p.objective.Mean(margin)
		}
	}
	return nil
}

func (p pooledTrees) explain(dst [][]float64, t *marked, weights [][]float64) error {
	return p.Explain(dst, t.names[:len(t.x)], t.x, t.ends(), weights)
}
