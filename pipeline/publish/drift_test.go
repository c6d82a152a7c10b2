package publish

import (
	"errors"
	"slices"
	"testing"

	"perennial/pipeline/store"
)

// commitAfter publishes a first night of n customers and returns how a second
// night with these rows and override ends.
func commitAfter(t *testing.T, n int, rows []Score, o *Override) (Result, error) {
	t.Helper()
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(n, 1))
	set := sampleSet(st, 2)
	d := set.stage(t, rows)
	d.Override = o
	return set.Commit(t.Context(), d)
}

func shifted(n int, by float64) []Score {
	rows := sampleScores(n, 2)
	for i := range rows {
		rows[i].ChurnProbability = new(min(1, *rows[i].ChurnProbability*by))
	}
	return rows
}

func TestMovesAgainstTheCommitBefore(t *testing.T) {
	for name, tc := range map[string]struct {
		before int
		rows   []Score
		held   []string
	}{
		"the same shop":             {2500, sampleScores(2500, 2), nil},
		"10% fewer":                 {200, sampleScores(180, 2), nil},
		"more than 10% fewer":       {200, sampleScores(179, 2), []string{"H8"}},
		"25% more":                  {200, sampleScores(250, 2), nil},
		"more than 25% more":        {200, sampleScores(251, 2), []string{"H8"}},
		"a small shop halves":       {99, sampleScores(50, 2), nil},
		"churn mean falls 30%":      {200, shifted(200, 0.7), []string{"H9"}},
		"a small shop's mean falls": {99, shifted(99, 0.7), nil},
		"everything at once":        {2500, shifted(1000, 0.5), []string{"H8", "H9"}},
		"same mean, another spread": {2500, narrowed(2500), []string{"H9"}},
		"nobody can be scored":      {200, unscored(200), nil},
	} {
		before := tallyOf(sampleScores(tc.before, 1))
		base := &Commit{N: 1, Rows: before.rows, Churn: before.churn.distribution()}
		err := refusal("run", tallyOf(tc.rows).drift(base))
		var names []string
		if held, isGate := errors.AsType[*GateError](err); isGate {
			for _, g := range held.Gates {
				names = append(names, g.Name)
			}
		}
		if !slices.Equal(names, tc.held) {
			t.Errorf("%s: held back by %v, want %v: %v", name, names, tc.held, err)
		}
	}
}

// narrowed keeps the mean and moves every probability towards it.
func narrowed(n int) []Score {
	rows := sampleScores(n, 1)
	for i := range rows {
		rows[i].ChurnProbability = new(0.5 + (*rows[i].ChurnProbability-0.5)/4)
	}
	return rows
}

func unscored(n int) []Score {
	rows := sampleScores(n, 1)
	for i := range rows {
		rows[i].Eligibility, rows[i].ChurnProbability = "stale", nil
	}
	return rows
}

func TestAnOverrideIsWrittenDown(t *testing.T) {
	o := &Override{Accept: []string{"H8"}, Reason: "the shop sold its northern branch", By: "ana"}
	result, err := commitAfter(t, 200, sampleScores(100, 2), o)
	if err != nil {
		t.Fatal(err)
	}
	if result.Commit.Override.Reason != o.Reason {
		t.Errorf("override in the record: %+v", result.Commit.Override)
	}
	i := slices.IndexFunc(result.Commit.Gates, func(g Gate) bool { return g.Name == "H8" })
	if g := result.Commit.Gates[i]; g.Status != Accepted {
		t.Errorf("%+v, want it accepted", g)
	}
	if _, err := commitAfter(t, 200, shifted(100, 0.5), o); err == nil {
		t.Error("accepting H8 let H9 pass")
	}
}
