package purchase

import (
	"context"
	"errors"
	"fmt"

	"perennial/models/calibrate"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// field is the learners of one contest.
type field struct {
	Config
	edges  []int
	train  leaderboard.Rows // labelled rows that a regression learns from
	sample leaderboard.Rows // labelled rows that the curves are learnt from
	times  Times            // the same with their cutoffs; empty if they are not of Times
	apart  bool             // nobody in the sample is in train or Times

	calendar weeks // of Times; nil until learnt
}

// contender is one of the field's learners. A fit, and what is held out from it,
// are computed once: blends ask for them again.
type contender struct {
	name string
	rung leaderboard.Rung
	fit  func(ctx context.Context) (learner, error)
	// held returns what fits that did not see their customers say about each row
	// of the field's sample.
	held func(ctx context.Context) ([]float64, error)
}

const (
	// calibrationRows are held out for the curve: with fewer, its standard
	// error within a tenth of the customers is near a hundredth.
	calibrationRows = 60_000
	// boostedRows and linearRows are the rows of which hazards learn; each counts
	// once for every interval. A straight line has learnt all it can from fewer.
	boostedRows = 40_000
	linearRows  = 10_000
	// labelledRows are the rows of which the regression on labels learns.
	labelledRows = 60_000
	// hazardFolds cross-fit a hazard, which costs more than a regression.
	hazardFolds = 3
	// apartCustomers are enough to learn the curves from. A shop with hazardFolds
	// times as many keeps them from the learners, instead of fitting each again for
	// every fold: of so many customers the rest is enough.
	apartCustomers = 5_000
)

func (c Config) field(horizonDays int, train leaderboard.Rows) *field {
	f := &field{Config: c, edges: Edges(horizonDays), train: train}
	f.times = c.Times.where(func(i int) bool { return c.Times.followed(i) >= float64(horizonDays) })
	if len(f.times.Cutoff) == 0 {
		f.sample = train.Sample(calibrationRows)
		return f
	}
	f.times = f.times.sampled(calibrationRows)
	f.sample = f.times.labelled(horizonDays)
	return f
}

// contest returns the field with the curves' customers apart, if there are enough.
func (c Config) contest(horizonDays int, train leaderboard.Rows) *field {
	apart := func(customer uint64) bool { return customer%hazardFolds == 0 }
	sample := map[uint64]bool{}
	for i, customer := range c.Times.Group {
		if apart(customer) && c.Times.followed(i) >= float64(horizonDays) {
			sample[customer] = true
		}
	}
	if len(sample) < apartCustomers {
		return c.field(horizonDays, train)
	}
	all := c.Times
	c.Times = all.where(func(i int) bool { return apart(all.Group[i]) })
	f := c.field(horizonDays, train.Where(func(i int) bool { return !apart(train.Group[i]) }))
	f.Times = all.where(func(i int) bool { return !apart(all.Group[i]) })
	f.apart = true
	return f
}

// contenders returns the learners. Without rows that were followed for the horizon
// no hazard is among them.
func (f *field) contenders() []contender {
	logistic := f.logistic()
	if len(f.times.Cutoff) == 0 {
		return []contender{logistic}
	}
	linear, boosted := f.linear(), f.boosted()
	return []contender{logistic, linear, boosted, blend(blended, linear, boosted), blend(blendedKinds, logistic, boosted)}
}

// once returns do with its answer remembered.
func once[Answer any](do func(ctx context.Context) (Answer, error)) func(ctx context.Context) (Answer, error) {
	var answer Answer
	var err error
	done := false
	return func(ctx context.Context) (Answer, error) {
		if !done {
			answer, err = do(ctx)
			done = true
		}
		return answer, err
	}
}

// asLearner returns fit as the fit of any learner.
func asLearner[L learner](fit func(ctx context.Context) (L, error)) func(ctx context.Context) (learner, error) {
	return func(ctx context.Context) (learner, error) {
		l, err := fit(ctx)
		if err != nil {
			return nil, err
		}
		return l, nil
	}
}

// candidates returns the contenders behind their curves, each followed by its
// twin in season where last year is known.
func (f *field) candidates() []leaderboard.Candidate {
	var all []leaderboard.Candidate
	for _, c := range f.contenders() {
		var model *Model
		plain := leaderboard.Candidate{Name: c.name, Rung: c.rung, Fit: func(ctx context.Context, _ leaderboard.Rows) (_ leaderboard.Model, err error) {
			if model, err = f.behindCurve(ctx, c); err != nil {
				return nil, err
			}
			return model, nil
		}}
		all = append(append(all, plain), twin(c.name, c.rung, f.LastYear, func() (*Model, error) {
			if model == nil {
				return nil, errors.New("what it moves could not be fitted")
			}
			return model, nil
		})...)
	}
	return all
}

func (f *field) behindCurve(ctx context.Context, c contender) (*Model, error) {
	held, err := c.held(ctx)
	if err != nil {
		return nil, err
	}
	curve, err := f.curve(held)
	if err != nil {
		return nil, err
	}
	fitted, err := c.fit(ctx)
	if err != nil {
		return nil, err
	}
	return &Model{learner: fitted, Curve: curve}, nil
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

// logistic is a regression on the labelled rows.
func (f *field) logistic() contender {
	fit := once(func(ctx context.Context) (*logistic.Model, error) {
		return fitPenalised(ctx, f.Lambda, f.train.Sample(labelledRows), nil)
	})
	held := once(func(ctx context.Context) ([]float64, error) {
		if !f.apart {
			return crossFit(ctx, f.Lambda, f.sample)
		}
		m, err := fit(ctx)
		if err != nil {
			return nil, err
		}
		p := make([]float64, len(f.sample.Y))
		return p, m.Predict(p, f.sample.Columns, f.sample.X)
	})
	return contender{withLogistic, leaderboard.Learner, asLearner(fit), held}
}

// linear is a logistic regression of the hazard, behind the same penalty.
func (f *field) linear() contender {
	return f.hazard(linearHazard, leaderboard.Learner, linearRows, dummies, func(ctx context.Context, rows leaderboard.Rows, weights []float64) (learner, error) {
		m, err := fitPenalised(ctx, f.Lambda, rows, weights)
		if err != nil {
			return nil, err
		}
		return m, nil
	})
}

// boosted is trees for the hazard.
func (f *field) boosted() contender {
	return f.hazard(boostedHazard, leaderboard.Ensemble, boostedRows, numbered, func(ctx context.Context, rows leaderboard.Rows, weights []float64) (learner, error) {
		rows = withoutBase(rows)
		boosting := f.Boosting
		boosting.Twins = aheadColumn
		m, err := boosting.Fit(ctx, rows.Columns, rows.X, rows.Y, weights)
		if err != nil {
			return nil, err
		}
		return trees{m}, nil
	})
}

type fitWeighted func(ctx context.Context, rows leaderboard.Rows, weights []float64) (learner, error)

// hazard is a pooled learner, fitted on about limit of the times.
func (f *field) hazard(name string, rung leaderboard.Rung, limit int, marks marker, fitPooled fitWeighted) contender {
	times := f.Times.sampled(limit)
	fitOn := func(ctx context.Context, times Times) (*Hazard, error) {
		if len(times.Columns) == 0 {
			return nil, errors.New("purchase: there are no columns")
		}
		calendar, err := f.weeks(ctx)
		if err != nil {
			return nil, err
		}
		rows := times.intervals(f.edges, marks)
		pooled, err := fitPooled(ctx, rows, calendar.weights(rows, times.spans(f.edges)))
		if err != nil {
			return nil, err
		}
		return newHazard(f.edges, marks, pooled), nil
	}
	fit := once(func(ctx context.Context) (*Hazard, error) { return fitOn(ctx, times) })
	held := once(func(ctx context.Context) ([]float64, error) {
		if f.apart {
			h, err := fit(ctx)
			if err != nil {
				return nil, err
			}
			return f.inTheirWeeks(ctx, h, f.times)
		}
		return f.holdOut(ctx, func(fold uint64) (*Hazard, error) {
			return fitOn(ctx, times.where(func(i int) bool { return times.Group[i]%hazardFolds != fold }))
		})
	})
	return contender{name, rung, asLearner(fit), held}
}

// holdOut predicts each fold of the sample by the hazard fitted without it.
func (f *field) holdOut(ctx context.Context, without func(fold uint64) (*Hazard, error)) ([]float64, error) {
	held := make([]float64, len(f.sample.Y))
	for fold := range uint64(hazardFolds) {
		h, err := without(fold)
		if err != nil {
			return nil, err
		}
		inFold := func(i int) bool { return f.sample.Group[i]%hazardFolds == fold }
		p, err := f.inTheirWeeks(ctx, h, f.times.where(inFold))
		if err != nil {
			return nil, err
		}
		for i := range held {
			if inFold(i) {
				held[i], p = p[0], p[1:]
			}
		}
	}
	return held, nil
}

// inTheirWeeks returns what h says of times, in the weeks that their labels are of:
// a curve between the two then corrects h and not the calendar. Where no last year
// will tell the season, the level of the labels is the best there is, and the curve
// may take it.
func (f *field) inTheirWeeks(ctx context.Context, h *Hazard, times Times) ([]float64, error) {
	p := make([]float64, len(times.Cutoff))
	hazards, err := h.hazards(p, times.Columns, times.X)
	if err != nil || !f.LastYear.enough() {
		return p, err
	}
	calendar, err := f.weeks(ctx)
	if err != nil {
		return nil, err
	}
	return calendar.move(hazards, times.Cutoff), nil
}

// blend is the mean of two contenders.
func blend(name string, first, second contender) contender {
	return contender{
		name: name, rung: leaderboard.Ensemble,
		fit: func(ctx context.Context) (learner, error) {
			a, err := first.fit(ctx)
			if err != nil {
				return nil, err
			}
			b, err := second.fit(ctx)
			if err != nil {
				return nil, err
			}
			return &Blend{[2]learner{a, b}}, nil
		},
		held: func(ctx context.Context) ([]float64, error) {
			a, err := first.held(ctx)
			if err != nil {
				return nil, err
			}
			b, err := second.held(ctx)
			if err != nil {
				return nil, err
			}
			mean := make([]float64, len(a))
			for i := range mean {
				mean[i] = mixed(a[i], b[i])
			}
			return mean, nil
		},
	}
}

func fitPenalised(ctx context.Context, lambda float64, rows leaderboard.Rows, weights []float64) (*logistic.Model, error) {
	rows = wellKnown(withoutBase(rows))
	return logistic.Config{Lambda: lambda}.Fit(ctx, rows.Columns, rows.X, rows.Y, weights)
}
