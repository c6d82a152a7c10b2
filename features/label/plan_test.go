package label

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

func TestPlanCutoffs(t *testing.T) {
	for _, test := range []struct {
		name        string
		asOf, first history.Day
		horizon, n  int
		train       []history.Day
		judge       history.Day
	}{
		{"90 days", 1000, 0, 90, 3, []history.Day{760, 790, 820}, 910},
		{"30 days", 1000, 0, 30, 3, []history.Day{880, 910, 940}, 970},
		{"365 days", 2000, 0, 365, 2, []history.Day{1240, 1270}, 1635},
		{"a short history gives fewer", 300, 60, 90, 6, []history.Day{90, 120}, 210},
		{"30 days of past are enough", 210, 0, 90, 6, []history.Day{30}, 120},
		{"29 are not", 209, 0, 90, 6, nil, 119},
		{"none asked for", 1000, 0, 90, 0, nil, 910},
	} {
		plan, ok := PlanCutoffs(test.asOf, test.first, test.horizon, test.n)
		want := Plan{AsOf: test.asOf, HorizonDays: test.horizon, Train: test.train, Judge: test.judge}
		if diff := cmp.Diff(want, plan); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if ok != (len(test.train) > 0) {
			t.Errorf("%s: ok = %t", test.name, ok)
		}
	}
}

// TestPlanKeepsTheJudgeHonest: no training label holds a day that the judge's
// label holds, and all labels are complete at asOf.
func TestPlanKeepsTheJudgeHonest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asOf := history.Day(rapid.IntRange(-1000, 30_000).Draw(t, "as of"))
		first := asOf - history.Day(rapid.IntRange(-10, 2000).Draw(t, "days of history"))
		horizon := rapid.IntRange(1, 400).Draw(t, "horizon")
		n := rapid.IntRange(0, 20).Draw(t, "cutoffs")
		plan, ok := PlanCutoffs(asOf, first, horizon, n)
		if ok != (len(plan.Train) > 0) || len(plan.Train) > n {
			t.Fatalf("%d of at most %d training cutoffs, ok = %t", len(plan.Train), n, ok)
		}
		days := history.Day(horizon)
		if plan.Judge+days > asOf {
			t.Fatalf("the judge's label ends on %d, after %d", plan.Judge+days, asOf)
		}
		for i, cutoff := range plan.Train {
			if cutoff+days > plan.Judge {
				t.Fatalf("the label of %d ends on %d, after the judge's cutoff %d", cutoff, cutoff+days, plan.Judge)
			}
			if cutoff-first < minimumPast {
				t.Fatalf("%d has %d days of history", cutoff, cutoff-first)
			}
			if i > 0 && cutoff <= plan.Train[i-1] {
				t.Fatalf("%v is not ascending", plan.Train)
			}
		}
		longer, _ := PlanCutoffs(asOf, first-365, horizon, n)
		if len(longer.Train) < len(plan.Train) {
			t.Fatalf("a year more of history leaves %d cutoffs of %d", len(longer.Train), len(plan.Train))
		}
	})
}

// TestRefitLeavesTheJudgeOut: labels are complete at asOf, and no cutoff is the
// judge's.
func TestRefitLeavesTheJudgeOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asOf := history.Day(rapid.IntRange(0, 30_000).Draw(t, "as of"))
		first := asOf - history.Day(rapid.IntRange(-10, 2000).Draw(t, "days of history"))
		horizon, n := rapid.IntRange(1, 400).Draw(t, "horizon"), rapid.IntRange(1, 20).Draw(t, "cutoffs")
		plan, _ := PlanCutoffs(asOf, first, horizon, n)
		cutoffs := plan.Refit(first, n)
		if want := min(n, max(0, int(plan.Judge-first)/stepDays-1)); plan.Judge >= first && len(cutoffs) != want {
			t.Fatalf("%d cutoffs, want %d", len(cutoffs), want)
		}
		for i, cutoff := range cutoffs {
			if cutoff != plan.Judge-history.Day(stepDays*(len(cutoffs)-i)) || cutoff-first < minimumPast {
				t.Fatalf("cutoff %d of the judge %d is %d", i, plan.Judge, cutoff)
			}
		}
	})
}
