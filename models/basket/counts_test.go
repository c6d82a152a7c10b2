package basket

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func count(items int, cfg CountsConfig, histories ...History) *Counts {
	c := NewCounts(items, cfg)
	for _, h := range histories {
		c.Add(h)
	}
	return c
}

func TestCountsByHand(t *testing.T) {
	c := count(3, CountsConfig{},
		HistoryOf([][]int32{{0}, {0, 1}, {0, 2}}, nil),
		HistoryOf([][]int32{{1}}, nil),
		History{},
	)
	now, back := newTally(3), newTally(3)
	now.customers, now.returned, now.lately, now.latest, now.orders = 2, 1, 2, 4, 4
	now.owners, now.holding = []int64{1, 2, 1}, []int64{3, 2, 1}
	now.repeats, now.chances = []int64{2, 0, 0}, []int64{2, 1, 0}
	now.recent, now.fresh, now.second = []int64{3, 1, 3}, []int64{0, 1, 3}, []int64{0, 1, 0}
	back.customers, back.returned, back.lately, back.latest, back.orders = 1, 1, 1, 2, 2
	back.owners, back.holding = []int64{1, 1, 0}, []int64{2, 1, 0}
	back.repeats, back.chances = []int64{1, 0, 0}, []int64{1, 0, 0}
	back.recent, back.fresh, back.second = []int64{2, 2, 0}, []int64{0, 2, 0}, []int64{0, 1, 0}
	if diff := cmp.Diff(now, c.now, cmp.AllowUnexported(tally{})); diff != "" {
		t.Errorf("now: %s", diff)
	}
	if diff := cmp.Diff(back, c.back, cmp.AllowUnexported(tally{})); diff != "" {
		t.Errorf("one order back: %s", diff)
	}
}

func TestOldOrdersAreNotRecent(t *testing.T) {
	c := count(2, CountsConfig{AsOf: 100, RecentDays: 30},
		HistoryOf([][]int32{{0}}, []int32{70}),
		HistoryOf([][]int32{{1}}, []int32{69}),
	)
	if diff := cmp.Diff([]int64{1, 0}, c.now.recent); diff != "" {
		t.Error(diff)
	}
}

func TestMergedCountsAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := [2]*Counts{NewCounts(drawnItems, CountsConfig{}), NewCounts(drawnItems, CountsConfig{})}
		whole := NewCounts(drawnItems, CountsConfig{})
		for i, orders := range rapid.SliceOf(drawnHistory).Draw(t, "customers") {
			h := HistoryOf(orders, nil)
			whole.Add(h)
			shares[i%2].Add(h)
		}
		if err := shares[0].Merge(shares[1]); err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]tally{{whole.now, shares[0].now}, {whole.back, shares[0].back}} {
			if diff := cmp.Diff(pair[0], pair[1], cmp.AllowUnexported(tally{})); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestMergeCountsWantsTheSameWindow(t *testing.T) {
	if err := NewCounts(2, CountsConfig{}).Merge(NewCounts(3, CountsConfig{})); err == nil {
		t.Error("counts of other items were merged")
	}
	if err := NewCounts(2, CountsConfig{AsOf: 1}).Merge(NewCounts(2, CountsConfig{})); err == nil {
		t.Error("counts of another day were merged")
	}
}
