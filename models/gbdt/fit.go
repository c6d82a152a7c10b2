package gbdt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Status says how a fit ended.
type Status string

const (
	Limit     Status = "limit"     // all trees were grown
	Watched   Status = "watched"   // the watched rows got no better
	Exhausted Status = "exhausted" // no split gains any more
)

// Report is how a fit went.
type Report struct {
	Status Status
	// Rows were trained on, of RowsGiven: fewer when there were more than
	// Config.MaxRows and a sample of them was drawn.
	Rows, RowsGiven int
	// Trees are in the model, of TreesGrown: fewer when the watched rows were
	// served best by the first of them.
	Trees, TreesGrown int
	// TrainLoss is the mean loss of the training rows after the last tree grown.
	TrainLoss float64
	// WatchedLosses are the watched rows' mean losses after each tree grown.
	WatchedLosses []float64
}

// FitWatched is Fit with a report, and with rows to watch, best from a later time
// slice: growth stops when they have not been predicted better for
// Config.Patience trees, and the model keeps the trees up to the best. Without
// rows in watch it grows all trees.
func (c Config) FitWatched(ctx context.Context, train, watch Data) (*Model, *Report, error) {
	if err := train.validate(); err != nil {
		return nil, nil, fmt.Errorf("gbdt: fit: %w", err)
	}
	sketch, err := NewSketch(c, train.Columns)
	if err != nil {
		return nil, nil, err
	}
	if err := sketch.Add(train.X, train.Weights); err != nil {
		return nil, nil, err
	}
	binner, err := sketch.Binner()
	if err != nil {
		return nil, nil, err
	}
	if err := binner.add(train); err != nil {
		return nil, nil, err
	}
	rows, err := binner.Rows()
	if err != nil {
		return nil, nil, err
	}
	var watched *Rows
	if len(watch.Y) > 0 {
		if watched, err = binner.watch(watch); err != nil {
			return nil, nil, err
		}
	}
	return c.FitRows(ctx, rows, watched)
}

// watch returns rows to watch, whose columns may come in any order.
func (b *Binner) watch(d Data) (*Rows, error) {
	x, _, err := align(b.rows.columns, d.Columns, d.X)
	if err != nil {
		return nil, fmt.Errorf("gbdt: watched rows: %w", err)
	}
	d.Columns, d.X = b.rows.columns, x
	w := b.Watcher()
	if err := w.add(d); err != nil {
		return nil, fmt.Errorf("gbdt: watched rows: %w", err)
	}
	return w.Rows()
}

// FitRows is FitWatched for rows that a Binner made; watch may be nil. Which columns
// are categorical, how many bins they have and which rows are sampled was settled
// by the sketch.
func (c Config) FitRows(ctx context.Context, train, watch *Rows) (*Model, *Report, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, nil, fmt.Errorf("gbdt: %w", err)
	}
	if err := c.validateColumns(train.columns); err != nil {
		return nil, nil, fmt.Errorf("gbdt: %w", err)
	}
	if train.byColumn == nil {
		return nil, nil, errors.New("gbdt: fit: these rows are only to be watched (train on those of the sketch)")
	}
	if err := train.validateFor(c.Objective); err != nil {
		return nil, nil, fmt.Errorf("gbdt: fit: %w", err)
	}
	if watch != nil && watch.n > 0 {
		if err := watch.validateWatched(train, c.Objective); err != nil {
			return nil, nil, fmt.Errorf("gbdt: watched rows: %w", err)
		}
	}
	t := newTrainer(c, train, watch)
	if err := t.run(ctx); err != nil {
		return nil, nil, fmt.Errorf("gbdt: fit: %w", err)
	}
	t.model.prepared = prepare(*t.model)
	return t.model, t.report, nil
}

// validateFor checks that the labels are ones of o, which need not be that of the
// sketch, and that there is something to learn.
func (r *Rows) validateFor(o Objective) error {
	if err := validateLabels(o, 0, r.y, r.weights); err != nil {
		return err
	}
	return r.validateVariety(o)
}

// validateWatched checks that rows can say how good a fit on train is.
func (r *Rows) validateWatched(train *Rows, o Objective) error {
	if !slices.Equal(r.columns, train.columns) || len(r.used) != len(train.used) {
		return errors.New("their bins are not those of the training rows (take them from Binner.Watcher)")
	}
	if r.weights != nil && !slices.ContainsFunc(r.weights, func(w float64) bool { return w > 0 }) {
		return errors.New("none has weight")
	}
	return validateLabels(o, 0, r.y, r.weights)
}

// validateVariety checks that there is something to learn from.
func (r *Rows) validateVariety(o Objective) error {
	total, sum, rest := 0.0, 0.0, 0.0
	for i, y := range r.y {
		w := weightOf(r.weights, i)
		total += w
		sum += w * y
		rest += w * (1 - y)
	}
	switch {
	case !(total > 0) || math.IsInf(total, 1):
		return fmt.Errorf("weights sum to %g", total)
	case o.Loss == Binary && (sum == 0 || rest == 0):
		return errors.New("all labels with weight are equal (both classes are needed)")
	case (o.Loss == Poisson || o.Loss == Tweedie) && sum == 0:
		return errors.New("all labels with weight are 0")
	case math.IsInf(sum, 0):
		return errors.New("labels are too large to sum")
	}
	return nil
}

// Continue grows up to Config.Trees further trees on a model, whose objective it
// keeps. Rows may have other columns beside the model's, which are not used. The
// new model is monotone in the columns in which the old and the new trees are.
func (c Config) Continue(ctx context.Context, from *Model, train, watch Data) (*Model, *Report, error) {
	if from.Average {
		return nil, nil, errors.New("gbdt: continue: the model averages its trees (only sums can go on)")
	}
	c.Objective = from.Objective
	for _, d := range []*Data{&train, &watch} {
		if len(d.Y) == 0 {
			continue
		}
		x, rows, err := align(from.Columns, d.Columns, d.X)
		if err != nil {
			return nil, nil, fmt.Errorf("gbdt: continue: %w", err)
		}
		d.Columns, d.X, d.Margins = from.Columns, x, make([]float64, rows)
		if err := from.Margin(d.Margins, d.Columns, d.X); err != nil {
			return nil, nil, fmt.Errorf("gbdt: continue: %w", err)
		}
	}
	m, report, err := c.FitWatched(ctx, train, watch)
	if err != nil {
		return nil, nil, err
	}
	m.Trees = slices.Concat(from.Trees, m.Trees)
	m.Monotone = bothMonotone(from.Monotone, m.Monotone)
	m.prepared = prepare(*m)
	return m, report, nil
}

// bothMonotone returns the directions that both agree on; nil if there are none.
func bothMonotone(a, b []int8) []int8 {
	if len(a) != len(b) {
		return nil
	}
	both, some := make([]int8, len(a)), false
	for j := range both {
		if a[j] == b[j] {
			both[j] = a[j]
			some = some || a[j] != 0
		}
	}
	if !some {
		return nil
	}
	return both
}
