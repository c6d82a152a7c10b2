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
	"fmt"
	"slices"

	"perennial/models/evaluate"
	"perennial/models/gbdt"
	"perennial/models/golearn"
	"perennial/models/leaderboard"
)

// Config says which candidates compete. The zero value is usable.
type Config struct {
	// Seed draws the rows of the guests, and columns and roundings of trees.
	Seed uint64
	// Lambda is the penalty of the logistic regressions; 0 lets ChooseLambda
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
	// Times are the rows of all cutoffs before the judging one, known up to it.
	// From them hazards are learnt; without them none competes.
	Times Times
	// Boosting are the settings of boosted hazards; without Trees ChooseBoosting
	// chooses them.
	Boosting gbdt.Config
	// LastYear is of one year before the judging cutoff. With enough rows every
	// learner competes a second time, in season.
	LastYear LastYear
	// Imported are models that were trained elsewhere. They need no rows and
	// compete beside rules, too.
	Imported []Imported
}

// The candidates that may win, and the guess, as boards and files name them.
const (
	baseRate      = "base_rate"
	recencyRule   = "recency_rule"
	ownRhythm     = "own_rhythm"
	customerBase  = "customer_base"
	withLogistic  = "logistic"
	linearHazard  = "logistic_hazard"
	boostedHazard = "boosted_hazard"
	blended       = "blended_hazard"         // the two hazards
	blendedKinds  = "logistic_boosted_blend" // a fit of this horizon and a hazard
	inSeason      = "_in_season"             // behind the name of a learner
	byGuess       = "guess"
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

// Choose fills in the penalty and the settings of boosting, unless they are set,
// by what served train, rows labelled within horizonDays, and times best. Both
// must be known by the oldest judge of all contests that share the settings.
func (c *Config) Choose(ctx context.Context, horizonDays int, train leaderboard.Rows, times Times) (err error) {
	if c.Lambda == 0 {
		if c.Lambda, err = ChooseLambda(ctx, train); err != nil {
			return err
		}
	}
	if c.Boosting.Trees == 0 && len(times.Cutoff) > 0 {
		c.Boosting, err = ChooseBoosting(ctx, times, horizonDays, c.Seed)
	}
	return err
}

// Train fits the candidates for horizonDays on train and judges them on judge.
// Errors are those of leaderboard.Compete, labels other than 0 and 1, and
// Times whose parts have not the same number of rows.
func Train(ctx context.Context, cfg Config, horizonDays int, train, judge leaderboard.Rows) (*leaderboard.Board, error) {
	for _, y := range slices.Concat(train.Y, judge.Y) {
		if y != 0 && y != 1 {
			return nil, fmt.Errorf("purchase: a label is %v, not 0 or 1", y)
		}
	}
	if err := cfg.Times.validate(); err != nil {
		return nil, fmt.Errorf("purchase: times: %w", err)
	}
	candidates := cfg.rules(train)
	if !cfg.RulesOnly {
		if err := cfg.Choose(ctx, horizonDays, train, cfg.Times); err != nil {
			return nil, err
		}
		candidates = append(candidates, cfg.contest(horizonDays, train).candidates()...)
	}
	for _, i := range cfg.Imported {
		candidates = append(candidates, i.candidates(cfg.LastYear)...)
	}
	if cfg.Guests && !cfg.RulesOnly {
		candidates = append(candidates,
			leaderboard.Candidate{Name: "golearn_forest", Rung: leaderboard.Guest, Fit: cfg.fitForest},
			leaderboard.Candidate{Name: "golearn_liblinear", Rung: leaderboard.Guest, Fit: cfg.fitLiblinear})
	}
	return leaderboard.Compete(ctx, Contest(horizonDays), candidates, train, judge)
}

// rules returns the candidates that need few rows.
func (c Config) rules(train leaderboard.Rows) []leaderboard.Candidate {
	rules := []leaderboard.Candidate{
		{Name: baseRate, Rung: leaderboard.Base, Fit: FitBaseRate},
		{Name: recencyRule, Rung: leaderboard.Rule, Fit: fitRecency},
		{Name: ownRhythm, Rung: leaderboard.Rule, Fit: c.fitRhythm},
	}
	if slices.Contains(train.Columns, baseColumn) {
		rules = append(rules, leaderboard.Candidate{Name: customerBase, Rung: leaderboard.Rule, Fit: fitBase})
	}
	return rules
}

// fitForest keeps golearn's forest small: it is a guest, and its cost grows
// faster than its rows.
func (c Config) fitForest(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.ForestConfig{Trees: 20, MaxRows: 2000, Seed: c.Seed}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}

// fitLiblinear gives liblinear as many rows as the regression has, and stops it
// where its predictions no longer move: its last digits take most of its time.
func (c Config) fitLiblinear(ctx context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return golearn.LiblinearConfig{MaxRows: labelledRows, Tolerance: 1e-3, Seed: c.Seed}.Fit(ctx, train.Columns, train.X, train.Y, nil)
}
