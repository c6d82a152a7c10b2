package lab

import (
	"context"
	"errors"
	"fmt"
	"math"

	"perennial/models/btyd"
	"perennial/pipeline/history"
)

// pastLook is the customers as of an earlier day, and what they did next.
type pastLook struct {
	*customerBase
	actual    heldOut
	forecasts []*pastForecast // of the models, then of their mean
}

// pastForecast is what a model says of every customer: the probability of an order
// or more, and the mean and the median number of orders.
type pastForecast struct{ any, mean, median []float64 }

// errNoLookBack says that a choice cannot be made within the calibration period.
var errNoLookBack = errors.New("the calibration period cannot be looked back into")

// lookBackCustomers bounds those whom a look back is about.
const lookBackCustomers = 100_000

// lookBack returns the day from which the days until now are, to those since
// first, as the days from now until end are to those from first to now.
func lookBack(first, now, end int) int {
	past, ahead := float64(now-first), float64(end-now)
	return now - int(math.Round(past*ahead/(past+ahead)))
}

// lookAt lets every model forecast from day until end.
func (r *customersResult) lookAt(ctx context.Context, day, end int, tick func()) (*pastLook, error) {
	base, err := r.base.asOf(day, end, lookBackCustomers)
	if err != nil {
		return nil, err
	}
	if len(base.people) == 0 {
		return nil, fmt.Errorf("%w: nobody had come by %v", errNoLookBack, history.Day(day))
	}
	look := &pastLook{customerBase: base, actual: base.heldOut()}
	if rate := look.actual.rate(); !(rate > 0 && rate < 1) {
		return nil, fmt.Errorf("%w: nobody, or everybody, orders from %v to %v", errNoLookBack, history.Day(day+1), history.Day(end))
	}
	for _, t := range r.trials {
		f, err := look.forecast(ctx, t)
		if err != nil {
			return nil, err
		}
		look.forecasts = append(look.forecasts, f)
		tick()
	}
	look.forecasts = withMean(look.forecasts)
	return look, nil
}

// forecasts are those of the models of today.
func (r *customersResult) forecasts(ctx context.Context) ([]*pastForecast, error) {
	var all []*pastForecast
	for _, t := range r.trials {
		f, err := t.forecast(ctx, r.base)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return withMean(all), nil
}

// forecast fits the model of t to what was known then, and asks it what came
// next.
func (p *pastLook) forecast(ctx context.Context, t *customerTrial) (*pastForecast, error) {
	// That day may be too early for the floor that today has to reach: what comes
	// of it is judged.
	config := btyd.Config{UnitDays: p.unit.days, Floor: btyd.Sufficiency{Customers: 100, RepeatOrders: 30, Days: -1, RecentDays: -1}}
	var names []string
	var z [][]float64
	if t.group != nil {
		names, z = p.covariates, p.z
	}
	fit, err := config.FitCovariates(ctx, t.fit.Model().Family(), p.customers, names, z)
	if errors.Is(err, btyd.ErrInsufficient) {
		return nil, fmt.Errorf("%w: %v: %w", errNoLookBack, history.Day(p.now), err)
	}
	if err != nil {
		return nil, err
	}
	past := &customerTrial{name: t.name, fit: fit, models: []btyd.Model{fit.Model()}}
	if t.group != nil {
		past.models = nil
		if err := past.spread(z); err != nil {
			return nil, err
		}
	}
	return past.forecast(ctx, p.customerBase)
}

// forecast asks what customers do from now to the end.
func (t *customerTrial) forecast(ctx context.Context, b *customerBase) (*pastForecast, error) {
	horizon := b.units(b.heldOutDays())
	var s btyd.Scores
	if err := t.score(ctx, &s, b.customers, btyd.ScoreConfig{Horizons: []float64{horizon}}, func() {}); err != nil {
		return nil, err
	}
	f := &pastForecast{any: s.AtLeastOne[0], mean: s.Expected[0], median: make([]float64, len(b.customers))}
	of, first := t.alike(b)
	medians := make([]float64, len(first))
	err := eachBlock(ctx, len(first), func(from, to int) error {
		for k := from; k < to; k++ {
			medians[k] = float64(btyd.Quantile(t.modelOf(first[k]), b.customers[first[k]], horizon, 0.5))
		}
		return nil
	})
	for i, place := range of {
		f.median[i] = medians[place]
	}
	return f, err
}

// withMean adds the mean of several models: of their log-odds of an order, and of
// their numbers of orders.
func withMean(all []*pastForecast) []*pastForecast {
	if len(all) < 2 {
		return all
	}
	n := len(all[0].any)
	mean := &pastForecast{make([]float64, n), make([]float64, n), make([]float64, n)}
	share := 1 / float64(len(all))
	for _, f := range all {
		for i := range n {
			mean.any[i] += share * logOdds(f.any[i])
			mean.mean[i] += share * f.mean[i]
			mean.median[i] += share * f.median[i]
		}
	}
	for i, odds := range mean.any {
		mean.any[i] = chance(odds)
	}
	return append(all, mean)
}

func logOdds(p float64) float64 {
	p = min(max(p, 1e-12), 1-1e-12)
	return math.Log(p) - math.Log1p(-p)
}

func chance(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }
