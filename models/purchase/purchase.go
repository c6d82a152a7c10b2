// Package purchase answers one question: will she order within a horizon? Churn
// at that horizon is the complement.
//
// Train lets floors and learners compete on labelled rows and returns the
// leaderboard with the winning Model. Labels are 1 for customers who ordered.
package purchase

import (
	"context"
	"fmt"

	"perennial/models/calibrate"
	"perennial/models/evaluate"
	"perennial/models/golearn"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// Config says which candidates compete. The zero value is usable.
type Config struct {
	Seed uint64
	// Lambda is the penalty of the logistic regression; 0 chooses it from
	// Lambdas by cross-validation over customers.
	Lambda float64
	// Guests adds golearn's forest and liblinear to the board. They are judged
	// and never promoted.
	Guests bool
	// PopulationGapDays is the shop's median gap between order days, towards
	// which the own-rhythm rule shrinks a customer's. Default 90.
	PopulationGapDays float64
}

// Question names the contest of a horizon, as in the registry.
func Question(horizonDays int) string { return fmt.Sprintf("purchase_%dd", horizonDays) }

// Contest returns how answers for the horizon are judged: by log loss, a proper
// score of probabilities.
func Contest(horizonDays int) leaderboard.Contest {
	return leaderboard.Contest{
		Question: Question(horizonDays),
		Losses:   evaluate.LogLosses,
		Metrics:  metrics,
	}
}

// metrics of P(order); AUC is the same for its complement.
func metrics(y, p []float64) map[string]float64 {
	r := evaluate.Binary(y, p)
	return map[string]float64{
		"auc": r.AUC, "pr_auc": r.AveragePrecision, "logloss": r.LogLoss, "brier": r.Brier, "ece": r.ECE,
		"calibration_slope": r.CalibrationSlope, "in_the_large": r.InTheLarge, "capture_10": r.Capture10, "lift_10": r.Lift10,
	}
}

// Train fits the candidates for horizonDays on train and judges them on judge.
func Train(ctx context.Context, cfg Config, horizonDays int, train, judge leaderboard.Rows) (*leaderboard.Board, error) {
	candidates := []leaderboard.Candidate{
		{Name: "base_rate", Rung: leaderboard.Base, Fit: fitBaseRate},
		{Name: "recency_rule", Rung: leaderboard.Rule, Fit: cfg.fitRecency},
		{Name: "own_rhythm", Rung: leaderboard.Rule, Fit: cfg.fitRhythm},
		{Name: "logistic", Rung: leaderboard.Learner, Fit: cfg.fitLogistic},
	}
	if cfg.Guests {
		candidates = append(candidates,
			leaderboard.Candidate{Name: "golearn_forest", Rung: leaderboard.Guest, Fit: cfg.fitForest},
			leaderboard.Candidate{Name: "golearn_liblinear", Rung: leaderboard.Guest, Fit: cfg.fitLiblinear})
	}
	return leaderboard.Compete(ctx, Contest(horizonDays), candidates, train, judge)
}

// fitLogistic chooses the penalty, calibrates on customers that the fit did not
// see, and fits on all rows.
func (c Config) fitLogistic(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	lambda := c.Lambda
	if lambda == 0 {
		var err error
		if lambda, err = ChooseLambda(ctx, train); err != nil {
			return nil, err
		}
	}
	fit := func(rows leaderboard.Rows) (leaderboard.Model, error) {
		return logistic.Config{Lambda: lambda}.Fit(ctx, rows.Columns, rows.X, rows.Y, nil)
	}
	return calibrated("logistic", lambda, train, fit)
}

func (c Config) fitForest(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.ForestConfig{Seed: c.Seed}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}

func (c Config) fitLiblinear(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.LiblinearConfig{}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}

// calibrated fits on all rows and maps the probabilities by what
// cross-fitting over customers showed of them.
func calibrated(learner string, lambda float64, train leaderboard.Rows, fit func(leaderboard.Rows) (leaderboard.Model, error)) (*Model, error) {
	sample := train.sampled(calibrationRows)
	held, err := sample.CrossFit(folds, fit)
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	curve, err := calibrate.Choose(held, sample.Y, sample.folds())
	if err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	inner, err := fit(train)
	if err != nil {
		return nil, err
	}
	return newModel(learner, lambda, inner, curve), nil
}
