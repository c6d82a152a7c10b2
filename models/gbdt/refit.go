package gbdt

import (
	"errors"
	"fmt"
	"slices"
)

// RefitConfig says how to renew the leaves of a model. The zero value is the
// default of every field.
type RefitConfig struct {
	// Decay is the weight of the old leaf values beside the new. Default 0.9,
	// range [0, 1]; negative means 0: leaf values of the new rows only.
	Decay float64 `yaml:"refit_decay_rate"`
	// L1 and L2 are the penalties on leaf values. Defaults 0 and 5; negative
	// means none.
	L1 float64 `yaml:"lambda_l1"`
	L2 float64 `yaml:"lambda_l2"`
}

// Refit returns a model with the same splits whose leaf values have moved towards
// what new rows say: decay·old + (1 − decay)·new, tree after tree, as LightGBM's
// task refit. It departs from it in the first tree, which holds the best constant
// besides: the new value there starts from the best constant of the new rows. A
// leaf that no row with weight falls into keeps its value. What the model knows of
// its training rows (weights, counts) stays that of the old rows.
//
// A model with monotone columns is an error: new leaf values might break its
// promise. Other errors are those of Fit.
func (m *Model) Refit(c RefitConfig, d Data) (*Model, error) {
	setDefault(&c.Decay, 0.9)
	setDefault(&c.L2, 5)
	c.Decay, c.L1, c.L2 = max(c.Decay, 0), max(c.L1, 0), max(c.L2, 0)
	o := Config{Objective: m.Objective}.withDefaults().Objective
	x, err := m.validateRefit(c, o, d)
	if err != nil {
		return nil, fmt.Errorf("gbdt: refit: %w", err)
	}
	r := &refitting{
		RefitConfig: c, objective: o, Data: d,
		margins: make([]float64, len(d.Y)), leaf: make([]int, len(d.Y)),
		g: make([]float32, len(d.Y)), h: make([]float32, len(d.Y)),
	}
	r.base = o.base(d.Y, d.Weights)
	fill(r.margins, r.base)
	renewed := *m
	renewed.Trees = slices.Clone(m.Trees)
	for k := range renewed.Trees {
		r.renew(&renewed.Trees[k], x)
		r.base = 0
	}
	renewed.prepared = prepare(renewed)
	return &renewed, nil
}

func (m *Model) validateRefit(c RefitConfig, o Objective, d Data) ([][]float32, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := validateLabels(o, 0, d.Y, d.Weights); err != nil {
		return nil, err
	}
	if err := (&Rows{y: d.Y, weights: d.Weights}).validateVariety(o); err != nil {
		return nil, err
	}
	switch {
	case c.Decay > 1:
		return nil, fmt.Errorf("decay is %g (choose a number from 0 to 1)", c.Decay)
	case d.Margins != nil:
		return nil, errors.New("rows start from margins of their own (leave them out)")
	case m.Average:
		return nil, errors.New("the model averages its trees (only sums can be refitted)")
	case m.Monotone != nil:
		return nil, errors.New("the model has monotone columns, which new leaf values might violate (fit it again)")
	}
	x, _, err := align(m.Columns, d.Columns, d.X)
	return x, err
}

// refitting is a Refit under way.
type refitting struct {
	RefitConfig
	Data
	objective Objective
	base      float64   // best constant, until the first tree has taken it in
	margins   []float64 // by the renewed trees so far
	leaf      []int     // of each row in the present tree
	g, h      []float32
}

// renew replaces the leaf values of t.
func (r *refitting) renew(t *Tree, x [][]float32) {
	old := t.LeafValue
	r.objective.gradients(r.g, r.h, r.margins, r.Y)
	sums := make([]leafSum, t.Leaves())
	residuals := make([][]residual, t.Leaves())
	for i := range r.leaf {
		l, w := t.leaf(x, i), weightOf(r.Weights, i)
		r.leaf[i] = l
		if r.objective.Loss == Quantile && w > 0 {
			residuals[l] = append(residuals[l], residual{r.Y[i] - r.margins[i], w})
		}
		sums[l].g += w * float64(r.g[i])
		sums[l].h += w * float64(r.h[i])
	}
	t.LeafValue = slices.Clone(old)
	for l, s := range sums {
		if !(s.h > 0) {
			continue
		}
		w := leafOutput(s.g, s.h+r.L2, r.L1)
		if r.objective.Loss == Quantile {
			w = quantile(residuals[l], r.objective.Level)
		}
		t.LeafValue[l] = r.Decay*old[l] + (1-r.Decay)*(r.base+shrinkage(t)*w)
	}
	for i, l := range r.leaf {
		r.margins[i] += t.LeafValue[l] - r.base
	}
}

// shrinkage returns the learning rate of t; 1 where a file does not say.
func shrinkage(t *Tree) float64 {
	if t.Shrinkage == 0 {
		return 1
	}
	return t.Shrinkage
}
