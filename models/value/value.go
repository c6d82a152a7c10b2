// Package value says what a customer will be worth: orders and revenue of the
// next 365 days with an 80% interval.
//
// Train lets the floor, mean value times own rate, compete with a two-part model,
// expected orders times a credibility-weighted order value, and returns the board
// and the Model of the winner. Model.Predict scores rows.
package value

import (
	"context"
	"errors"
	"fmt"
	"math"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
)

// HorizonDays is what is published: a year.
const HorizonDays = 365

// Question names the contest, as in the registry.
const Question = "value"

// Labels are what rows of customers were worth in the label horizon.
type Labels struct {
	Orders  []float64
	Revenue []float64 // net of returns
}

// Config says what the model is built from.
type Config struct {
	// LabelDays is the horizon of the labels: a year where the shop is old
	// enough, else the longest that could be labelled.
	LabelDays int
	// Growth is the mean orders of a customer in 365 days over those in
	// LabelDays, from the shop's mean cumulative function.
	Growth float64
	// Purchase is P(order within LabelDays).
	Purchase leaderboard.Model
}

// power is of the Tweedie deviance by which revenue is judged: between counts
// (1) and sizes (2). The deviance is lowest in expectation at the mean, and one
// large customer does not decide it as squared error would (Jørgensen 1987).
const power = 1.5

// deviances writes the Tweedie deviance of each row.
func deviances(dst, y, predicted []float64) {
	for i := range dst {
		dst[i] = deviance(y[i], predicted[i])
	}
}

// deviance is the unit Tweedie deviance; negative revenue counts as none.
func deviance(y, mu float64) float64 {
	const cent = 0.01
	y, mu = math.Max(0, y), math.Max(cent, mu)
	return 2 * (math.Pow(y, 2-power)/((1-power)*(2-power)) - y*math.Pow(mu, 1-power)/(1-power) + math.Pow(mu, 2-power)/(2-power))
}

// Contest returns how predictions of revenue are judged.
func Contest() leaderboard.Contest {
	return leaderboard.Contest{Question: Question, Losses: deviances, Metrics: metrics}
}

func metrics(y, predicted []float64) map[string]float64 {
	return map[string]float64{
		"mae": evaluate.MAE(y, predicted, nil), "rmse": evaluate.RMSE(y, predicted, nil),
		"bias": evaluate.Bias(y, predicted, nil), "spearman": evaluate.Spearman(y, predicted), "gini": evaluate.Gini(y, predicted, nil),
	}
}

// Train fits the candidates on train, whose labels stand beside it, and judges
// them on judge. Rows.Y is not read.
func Train(ctx context.Context, cfg Config, train leaderboard.Rows, labels Labels, judge leaderboard.Rows, truth Labels) (*leaderboard.Board, error) {
	if len(labels.Revenue) == 0 || len(truth.Revenue) == 0 {
		return nil, errors.New("value: no labelled rows")
	}
	train.Y, judge.Y = labels.Revenue, truth.Revenue
	candidate := func(name string, rung leaderboard.Rung) leaderboard.Candidate {
		return leaderboard.Candidate{Name: name, Rung: rung, Fit: func(_ context.Context, rows leaderboard.Rows) (leaderboard.Model, error) {
			return fit(name, cfg, rows, labels)
		}}
	}
	return leaderboard.Compete(ctx, Contest(), []leaderboard.Candidate{
		candidate(meanForAll, leaderboard.Base), candidate(meanRate, leaderboard.Rule), candidate(twoPart, leaderboard.Learner),
	}, train, judge)
}

// The candidates.
const (
	meanForAll = "mean_for_all"
	meanRate   = "mean_rate"
	twoPart    = "two_part"
)

// fit estimates everything that the candidate called name needs.
func fit(name string, cfg Config, rows leaderboard.Rows, labels Labels) (*Model, error) {
	c, err := readColumns(rows.Columns, rows.X)
	if err != nil {
		return nil, fmt.Errorf("value: %s: %w", name, err)
	}
	m := &Model{Learner: name, LabelDays: cfg.LabelDays, Growth: cfg.Growth, purchase: cfg.Purchase}
	m.MeanOrders, m.MeanRevenue = mean(labels.Orders), mean(labels.Revenue)
	m.OrderValue, m.OrderValueWeight = credibility(c)
	if name == twoPart {
		if err := m.fitOrders(rows, labels.Orders); err != nil {
			return nil, err
		}
	}
	return m, m.fitInterval(rows, labels.Revenue)
}

// fitOrders scales -log(1-P), the mean of a Poisson count that is above zero
// with probability P, to the orders that rows really placed: buyers come in
// bursts, so the count is higher than Poisson's.
func (m *Model) fitOrders(rows leaderboard.Rows, orders []float64) error {
	p := make([]float64, len(orders))
	if err := m.purchase.Predict(p, rows.Columns, rows.X); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	var poisson, actual float64
	for i := range p {
		poisson += poissonMean(p[i])
		actual += orders[i]
	}
	if !(poisson > 0) {
		return errors.New("value: no customer is expected to order")
	}
	m.OrdersPerPoisson = actual / poisson
	return nil
}

// poissonMean returns the mean of a Poisson count that is above zero with
// probability p.
func poissonMean(p float64) float64 { return -math.Log1p(-math.Min(p, 1-1e-9)) }

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
