package evaluate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func approximately() cmp.Options {
	return cmp.Options{cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateNaNs()}
}

func TestNextBasketByHand(t *testing.T) {
	log2 := math.Log2
	tests := []struct {
		name                    string
		ranked, bought, earlier []string
		k                       int
		want                    Basket
	}{
		{
			"two of three bought, one of them new",
			[]string{"milk", "tea", "rye", "jam"}, []string{"milk", "rye", "oil", "milk"}, []string{"milk", "tea", "oil"}, 3,
			Basket{
				Recall: 2. / 3, PHR: 1, RepeatShare: 2. / 3,
				NDCG:         (1 + 1/log2(4)) / (1 + 1/log2(3) + 1/log2(4)),
				NDCGFull:     (1 + 1/log2(4)) / (1 + 1/log2(3) + 1/log2(4)),
				RecallRepeat: 0.5, RecallExplore: 1, PHRRepeat: 1, PHRExplore: 1,
			},
		},
		{
			"more bought than shown",
			[]string{"a", "b", "c"}, []string{"a", "b", "c"}, nil, 1,
			Basket{
				Recall: 1. / 3, PHR: 1, NDCG: 1, NDCGFull: 1 / (1 + 1/log2(3) + 1/log2(4)),
				RecallRepeat: nan, RecallExplore: 1. / 3, PHRRepeat: nan, PHRExplore: 1,
			},
		},
		{
			"a short list without a hit",
			[]string{"x"}, []string{"a"}, []string{"a", "x"}, 10,
			Basket{RepeatShare: 0.1, RecallExplore: nan, PHRExplore: nan},
		},
		{"nothing bought", []string{"x"}, nil, nil, 10, MeanBasket(nil)},
		{"no places", []string{"x"}, []string{"x"}, nil, 0, MeanBasket(nil)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NextBasket(tt.ranked, tt.bought, tt.earlier, tt.k)
			if diff := cmp.Diff(tt.want, got, approximately()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBestListsReachTheirBounds ranks the basket itself first.
func TestBestListsReachTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfNDistinct(rapid.IntRange(0, 100), 1, 20, rapid.ID).Draw(t, "bought")
		k := rapid.IntRange(1, 25).Draw(t, "k")
		b := NextBasket(items, items, items[:len(items)/2], k)
		shown := min(k, len(items))
		near(t, "recall", b.Recall, float64(shown)/float64(len(items)), 1e-12)
		near(t, "NDCG", b.NDCG, 1, 1e-12)
		if (b.NDCGFull > 1-1e-12) != (k >= len(items)) {
			t.Fatalf("NDCGFull is %v with %d of %d shown", b.NDCGFull, shown, len(items))
		}
	})
}

func TestMeanBasketLeavesOutTheUndefined(t *testing.T) {
	got := MeanBasket([]Basket{
		{Recall: 0.2, RecallRepeat: 0.4, RecallExplore: nan},
		{Recall: 0.4, RecallRepeat: nan, RecallExplore: nan},
	})
	near(t, "recall", got.Recall, 0.3, 1e-15)
	near(t, "repeats", got.RecallRepeat, 0.4, 1e-15)
	near(t, "explored", got.RecallExplore, nan, 0)
}
