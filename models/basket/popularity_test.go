package basket

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPopularityCountsBaskets(t *testing.T) {
	p := NewPopularity(3)
	p.Add([]int32{0, 2, 0})
	p.Add(nil)
	p.Add([]int32{2})
	if p.Baskets() != 3 || p.Items() != 3 {
		t.Errorf("%d baskets of %d items, want 3 of 3", p.Baskets(), p.Items())
	}
	for item, want := range []int64{1, 0, 2} {
		if got := p.Holding(int32(item)); got != want {
			t.Errorf("item %d is in %d baskets, want %d", item, got, want)
		}
	}
	if got := Fit(p).Popularity(2); got != 2.0/3 {
		t.Errorf("popularity of item 2 is %v, want 2/3", got)
	}
}

// TestMergedSharesAreTheWhole splits baskets over counters that go on counting
// after a merge.
func TestMergedSharesAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second, third := drawnHistory.Draw(t, "first"), drawnHistory.Draw(t, "second"), drawnHistory.Draw(t, "third")
		want := fit(drawnItems, first, second, third)

		p, q := NewPopularity(drawnItems), NewPopularity(drawnItems)
		add := func(p *Popularity, baskets [][]int32) {
			for _, b := range baskets {
				p.Add(b)
			}
		}
		add(p, first)
		add(q, second)
		if err := p.Merge(q); err != nil {
			t.Fatal(err)
		}
		add(p, third)
		if diff := cmp.Diff(want, Fit(p), cmp.AllowUnexported(Model{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMergeWantsTheSameItems(t *testing.T) {
	if err := NewPopularity(3).Merge(NewPopularity(4)); err == nil {
		t.Error("popularity of 4 items was merged into one of 3")
	}
}
