package purchase

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/gbdt"
)

func chosenBoosting(t *testing.T, times Times, days int) gbdt.Config {
	t.Helper()
	c, err := ChooseBoosting(context.Background(), times, days, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestYoungShopGetsSmallTrees(t *testing.T) {
	for name, times := range map[string]Times{"no rows": {}, "few rows": timed(100, 1)} {
		if diff := cmp.Diff(unsearched(), chosenBoosting(t, times, 60)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestNoiseGetsTheSmallestTrees: where nothing can be learnt, more leaves are
// never worth it.
func TestNoiseGetsTheSmallestTrees(t *testing.T) {
	times := timed(12_000, 1)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range times.First {
		times.First[i] = float64(rng.IntN(200))
	}
	if c := chosenBoosting(t, times, 60); c.Leaves != Boostings()[0].Leaves {
		t.Errorf("%d trees of %d leaves", c.Trees, c.Leaves)
	}
}

func TestSearchLooksBackOneHorizon(t *testing.T) {
	times := timed(6000, 1) // cutoffs on days 60, 90, … 210, known to 300
	night, ok := times.searchNight(100)
	if night != 210 || !ok {
		t.Errorf("the night to search is %d, %v; want day 210", night, ok)
	}
	if night, ok := times.searchNight(180); night != 120 || ok {
		t.Errorf("the night to search is %d, %v; want day 120, with too little before it", night, ok)
	}
	if c := chosenBoosting(t, timed(12_000, 1), 60); c.Trees < 5 || c.Trees > 300 {
		t.Errorf("%d trees", c.Trees)
	}
}
