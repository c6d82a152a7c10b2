package segment

import (
	"testing"
)

// The descriptions of Shopify's CustomerRfmGroup, as corners of the map.
func TestGroups(t *testing.T) {
	for _, test := range []struct {
		r, f, m int32
		want    string
	}{
		{5, 5, 5, "champions"},        // very recent, many orders, the most spend
		{4, 5, 5, "loyal"},            // recent, many orders, the most spend
		{4, 3, 3, "active"},           // recent, some orders, moderate spend
		{5, 1, 1, "new"},              // very recent, few orders, low spend
		{4, 1, 1, "promising"},        // recent, few orders, low spend
		{3, 3, 3, "needs_attention"},  // recent, some orders, moderate spend
		{3, 1, 2, "almost_lost"},      // not recent, fewer orders, lower spend
		{2, 4, 4, "at_risk"},          // not recent, strong history
		{1, 5, 5, "previously_loyal"}, // not recent, very strong history
		{1, 1, 1, "dormant"},          // not recent, infrequent, low spend
		{1, 4, 5, "previously_loyal"}, // 4.5 rounds up
		{1, 2, 3, "at_risk"},          // 2.5 rounds up
		{3, 4, 4, "loyal"},
	} {
		if got := rfmGroup(test.r, test.f, test.m); got != test.want {
			t.Errorf("group of %d, %d, %d = %s, want %s", test.r, test.f, test.m, got, test.want)
		}
	}
}

func TestEveryGroupIsReached(t *testing.T) {
	reached := map[string]bool{"prospects": true}
	for r := range int32(5) {
		for f := range int32(5) {
			for m := range int32(5) {
				reached[rfmGroup(r+1, f+1, m+1)] = true
			}
		}
	}
	if len(reached) != 11 {
		t.Errorf("%d groups are reached, want Shopify's 11: %v", len(reached), reached)
	}
}

func TestFifths(t *testing.T) {
	oneTimers := Counts{key(1): 70, key(2): 15, key(3): 10, key(4): 5}
	d := newDistribution(oneTimers)
	for orders, want := range map[float64]int32{1: 1, 2: 4, 3: 5, 4: 5} {
		if got := fifth(d, orders); got != want {
			t.Errorf("frequency score of %v orders = %d, want %d", orders, got, want)
		}
	}
}

func TestTenDistinctCustomersFillTheFifths(t *testing.T) {
	counts := Counts{}
	for v := range 10 {
		counts.add(float64(v))
	}
	d := newDistribution(counts)
	for v := range 10 {
		if got, want := fifth(d, float64(v)), int32(1+v/2); got != want {
			t.Errorf("score of %d = %d, want %d", v, got, want)
		}
	}
}
