package nextpurchase

import (
	"context"
	"fmt"
	"math"

	"perennial/models/basket"
)

// The candidates for what is named next, from the floor up: each stands only if
// it beats what stands below it.
const (
	Popularity  = "popularity"   // the shop's most popular of a year, the same for everybody
	Frequency   = "frequency"    // her own by orders that hold them, then the most popular
	Repeat      = "repeat"       // shrunken repeat rate plus recent popularity, in closed form
	Next        = "next"         // what follows, how long ago, how much she repeats, weighed by fit
	NextOverdue = "next_overdue" // and how far past its usual day an item is
)

var candidates = []string{Popularity, Frequency, Repeat, Next, NextOverdue}

// rank appends up to k items of those allowed to dst, likeliest first, as
// basket.Ranker.Rank does. Probabilities are NaN where a candidate has none. It
// belongs to one goroutine.
type rank func(dst []basket.Item, h basket.History, asOf int32, k int, allowed func(item int32) bool) []basket.Item

// lasting fits how long items last; groups holds the group of each, nil for one.
func (l *ledger) lasting(groups []int32) (*basket.Replenishment, error) {
	return basket.ReplenishConfig{}.Fit(l.gaps, groups)
}

// fit returns what makes the rank functions of a candidate.
func (l *ledger) fit(ctx context.Context, candidate string, lasting *basket.Replenishment) (func() rank, error) {
	switch candidate {
	case Popularity:
		m := basket.Fit(l.year)
		return plain(func(_ basket.History, k int, allowed func(int32) bool) []int32 { return m.Popular(nil, k, allowed) }), nil
	case Frequency:
		m := basket.Fit(l.year)
		return plain(func(h basket.History, k int, allowed func(int32) bool) []int32 {
			orders := make([][]int32, h.Orders())
			for j := range orders {
				orders[j] = h.Order(j)
			}
			return m.Rank(nil, orders, k, allowed)
		}), nil
	case Repeat:
		m := basket.RepeatConfig{}.Fit(l.counts)
		return plain(func(h basket.History, k int, allowed func(int32) bool) []int32 { return m.Rank(nil, h, k, allowed) }), nil
	case Next, NextOverdue:
		sample, err := l.sample.Histories()
		if err != nil {
			return nil, err
		}
		cfg := basket.NextConfig{Replenishment: lasting, WeighOverdue: candidate == NextOverdue}
		m, err := cfg.Fit(ctx, l.counts, sample)
		if err != nil {
			return nil, err
		}
		return func() rank { return m.Ranker().Rank }, nil
	}
	return nil, fmt.Errorf("nextpurchase: no candidate is called %q", candidate)
}

// plain turns lists of ids into items with the facts about them.
func plain(list func(h basket.History, k int, allowed func(int32) bool) []int32) func() rank {
	return func() rank {
		return func(dst []basket.Item, h basket.History, asOf int32, k int, allowed func(int32) bool) []basket.Item {
			for _, id := range list(h, k, allowed) {
				dst = append(dst, describe(id, h, asOf))
			}
			return dst
		}
	}
}

// describe returns what a history says of an item.
func describe(id int32, h basket.History, asOf int32) basket.Item {
	item := basket.Item{ID: id, Probability: math.NaN(), OrdersSince: -1, DaysSince: -1, UsualDays: math.NaN(), After: -1}
	for j := range h.Orders() {
		if !holds(h.Order(j), id) {
			continue
		}
		if item.Orders == 0 {
			item.Of = h.Orders() - j
		}
		item.Orders++
		item.OrdersSince, item.DaysSince = h.Orders()-1-j, int(asOf-h.Days[j])
	}
	return item
}

func holds(order []int32, id int32) bool {
	for _, item := range order {
		if item == id {
			return true
		}
	}
	return false
}
