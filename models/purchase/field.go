package purchase

import (
	"context"
	"errors"
	"fmt"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// field is the learners of one contest. They are fitted one after the other,
// and later ones build on earlier ones.
type field struct {
	Config
	edges  []int
	sample leaderboard.Rows // labelled rows that the curves are learnt from
	done   map[string]*entrant

	calendar weeks // of Times; nil until learnt
}

// entrant is a fitted learner, and what fits that did not see their customers
// say about each row of the field's sample.
type entrant struct {
	learner learner
	held    []float64
	model   *Model
}

const (
	// calibrationRows are cross-fitted for the curve: with fewer, its standard
	// error within a tenth of the customers is near a hundredth.
	calibrationRows = 60_000
	// boostedRows and linearRows are the rows of which hazards learn; each counts
	// once for every interval. A straight line has learnt all it can from fewer.
	boostedRows = 40_000
	linearRows  = 10_000
	// hazardFolds cross-fit a hazard, which costs more than a regression.
	hazardFolds = 3
)

func (c Config) field(horizonDays int, train leaderboard.Rows) *field {
	return &field{
		Config: c, edges: Edges(horizonDays), sample: sampled(train, calibrationRows), done: map[string]*entrant{},
	}
}

// candidates returns the learners, each followed by its twin in season where
// last year is known.
func (f *field) candidates() []leaderboard.Candidate {
	all := f.contender(withLogistic, leaderboard.Learner, f.logistic)
	if len(f.Times.Cutoff) > 0 {
		all = append(all, f.contender(linearHazard, leaderboard.Learner, f.linear)...)
		all = append(all, f.contender(boostedHazard, leaderboard.Ensemble, f.boosted)...)
		all = append(all, f.contender(blended, leaderboard.Ensemble, f.blend(linearHazard, boostedHazard))...)
		all = append(all, f.contender(blendedKinds, leaderboard.Ensemble, f.blend(withLogistic, boostedHazard))...)
	}
	return all
}

type fitEntrant func(ctx context.Context, train leaderboard.Rows) (*entrant, error)

// contender returns the candidate that fit makes behind its curve, and its twin.
func (f *field) contender(name string, rung leaderboard.Rung, fit fitEntrant) []leaderboard.Candidate {
	plain := leaderboard.Candidate{Name: name, Rung: rung, Fit: func(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
		e, err := fit(ctx, train)
		if err != nil {
			return nil, err
		}
		curve, err := f.curve(e.held)
		if err != nil {
			return nil, err
		}
		e.model = &Model{learner: e.learner, Curve: curve}
		f.done[name] = e
		return e.model, nil
	}}
	return append([]leaderboard.Candidate{plain}, twin(name, rung, f.LastYear, func() (*Model, error) {
		if f.done[name] == nil {
			return nil, errors.New("what it moves could not be fitted")
		}
		return f.done[name].model, nil
	})...)
}

// curve learns how far held-out probabilities can be taken at their word.
func (f *field) curve(held []float64) (*calibrate.Model, error) {
	fold := make([]int, len(held))
	for i := range fold {
		fold[i] = f.sample.Fold(i, folds)
	}
	curve, _, err := calibrate.Choose(held, f.sample.Y, nil, fold)
	if err != nil {
		return nil, fmt.Errorf("purchase: calibration: %w", err)
	}
	return curve, nil
}

// logistic fits the labelled rows.
func (f *field) logistic(ctx context.Context, train leaderboard.Rows) (*entrant, error) {
	held, err := crossFit(ctx, f.Lambda, f.sample)
	if err != nil {
		return nil, err
	}
	fitted, err := fitPenalised(ctx, f.Lambda, train, nil)
	return &entrant{learner: fitted, held: held}, err
}

// linear fits a logistic regression of the hazard, behind the same penalty.
func (f *field) linear(ctx context.Context, _ leaderboard.Rows) (*entrant, error) {
	return f.hazard(ctx, f.Times.sampled(linearRows), dummies, func(rows leaderboard.Rows, weights []float64) (learner, error) {
		return fitPenalised(ctx, f.Lambda, rows, weights)
	})
}

// boosted fits trees to the hazard.
func (f *field) boosted(ctx context.Context, _ leaderboard.Rows) (*entrant, error) {
	return f.hazard(ctx, f.Times.sampled(boostedRows), numbered, func(rows leaderboard.Rows, weights []float64) (learner, error) {
		rows = withoutBase(rows)
		m, err := f.Boosting.Fit(ctx, rows.Columns, rows.X, rows.Y, weights)
		if err != nil {
			return nil, err
		}
		return trees{m}, nil
	})
}

// hazard fits the pooled learner on times and, for the curve, without each
// fold.
func (f *field) hazard(ctx context.Context, times Times, marks marker, fitWeighted func(rows leaderboard.Rows, weights []float64) (learner, error)) (*entrant, error) {
	if len(times.Columns) == 0 {
		return nil, errors.New("purchase: there are no columns")
	}
	calendar, err := f.weeks(ctx)
	if err != nil {
		return nil, err
	}
	fit := func(times Times) (learner, error) {
		rows := times.intervals(f.edges, marks)
		return fitWeighted(rows, calendar.weights(rows, times.spans(f.edges)))
	}
	held := make([]float64, len(f.sample.Y))
	for fold := range uint64(hazardFolds) {
		others := times.where(func(i int) bool { return times.Group[i]%hazardFolds != fold })
		l, err := fit(others)
		if err != nil {
			return nil, err
		}
		rows := f.sample.Where(func(i int) bool { return f.sample.Group[i]%hazardFolds == fold })
		p := make([]float64, len(rows.Y))
		if err := newHazard(f.edges, marks, l).Predict(p, rows.Columns, rows.X); err != nil {
			return nil, err
		}
		for i, group := range f.sample.Group {
			if group%hazardFolds == fold {
				held[i], p = p[0], p[1:]
			}
		}
	}
	l, err := fit(times)
	if err != nil {
		return nil, err
	}
	return &entrant{learner: newHazard(f.edges, marks, l), held: held}, nil
}

// blend averages two learners that were fitted before.
func (f *field) blend(first, second string) fitEntrant {
	return func(context.Context, leaderboard.Rows) (*entrant, error) {
		a, b := f.done[first], f.done[second]
		if a == nil || b == nil {
			return nil, errors.New("what it blends could not be fitted")
		}
		held := make([]float64, len(a.held))
		for i := range held {
			held[i] = mixed(a.held[i], b.held[i])
		}
		return &entrant{learner: &Blend{[2]learner{a.learner, b.learner}}, held: held}, nil
	}
}

func fitPenalised(ctx context.Context, lambda float64, rows leaderboard.Rows, weights []float64) (*logistic.Model, error) {
	rows = wellKnown(withoutBase(rows))
	return logistic.Config{Lambda: lambda}.Fit(ctx, rows.Columns, rows.X, rows.Y, weights)
}
