package basket

import (
	"cmp"
	"math"
	"slices"
)

// Due says when a customer will need an item again.
type Due struct {
	ID          int32
	Day         int32   // by which half of such gaps are over; may be past
	DaysSince   int     // days from her latest order that holds it
	UsualDays   float64 // median of her gaps, shrunk
	Orders      int     // orders of hers that hold it
	Probability float64 // that she buys it within the days asked for
}

// Due appends to dst the items that a customer will need again, likeliest within
// days from asOf first, then by id; items that lack gaps enough or are rarely
// rebought, and those that allowed forbids, are left out. A history without days
// has none.
//
// With F the log-normal of her gaps, d the days since, and p the probability that
// she rebuys at all, P = p (F(d+days) - F(d)) / (1 - p F(d)).
func (r *Replenishment) Due(dst []Due, h History, asOf, days int32, allowed func(item int32) bool) []Due {
	if h.Days == nil {
		return dst
	}
	start := len(dst)
	for _, o := range sortedOwn(h) {
		if !r.offered[o.item] || allowed != nil && !allowed(o.item) {
			continue
		}
		usual := r.usual(h, &o)
		since := asOf - h.Days[o.last]
		dst = append(dst, Due{
			ID: o.item, Day: h.Days[o.last] + int32(math.Round(usual)), DaysSince: int(since), UsualDays: usual, Orders: int(o.orders),
			Probability: r.within(&o, usual, float64(since), float64(days)),
		})
	}
	slices.SortFunc(dst[start:], func(a, b Due) int {
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.ID, b.ID))
	})
	return dst
}

// within returns P(she buys o within days | not in the days since the last time).
func (r *Replenishment) within(o *own, usual, since, days float64) float64 {
	repeats := float64(o.orders - 1)
	p := (repeats + r.rebuy[o.item]) / (repeats + 1)
	before, after := r.over(o.item, usual, since), r.over(o.item, usual, since+days)
	return p * (after - before) / (1 - p*before)
}

// over returns the share of gaps around usual that are over after days.
func (r *Replenishment) over(item int32, usual, days float64) float64 {
	if days <= 0 {
		return 0
	}
	z := (math.Log(days) - math.Log(usual)) / r.spread[item]
	return math.Erfc(-z/math.Sqrt2) / 2
}

// usual returns the median days between her orders that hold o, NaN without days.
// Her own part is the log of her mean gap.
func (r *Replenishment) usual(h History, o *own) float64 {
	if r == nil || h.Days == nil {
		return math.NaN()
	}
	repeats, sum := float64(o.orders-1), 0.
	if days := h.Days[o.last] - h.Days[o.first]; days > 0 {
		sum = repeats * math.Log(float64(days)/repeats)
	} else {
		repeats = 0
	}
	return math.Exp((sum + r.ownPrior*r.mean[o.item]) / (repeats + r.ownPrior))
}

// overdue returns how many standard deviations of log days the time since the
// latest order of o is beyond the usual gap, between -3 and 3; 0 without days.
func (r *Replenishment) overdue(h History, o *own, asOf int32) float64 {
	if r == nil || h.Days == nil {
		return 0
	}
	since := math.Log(float64(max(asOf-h.Days[o.last], 1)))
	z := (since - math.Log(r.usual(h, o))) / r.spread[o.item]
	return max(-3, min(z, 3))
}

// sortedOwn returns the items of h, by id.
func sortedOwn(h History) []own {
	type line struct{ item, order int32 }
	lines := make([]line, 0, len(h.Items))
	for j := range h.Orders() {
		for _, item := range h.Order(j) {
			lines = append(lines, line{item, int32(j)})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.item, b.item) })
	var items []own
	for _, l := range lines {
		if n := len(items); n == 0 || items[n-1].item != l.item {
			items = append(items, own{item: l.item, first: l.order})
		}
		o := &items[len(items)-1]
		o.orders++
		o.last = l.order
	}
	return items
}
