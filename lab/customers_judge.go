package lab

import (
	"context"
	"math"

	"gonum.org/v1/gonum/stat"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/evaluate"
)

// heldOut is what customers did in the holdout.
type heldOut struct {
	any    []float64 // 1 for an order or more
	orders []float64
	total  float64 // orders
	spend  float64 // their amounts
	byPast []float64
	past   []int // customers with n repeat orders before; the last, n or more
}

// heldOutReport is how a model foresaw it.
type heldOutReport struct {
	sum, mae, rmse, correlation float64
	meanAny, brier              float64 // of an order or more
	logLoss, auc                float64
	meanAlive, aliveAUC         float64
	byPast                      []float64 // mean expected orders by repeat orders before
	spend                       float64   // expected orders times expected values
	losses                      []float64 // log loss of each customer
}

// judge fills in what every model expected, and what happened.
func (r *customersResult) judge(ctx context.Context, progress command.Progress) error {
	b := r.base
	r.actual.frequencies = b.frequencies()
	r.actual.tracking = b.repeats(b.weeks)
	r.actual.atNow, r.actual.atEnd = b.repeats([]int{b.now})[0], b.repeats([]int{b.end})[0]
	r.actual.held = b.heldOut()
	tick := progress.Step("judge", len(r.trials))
	for _, t := range r.trials {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.describe(b)
		if b.heldOutDays() > 0 {
			if err := r.foresee(ctx, t); err != nil {
				return err
			}
		}
		tick()
	}
	return nil
}

// rate is the share of customers with an order or more.
func (h *heldOut) rate() float64 { return stat.Mean(h.any, nil) }

func (b *customerBase) heldOut() heldOut {
	h := heldOut{past: make([]int, frequencyClasses)}
	for _, p := range b.people {
		orders := float64(p.HoldoutOrders)
		h.any = append(h.any, min(orders, 1))
		h.orders = append(h.orders, orders)
		h.total += orders
		h.spend += p.HoldoutAmount
		h.past[min(p.Customer.Orders, frequencyClasses-1)]++
	}
	h.byPast = b.meansByPast(h.orders)
	return h
}

// meansByPast returns the means of v over customers with so many repeat orders.
func (b *customerBase) meansByPast(v []float64) []float64 {
	sums, counts := make([]float64, frequencyClasses), make([]float64, frequencyClasses)
	for i, c := range b.customers {
		n := min(c.Orders, frequencyClasses-1)
		sums[n] += v[i]
		counts[n]++
	}
	for n := range sums {
		sums[n] /= counts[n] // NaN without customers
	}
	return sums
}

// foresee compares a model with the holdout.
func (r *customersResult) foresee(ctx context.Context, t *customerTrial) error {
	b, actual := r.base, r.actual.held
	var s btyd.Scores
	config := btyd.ScoreConfig{Horizons: []float64{b.units(b.heldOutDays())}, Spend: r.spendModel()}
	if err := t.score(ctx, &s, b.customers, config, func() {}); err != nil {
		return err
	}
	mean, some := s.Expected[0], s.AtLeastOne[0]
	h := &t.held
	h.mae, h.rmse = evaluate.MAE(actual.orders, mean, nil), evaluate.RMSE(actual.orders, mean, nil)
	h.correlation = stat.Correlation(actual.orders, mean, nil)
	h.meanAny, h.meanAlive = stat.Mean(some, nil), stat.Mean(s.Alive, nil)
	h.brier, h.logLoss = evaluate.Brier(actual.any, some, nil), evaluate.LogLoss(actual.any, some, nil)
	h.auc, h.aliveAUC = evaluate.AUC(actual.any, some, nil), evaluate.AUC(actual.any, s.Alive, nil)
	h.byPast = b.meansByPast(mean)
	for i, orders := range mean {
		h.sum += orders
		h.spend += orders * s.OrderValue[i]
	}
	h.losses = make([]float64, len(some))
	evaluate.LogLosses(h.losses, actual.any, some)
	return nil
}

func (r *customersResult) spendModel() *btyd.GammaGamma {
	if r.spend.fit == nil {
		return nil
	}
	m := r.spend.fit.Model()
	return &m
}

// orderValueCheck compares expected order values with those of the holdout.
type orderValueCheck struct {
	customers   int     // with an order held out
	actual      float64 // mean of an order held out
	expected    float64 // the same, by the values expected of those who ordered
	mae         float64 // of customers' means
	correlation float64 // of customers' means
}

func (r *customersResult) checkOrderValues() orderValueCheck {
	var check orderValueCheck
	var actual, expected []float64
	model, orders := r.spend.fit.Model(), 0.0
	for _, p := range r.base.people {
		if p.HoldoutOrders == 0 {
			continue
		}
		n, value := float64(p.HoldoutOrders), model.Expected(p.Customer)
		actual, expected = append(actual, p.HoldoutAmount/n), append(expected, value)
		orders += n
		check.actual += p.HoldoutAmount
		check.expected += n * value
	}
	check.customers = len(actual)
	check.actual, check.expected = check.actual/orders, check.expected/orders
	check.mae = evaluate.MAE(actual, expected, nil)
	check.correlation = math.NaN()
	if len(actual) > 1 {
		check.correlation = stat.Correlation(actual, expected, nil)
	}
	return check
}
