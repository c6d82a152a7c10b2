package lab

import (
	"context"
	"maps"
	"slices"
	"strings"

	"perennial/command"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
)

// heldBack is the share of the training rows, the last ones, on which boosting
// finds out when to stop.
const heldBack = 0.2

// boosting is gbdt with what the bench adds to its settings.
type boosting struct {
	gbdt.Config
	heldBack float64 // 0: all trees are grown on all rows
}

// boostingFit takes the parameters under LightGBM's names.
func boostingFit(p *labParams) labFit {
	b := boosting{Config: gbdt.Config{
		Trees: p.count("trees"), Leaves: p.count("leaves"), MaxDepth: p.count("max_depth"), LearningRate: p.share("learning_rate"),
		MinData: p.count("min_data"), L1: p.penalty("lambda_l1"), L2: p.penalty("lambda_l2"), MinGain: p.positive("min_gain"),
		FeatureFraction: p.share("feature_fraction"), RowFraction: p.share("bagging_fraction"), RowEvery: p.count("bagging_freq"),
		MaxBins: p.count("bins"), Monotone: p.directions("monotone"), Categorical: p.list("categorical"),
		Patience: p.count("early_stopping"), Seed: p.seed("seed"),
	}}
	b.heldBack = p.share("held_back")
	if b.Patience > 0 && b.heldBack == 0 {
		b.heldBack = heldBack
	}
	p.only("objective", string(gbdt.Binary), "the label of the bench has two values")
	settings := b.Config
	settings.Monotone, settings.Categorical = nil, nil // columns are not known yet
	if _, err := gbdt.NewSketch(settings, []string{"any"}); err != nil {
		p.fail(command.Usage("--param: %w", err))
	}
	if b.heldBack == 1 || (b.heldBack > 0 && b.Patience == 0) {
		p.fail(command.Usage("--param %s.held_back: it is for early_stopping, and below 1 (write early_stopping=30 beside it)", p.learner))
	}
	return b.fit
}

// fit boosts train. To find the number of trees, the last rows are held back;
// then that many are grown on all rows.
func (b boosting) fit(ctx context.Context, train labRows) (leaderboard.Model, error) {
	b.Categorical = slices.Clone(b.Categorical)
	if err := b.check(train); err != nil {
		return nil, err
	}
	for j, levels := range train.levels {
		if levels != nil {
			b.Categorical = append(b.Categorical, train.Columns[j])
		}
	}
	if b.heldBack > 0 {
		trees, err := b.trees(ctx, train.Rows)
		if err != nil {
			return nil, err
		}
		b.Trees = trees
	}
	trees, err := b.Fit(ctx, train.Columns, train.X, train.Y, nil)
	if err != nil {
		return nil, err
	}
	return &labTrees{trees, train.levels}, nil
}

// check returns an error if a parameter names what is not a column of numbers.
func (b boosting) check(train labRows) error {
	named := []struct {
		param   string
		columns []string
	}{{"categorical", b.Categorical}, {"monotone", slices.Sorted(maps.Keys(b.Monotone))}}
	for _, n := range named {
		for _, name := range n.columns {
			switch j := slices.Index(train.Columns, name); {
			case j < 0:
				return command.Usage("--param %s: no column %q is learnt from (there are %s)", n.param, name, strings.Join(train.Columns, ", "))
			case train.levels[j] != nil:
				return command.Usage("--param %s: column %q holds texts, which are categories already and have no order (name columns of numbers)", n.param, name)
			}
		}
	}
	return nil
}

// trees returns the number of trees that serves the last rows of train best.
func (b boosting) trees(ctx context.Context, train leaderboard.Rows) (int, error) {
	first := len(train.Y) - int(b.heldBack*float64(len(train.Y)))
	early := train.Where(func(i int) bool { return i < first })
	late := train.Where(func(i int) bool { return i >= first })
	for _, rows := range []leaderboard.Rows{early, late} {
		if n := rows.Positives(); n == 0 || n == len(rows.Y) {
			return 0, command.Data("early_stopping: the last %d of %d training rows, or those before them, have one outcome (sort the table by time, not by the label, or choose trees instead)",
				len(late.Y), len(train.Y))
		}
	}
	of := func(rows leaderboard.Rows) gbdt.Data { return gbdt.Data{Columns: rows.Columns, X: rows.X, Y: rows.Y} }
	_, report, err := b.FitWatched(ctx, of(early), of(late))
	if err != nil {
		return 0, err
	}
	return report.Trees, nil
}
