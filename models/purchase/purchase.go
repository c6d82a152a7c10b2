// Package purchase answers one question: will she order within a horizon? Churn
// at that horizon is the complement.
//
// Train lets floors and learners compete on labelled rows and returns the
// leaderboard with the winning model. Labels are 1 for customers who ordered.
// NewGuess answers where nothing can be fitted; Read reads what any of the
// models wrote.
package purchase

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"perennial/models/calibrate"
	"perennial/models/evaluate"
	"perennial/models/golearn"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// Config says which candidates compete. The zero value is usable.
type Config struct {
	// Seed draws the rows of the guests.
	Seed uint64
	// Lambda is the penalty of the logistic regression; 0 lets ChooseLambda
	// choose it.
	Lambda float64
	// RulesOnly keeps learners out: too few rows to fit them.
	RulesOnly bool
	// Guests adds golearn's forest and liblinear to the board. They are judged
	// and never promoted. The program must serve golearn.ChildCommand.
	Guests bool
	// PopulationGapDays is the shop's median gap between order days, towards
	// which the own-rhythm rule shrinks a customer's. Default 90.
	PopulationGapDays float64
	// LastYear are the rows one year before the judging cutoff. With enough of
	// them the regression competes a second time, in season.
	LastYear leaderboard.Rows
}

// The candidates that may win, and the guess, as boards and files name them.
const (
	baseRate     = "base_rate"
	recencyRule  = "recency_rule"
	ownRhythm    = "own_rhythm"
	withLogistic = "logistic"
	inSeason     = "logistic_in_season"
	byGuess      = "guess"
)

// Question names the contest of a horizon, as in the registry.
func Question(horizonDays int) string { return fmt.Sprintf("purchase_%dd", horizonDays) }

// Contest returns how answers for the horizon are judged: by log loss, a proper
// score of probabilities.
func Contest(horizonDays int) leaderboard.Contest {
	return leaderboard.Contest{Question: Question(horizonDays), Losses: evaluate.LogLosses, Metrics: metrics, Worthwhile: worthwhile}
}

// worthwhile is McFadden's pseudo-R²: below it a model knows next to nothing
// about who orders, however sure it may be of that little.
const worthwhile = 0.05

// metrics of P(order); AUC is the same for its complement.
func metrics(y, p []float64) map[string]float64 {
	r := evaluate.Binary(y, p)
	return map[string]float64{
		"auc": r.AUC, "pr_auc": r.AveragePrecision, "logloss": r.LogLoss, "brier": r.Brier, "ece": r.ECE,
		"calibration_slope": r.CalibrationSlope, "in_the_large": r.InTheLarge, "capture_10": r.Capture10, "lift_10": r.Lift10,
	}
}

// Train fits the candidates for horizonDays on train and judges them on judge.
// Errors are those of leaderboard.Compete, and labels other than 0 and 1.
func Train(ctx context.Context, cfg Config, horizonDays int, train, judge leaderboard.Rows) (*leaderboard.Board, error) {
	for _, y := range slices.Concat(train.Y, judge.Y) {
		if y != 0 && y != 1 {
			return nil, fmt.Errorf("purchase: a label is %v, not 0 or 1", y)
		}
	}
	candidates := []leaderboard.Candidate{
		{Name: baseRate, Rung: leaderboard.Base, Fit: FitBaseRate},
		{Name: recencyRule, Rung: leaderboard.Rule, Fit: fitRecency},
		{Name: ownRhythm, Rung: leaderboard.Rule, Fit: cfg.fitRhythm},
	}
	if !cfg.RulesOnly {
		candidates = append(candidates, cfg.regressions()...)
	}
	if cfg.Guests && !cfg.RulesOnly {
		candidates = append(candidates,
			leaderboard.Candidate{Name: "golearn_forest", Rung: leaderboard.Guest, Fit: cfg.fitForest},
			leaderboard.Candidate{Name: "golearn_liblinear", Rung: leaderboard.Guest, Fit: cfg.fitLiblinear})
	}
	return leaderboard.Compete(ctx, Contest(horizonDays), candidates, train, judge)
}

// regressions returns the logistic regression, and where last year is known
// the same fit once more in season.
func (c Config) regressions() []leaderboard.Candidate {
	var neutral *Model
	plain := leaderboard.Candidate{Name: withLogistic, Rung: leaderboard.Learner, Fit: func(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
		var err error
		neutral, err = c.fitLogistic(ctx, train)
		return neutral, err
	}}
	if !enoughOf(c.LastYear) {
		return []leaderboard.Candidate{plain}
	}
	moved := leaderboard.Candidate{Name: inSeason, Rung: leaderboard.Learner, Fit: func(context.Context, leaderboard.Rows) (leaderboard.Model, error) {
		if neutral == nil {
			return nil, errors.New("the regression that it moves could not be fitted")
		}
		return neutral.InSeason(c.LastYear)
	}}
	return []leaderboard.Candidate{plain, moved}
}

// fitLogistic chooses the penalty, calibrates on customers that the fit did not
// see, and fits on all rows.
func (c Config) fitLogistic(ctx context.Context, train leaderboard.Rows) (*Model, error) {
	if c.Lambda == 0 {
		var err error
		if c.Lambda, err = ChooseLambda(ctx, train); err != nil {
			return nil, err
		}
	}
	curve, err := c.calibration(ctx, train)
	if err != nil {
		return nil, fmt.Errorf("purchase: calibration: %w", err)
	}
	fitted, err := fitPenalised(ctx, c.Lambda, train)
	if err != nil {
		return nil, err
	}
	return &Model{Logistic: fitted, Curve: curve}, nil
}

// calibrationRows are cross-fitted for the curve: with fewer, its standard error
// within a tenth of the customers is near a hundredth.
const calibrationRows = 60_000

// calibration learns from cross-fitted predictions how far the regression's
// probabilities can be taken at their word.
func (c Config) calibration(ctx context.Context, train leaderboard.Rows) (*calibrate.Model, error) {
	rows := sampled(train, calibrationRows)
	held, err := crossFit(ctx, c.Lambda, rows)
	if err != nil {
		return nil, err
	}
	fold := make([]int, len(rows.Y))
	for i := range fold {
		fold[i] = rows.Fold(i, folds)
	}
	curve, _, err := calibrate.Choose(held, rows.Y, nil, fold)
	return curve, err
}

func fitPenalised(ctx context.Context, lambda float64, rows leaderboard.Rows) (*logistic.Model, error) {
	rows = wellKnown(rows)
	return logistic.Config{Lambda: lambda}.Fit(ctx, rows.Columns, rows.X, rows.Y, nil)
}

// fitForest keeps golearn's forest small: it is a guest, and its cost grows
// faster than its rows.
func (c Config) fitForest(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.ForestConfig{Trees: 20, MaxRows: 3000, Seed: c.Seed}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}

func (c Config) fitLiblinear(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.LiblinearConfig{Seed: c.Seed}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}
