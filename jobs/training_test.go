package jobs

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"perennial/features"
	"perennial/models/purchase"
	"perennial/pipeline/history"
)

// Nights of shops of several ages and churn horizons: whatever contests share is
// searched on days before any of them is judged.
func TestSearchEndsBeforeEveryJudge(t *testing.T) {
	const first = history.Day(0)
	for _, churnDays := range []int{30, 45, 90, 365} {
		for age := history.Day(100); age <= 1500; age += 50 {
			for name, planned := range map[string]*training{
				"night":     planTonight(first+age, first, horizons(churnDays), churnDays, 6),
				"back-test": planBackTest(first+age, first, horizons(churnDays), churnDays, 6),
			} {
				for days, plan := range planned.plans {
					if end := planned.search.Judge; end > plan.Judge {
						t.Errorf("%s, %d days old, churn %d: searched up to day %d; the judge of %d days is day %d", name, age, churnDays, end, days, plan.Judge)
					}
				}
				if len(planned.plans) > 0 && len(planned.search.Train) == 0 {
					t.Errorf("%s, %d days old, churn %d: nothing to search", name, age, churnDays)
				}
				for _, cutoff := range planned.search.Train {
					if !slices.Contains(planned.cutoffs, cutoff) {
						t.Errorf("%s, %d days old, churn %d: no rows are gathered at day %d", name, age, churnDays, cutoff)
					}
				}
			}
		}
	}
}

// TestChoiceSeesNoJudge: customers order as their first column says up to the
// oldest judge, and then whoever and whenever. That must not move what is chosen.
func TestChoiceSeesNoJudge(t *testing.T) {
	skipIfShort(t)
	const first, asOf = history.Day(0), history.Day(730)
	chosen := func(noise bool) purchase.Config {
		planned := planTonight(asOf, first, horizons(90), 90, 6)
		planned.invent(1500, planned.plans[180].Judge, noise)
		cfg, err := planned.choose(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	orderly, noisy := chosen(false), chosen(true)
	if orderly.Lambda != noisy.Lambda || orderly.Boosting.Leaves != noisy.Boosting.Leaves || orderly.Boosting.Trees != noisy.Boosting.Trees {
		t.Errorf("what happened after a judge moved the penalty from %g to %g, trees from %d of %d leaves to %d of %d",
			orderly.Lambda, noisy.Lambda, orderly.Boosting.Trees, orderly.Boosting.Leaves, noisy.Boosting.Trees, noisy.Boosting.Leaves)
	}
}

// invent fills in customers at every cutoff. Up to the day end their column tells
// when they order; with noise nothing tells what happens afterwards.
func (t *training) invent(customers int, end history.Day, noise bool) {
	rng := rand.New(rand.NewPCG(1, 1))
	t.matrix = &features.Matrix{Names: []string{"recency_days", "tells"}, X: make([][]float32, 2)}
	for i := range customers {
		id := history.CustomerID(rune('a' + i))
		for _, cutoff := range t.cutoffs {
			tells, wait, late := rng.NormFloat64(), rng.ExpFloat64(), float64(rng.IntN(100))
			days := math.Floor(90 * wait * math.Exp(2*tells))
			if after := cutoff + history.Day(days); noise && after >= end {
				days = float64(max(0, end-cutoff)) + late
			}
			t.matrix.X[0] = append(t.matrix.X[0], float32(rng.IntN(100)))
			t.matrix.X[1] = append(t.matrix.X[1], float32(tells))
			t.matrix.Customers = append(t.matrix.Customers, id)
			t.matrix.Cutoffs = append(t.matrix.Cutoffs, cutoff)
			t.firstDays = append(t.firstDays, days)
			t.group = append(t.group, hashCustomer(id, 1, "fold"))
		}
	}
}

// Nights of shops of several ages and churn horizons: the fit that scores knows all
// days until tonight and no row of its judge; a back-test's is the one it judges.
func TestRefitKnowsTonightAndNoJudge(t *testing.T) {
	const first = history.Day(0)
	for _, churnDays := range []int{30, 45, 90, 365} {
		for age := history.Day(100); age <= 1500; age += 50 {
			planned := planTonight(first+age, first, horizons(churnDays), churnDays, 6)
			planned.invent(1, first+age, false)
			for days, plan := range planned.plans {
				cutoffs := planned.refits[days]
				if len(cutoffs) == 0 {
					continue
				}
				times := planned.refitTimes(plan)
				if times.End != first+age || len(times.Cutoff) < len(cutoffs) || slices.Contains(times.Cutoff, plan.Judge) {
					t.Errorf("%d days old, churn %d, horizon %d: times at %v known up to %v, the judge is %v", age, churnDays, days, times.Cutoff, times.End, plan.Judge)
				}
				if rows := planned.rows(cutoffs, days); len(rows.Y) != len(cutoffs) {
					t.Errorf("%d days old, churn %d, horizon %d: %d labelled rows at %d cutoffs", age, churnDays, days, len(rows.Y), len(cutoffs))
				}
			}
			if back := planBackTest(first+age, first, horizons(churnDays), churnDays, 6); len(back.refits) > 0 {
				t.Errorf("a back-test fits anew at %v", back.refits)
			}
		}
	}
}
