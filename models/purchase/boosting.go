package purchase

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"perennial/models/evaluate"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// Boostings returns the settings that ChooseBoosting tries, simplest trees
// first. Few columns a tree and a strong penalty are worth more than depth: on
// 10,000 rows of a shop 31 leaves cost what 7 leaves gain.
func Boostings() []gbdt.Config {
	var all []gbdt.Config
	for _, leaves := range []int{4, 8, 16, 31} {
		all = append(all, gbdt.Config{
			Leaves: leaves, Trees: 300, LearningRate: 0.06, FeatureFraction: 0.4, MinData: 100, L2: 20, MaxBins: 127, Patience: 20,
		})
	}
	return all
}

// What the search for settings may cost: rows before its night, and rows of it.
const (
	searchRows  = 20_000
	searchLeast = 500 // with fewer rows nothing is chosen
	searchDays  = 90  // longer horizons are searched at this one
)

// unsearched is for shops that are too young to search: few, small trees.
func unsearched() gbdt.Config {
	c := Boostings()[1]
	c.Trees = 60
	return c
}

// ChooseBoosting returns the settings of boosted hazards up to a horizon. It goes
// back to a night one horizon, at most 90 days, before the end of times, fits each of Boostings on
// what was known then, and judges it by what happened after: the simplest whose
// log loss is within one standard error of the best is chosen, with the number
// of trees that served that night best. A shop too young for that gets small
// trees.
func ChooseBoosting(ctx context.Context, times Times, horizonDays int, seed uint64) (gbdt.Config, error) {
	horizonDays = min(horizonDays, searchDays)
	night, ok := times.searchNight(horizonDays)
	if !ok {
		return unsearched(), nil
	}
	edges := Edges(horizonDays)
	known, watched := times.until(night), times.where(func(i int) bool { return times.Cutoff[i] == night })
	known, watched = known.sampled(searchRows), watched.sampled(searchRows)
	train, watch := withoutBase(known.intervals(edges, numbered)), withoutBase(watched.intervals(edges, numbered))
	if min(train.Positives(), watch.Positives()) < searchLeast || len(watch.Y) < searchLeast {
		return unsearched(), nil
	}
	trials, err := tryBoostings(ctx, seed, train, watch)
	if err != nil {
		return gbdt.Config{}, err
	}
	var chosen gbdt.Config
	var best []float64
	for _, t := range slices.Backward(trials) {
		worse, standardError := excess(t.losses, best)
		if worse <= standardError {
			chosen = t.config
		}
		if best == nil || worse < 0 {
			best = t.losses
		}
	}
	return chosen, nil
}

// trial is what settings gave.
type trial struct {
	config gbdt.Config // with the number of trees that served best
	losses []float64   // of the watched rows
}

// tryBoostings fits each of Boostings on train, as long as watch gains by it. Two
// are at work at a time: a fit has stretches for one core.
func tryBoostings(ctx context.Context, seed uint64, train, watch leaderboard.Rows) ([]trial, error) {
	trials := make([]trial, len(Boostings()))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, c := range Boostings() {
		group.Go(func() error {
			c.Seed = seed
			losses, trees, err := watchedLosses(ctx, c, train, watch)
			if err != nil {
				return fmt.Errorf("purchase: choose boosting: %d leaves: %w", c.Leaves, err)
			}
			c.Trees = trees
			trials[i] = trial{c, losses}
			return nil
		})
	}
	return trials, group.Wait()
}

// searchNight returns the oldest cutoff that is within a horizon of the end, and
// whether rows were known long enough before it.
func (t *Times) searchNight(horizonDays int) (history.Day, bool) {
	if len(t.Cutoff) == 0 {
		return 0, false
	}
	night := slices.Max(t.Cutoff)
	for _, cutoff := range t.Cutoff {
		if cutoff >= t.End-history.Day(horizonDays) {
			night = min(night, cutoff)
		}
	}
	return night, slices.Min(t.Cutoff) <= night-history.Day(horizonDays)
}

// watchedLosses returns the log losses of the watched rows and the number of
// trees that gave the least.
func watchedLosses(ctx context.Context, c gbdt.Config, train, watch leaderboard.Rows) ([]float64, int, error) {
	c.Twins = aheadColumn
	m, report, err := c.FitWatched(ctx, data(train), data(watch))
	if err != nil {
		return nil, 0, err
	}
	losses := make([]float64, len(watch.Y))
	if err := m.Predict(losses, watch.Columns, watch.X); err != nil {
		return nil, 0, err
	}
	evaluate.LogLosses(losses, watch.Y, losses)
	return losses, report.Trees, nil
}

func data(rows leaderboard.Rows) gbdt.Data {
	return gbdt.Data{Columns: rows.Columns, X: rows.X, Y: rows.Y}
}
