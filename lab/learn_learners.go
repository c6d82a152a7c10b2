package lab

import (
	"context"
	"slices"

	"perennial/models/golearn"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
	"perennial/models/purchase"
)

// baseRate is the floor: the share of positives among the training rows, for
// every row.
const baseRate = "base_rate"

// labLearner is a learner with its parameters.
type labLearner struct {
	name  string
	asked bool
	coded bool     // takes texts as codes, not as a 0/1 feature for each
	own   *labRows // the test rows for a model that was read, nil for learners
	fit   labFit
}

// labFit learns a model from rows.
type labFit func(ctx context.Context, train labRows) (leaderboard.Model, error)

// labEntry is a learner on the bench, which takes its parameters and says how it
// is fitted with them.
type labEntry struct {
	name      string
	coded     bool
	configure func(*labParams) labFit
}

// labBench lists the learners that there are.
func labBench() []labEntry {
	return []labEntry{
		{name: "logistic", configure: logisticFit},
		{name: "boosting", coded: true, configure: boostingFit},
		{name: "golearn_forest", configure: forestFit},
		{name: "golearn_liblinear", configure: liblinearFit},
		{name: baseRate, configure: baseRateFit},
	}
}

// chooseLearners returns the learners called names, and the floor if it is not
// among them.
func chooseLearners(names, params []string) ([]labLearner, error) {
	bench := labBench()
	if _, err := namedOf("--learner", names, benchNames(bench)); err != nil {
		return nil, err
	}
	given, err := shareParams(names, params)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, baseRate) {
		given = append(given, &labParams{learner: baseRate})
	}
	var learners []labLearner
	for _, p := range given {
		entry := bench[slices.IndexFunc(bench, func(e labEntry) bool { return e.name == p.learner })]
		fit := entry.configure(p)
		if err := p.check(); err != nil {
			return nil, err
		}
		learners = append(learners, labLearner{name: entry.name, asked: slices.Contains(names, entry.name), coded: entry.coded, fit: fit})
	}
	return learners, nil
}

func benchNames(bench []labEntry) []string {
	names := make([]string, len(bench))
	for i, e := range bench {
		names[i] = e.name
	}
	return names
}

func logisticFit(p *labParams) labFit {
	shapes := []string{string(logistic.Skewed), string(logistic.Logarithmic), string(logistic.Linear)}
	cfg := logistic.Config{
		Lambda: p.positive("lambda"), Shape: logistic.Shape(p.choice("shape", shapes)), MaxIterations: p.count("max_iterations"),
	}
	return fitOf(cfg.Fit)
}

func forestFit(p *labParams) labFit {
	cfg := golearn.ForestConfig{
		Trees: p.count("trees"), Features: p.count("features"), MinSplit: p.count("min_split"), MaxRows: p.count("max_rows"), Seed: p.seed("seed"),
	}
	return fitOf(cfg.Fit)
}

func liblinearFit(p *labParams) labFit {
	cfg := golearn.LiblinearConfig{
		C: p.positive("c"), Tolerance: p.positive("tolerance"), MaxRows: p.count("max_rows"), Seed: p.seed("seed"),
	}
	return fitOf(cfg.Fit)
}

func baseRateFit(*labParams) labFit {
	return func(_ context.Context, train labRows) (leaderboard.Model, error) {
		return &purchase.BaseRate{Share: rate(train.Rows)}, nil
	}
}

// fitOf fits unweighted rows with a learner's own Fit.
func fitOf[M leaderboard.Model](fit func(context.Context, []string, [][]float32, []float64, []float64) (M, error)) labFit {
	return func(ctx context.Context, train labRows) (leaderboard.Model, error) {
		model, err := fit(ctx, train.Columns, train.X, train.Y, nil)
		if err != nil {
			return nil, err
		}
		return model, nil
	}
}
