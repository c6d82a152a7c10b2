// Package value says what a customer will be worth: orders and revenue of the
// next 365 days with an 80% interval.
//
// Train lets the floor, mean value times own rate, compete with a two-part model,
// expected orders times a credibility-weighted order value, and with boosted
// trees, and returns the board with the Model of each. Model.Year scores rows.
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
	// Boosting lets boosted trees compete, with draws keyed by Seed.
	Boosting bool
	Seed     uint64
}

func (c Config) validate() error {
	switch {
	case c.LabelDays < 1:
		return fmt.Errorf("labels of %d days", c.LabelDays)
	case !(c.Growth > 0) || math.IsInf(c.Growth, 1):
		return fmt.Errorf("growth is %v, not a number above 0", c.Growth)
	case c.Purchase == nil:
		return errors.New("no purchase model")
	}
	return nil
}

// Contest returns how predictions of revenue are judged.
func Contest() leaderboard.Contest {
	return leaderboard.Contest{Question: Question, Losses: deviances, Metrics: metrics}
}

func metrics(y, predicted []float64) map[string]float64 {
	return map[string]float64{
		"mae": evaluate.MAE(y, predicted, nil), "rmse": evaluate.RMSE(y, predicted, nil),
		"bias": evaluate.Bias(y, predicted, nil), "spearman": evaluate.Spearman(y, predicted), "gini": evaluate.Gini(y, predicted, nil),
		"capture_10": evaluate.Capture(y, predicted, nil, 0.1),
	}
}

// The candidates.
const (
	meanForAll = "mean_for_all"
	meanRate   = "mean_rate"
	twoPart    = "two_part"
	boosted    = "boosted"
	byBase     = "customer_base"
)

// Train fits the candidates on train, whose labels stand beside it, and judges
// them on judge. Rows.Y is not read. Rows need the columns orders_total,
// revenue_total and tenure_days, and those of the purchase model. An unusable
// config, labels that do not fit their rows, and those of leaderboard.Compete
// are errors.
func Train(ctx context.Context, cfg Config, train leaderboard.Rows, labels Labels, judge leaderboard.Rows, truth Labels) (*leaderboard.Board, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	if len(labels.Orders) != len(labels.Revenue) {
		return nil, fmt.Errorf("value: %d orders for %d revenues", len(labels.Orders), len(labels.Revenue))
	}
	train.Y, judge.Y = labels.Revenue, truth.Revenue
	candidate := func(name string, rung leaderboard.Rung) leaderboard.Candidate {
		return leaderboard.Candidate{Name: name, Rung: rung, Fit: func(ctx context.Context, rows leaderboard.Rows) (leaderboard.Model, error) {
			return fit(ctx, name, cfg, rows, labels)
		}}
	}
	candidates := []leaderboard.Candidate{
		candidate(meanForAll, leaderboard.Base), candidate(meanRate, leaderboard.Rule), candidate(twoPart, leaderboard.Learner),
	}
	if (CustomerBase{}).known(train.Columns, train.X) {
		candidates = append(candidates, candidate(byBase, leaderboard.Rule))
	}
	if cfg.Boosting {
		candidates = append(candidates, candidate(boosted, leaderboard.Ensemble))
	}
	return leaderboard.Compete(ctx, Contest(), candidates, train, judge)
}
