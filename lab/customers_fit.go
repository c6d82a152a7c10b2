package lab

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
)

// customerTrial is one model of orders and how it did.
type customerTrial struct {
	name        string // for people
	fit         *btyd.Fit
	models      []btyd.Model // one, or with covariates one for each of their values
	group       []int32      // which of models is whose; nil with one
	fitSeconds  float64
	frequencies []float64 // customers expected to have n repeat orders; the last, n or more
	chiSquare   float64   // of frequencies
	freedom     int       // its degrees of freedom
	tracking    []float64 // repeat orders expected by the end of each week
	atNow       float64   // by the end of calibration
	atEnd       float64   // by the end of the holdout
	held        heldOutReport
}

// orderValues is the model of order values, where there are some.
type orderValues struct {
	fit *btyd.SpendFit // nil without order values
	why string         // there are none
}

// fit learns every family, and those that take covariates once more with them.
// Unless asked for, a regular family that is an irregular one is left out.
func (r *customersResult) fit(ctx context.Context, families []customerFamily, asked bool, env command.Env) error {
	b := r.base
	tick := env.Progress.Step("fit", len(families)+1)
	for _, f := range families {
		if err := r.try(ctx, f.family, asked, env); err != nil {
			return err
		}
		tick()
	}
	if len(r.trials) == 0 {
		return command.Data("no model could be fitted: %s (choose other --models)", b.notes[len(b.notes)-1])
	}
	if n := r.trials[0].fit.Customers(); n < len(b.customers) {
		b.notes = append(b.notes, fmt.Sprintf("models are fitted to a sample of %d customers, and judged on all", n))
	}
	if err := r.fitSpend(ctx); err != nil {
		return err
	}
	tick()
	return nil
}

// try fits a family without and, where it takes them, with covariates.
func (r *customersResult) try(ctx context.Context, family btyd.Family, asked bool, env command.Env) error {
	b := r.base
	regular := family == btyd.BGCNBD || family == btyd.MBGCNBD
	if regular && !b.hasGaps() {
		b.notes = append(b.notes, fmt.Sprintf("%s is left out: all times between orders are one %s", family, b.unit.name))
		return nil
	}
	config, start := btyd.Config{UnitDays: b.unit.days}, env.Clock()
	fitted, err := config.Fit(ctx, family, b.customers)
	if err != nil {
		return fitError(err)
	}
	if regular && !asked && fitted.Estimates()[0].Value == 1 {
		b.notes = append(b.notes, fmt.Sprintf("%s is left out: orders are not regular, and with k = 1 it is %s", family, irregular(family)))
		return nil
	}
	r.trials = append(r.trials, &customerTrial{
		name: string(family), fit: fitted, models: []btyd.Model{fitted.Model()}, fitSeconds: env.Clock().Sub(start).Seconds(),
	})
	if len(b.covariates) == 0 || !takesCovariates(family) {
		return nil
	}
	start = env.Clock()
	if fitted, err = config.FitCovariates(ctx, family, b.customers, b.covariates, b.z); err != nil {
		return fitError(err)
	}
	t := &customerTrial{name: string(family) + " + covariates", fit: fitted, fitSeconds: env.Clock().Sub(start).Seconds()}
	r.trials = append(r.trials, t)
	return t.spread(b.z)
}

// fitError gives the error of a fit its exit code.
func fitError(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, btyd.ErrInsufficient):
		return command.Data("%w (use a longer or a larger table, or calibrate until a later day)", err)
	}
	return &command.Error{Code: command.ExitData, Err: err}
}

// irregular is the family that a regular one is for k = 1.
func irregular(family btyd.Family) btyd.Family {
	if family == btyd.MBGCNBD {
		return btyd.MBGNBD
	}
	return btyd.BGNBD
}

// hasGaps reports whether times between orders tell anything of regularity.
func (b *customerBase) hasGaps() bool {
	for _, c := range b.customers {
		if c.LogGaps != 0 {
			return true
		}
	}
	return false
}

// spread makes a model for each of the values that the covariates have.
func (t *customerTrial) spread(z [][]float64) error {
	places := map[string]int32{}
	t.group = make([]int32, len(z[0]))
	values := make([]float64, len(z))
	for i := range t.group {
		for j := range z {
			values[j] = z[j][i]
		}
		key := fmt.Sprint(values)
		place, known := places[key]
		if !known {
			m, err := t.fit.For(values...)
			if err != nil {
				return err
			}
			place = int32(len(t.models))
			places[key] = place
			t.models = append(t.models, m)
		}
		t.group[i] = place
	}
	return nil
}

// fitSpend learns order values, if there are some that differ.
func (r *customersResult) fitSpend(ctx context.Context) error {
	if !r.base.valued {
		r.spend.why = "the table has no amounts"
		return nil
	}
	fitted, err := btyd.Config{UnitDays: r.base.unit.days}.FitSpend(ctx, r.base.customers)
	switch {
	case errors.Is(err, btyd.ErrInsufficient):
		r.spend.why = err.Error()
	case err != nil:
		return err
	default:
		r.spend.fit = fitted
	}
	return nil
}

// bic is Schwarz's criterion, lower is better: models of more parameters must
// earn them.
func (t *customerTrial) bic() float64 {
	return math.Log(float64(t.fit.Customers()))*float64(len(t.fit.Estimates())) - 2*t.fit.LogLikelihood()
}

// describe fills in what the model says of all customers together.
func (t *customerTrial) describe(b *customerBase) {
	cohorts := b.cohorts(t.models, t.group)
	t.frequencies = picture.Frequencies(cohorts, b.unit.days, b.now, frequencyClasses)
	t.chiSquare, t.freedom = chiSquare(b.frequencies(), t.frequencies, len(t.fit.Estimates()))
	all := picture.Cumulative(cohorts, b.unit.days, append([]int{b.now, b.end}, b.weeks...))
	t.atNow, t.atEnd, t.tracking = all[0], all[1], all[2:]
}

// chiSquare compares frequencies. The last classes are joined until 5 customers
// are expected there.
func chiSquare(actual, expected []float64, parameters int) (statistic float64, freedom int) {
	const least = 5
	lastActual, lastExpected, classes := 0.0, 0.0, 0
	for n := len(actual) - 1; n >= 0; n-- {
		lastActual, lastExpected = lastActual+actual[n], lastExpected+expected[n]
		if lastExpected < least && n > 0 {
			continue
		}
		statistic += (lastActual - lastExpected) * (lastActual - lastExpected) / lastExpected
		lastActual, lastExpected = 0, 0
		classes++
	}
	return statistic, classes - 1 - parameters
}

// chiSquareP is the probability of a larger statistic by chance; NaN without a
// degree of freedom.
func chiSquareP(statistic float64, freedom int) float64 {
	if freedom < 1 {
		return math.NaN()
	}
	return distuv.ChiSquared{K: float64(freedom)}.Survival(statistic)
}
