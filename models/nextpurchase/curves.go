package nextpurchase

import (
	"math"
	"sort"

	"perennial/pipeline/history"
)

// Curves holds P(order within t) for rows of customers: P[k][i] is row i within
// Days[k]. Days ascend, and P does with them.
type Curves struct {
	Days []int
	P    [][]float64
	when *When
}

// Within returns P(order within days) of row i. It does not fall as days grow,
// and is that of the model where days is an anchor.
func (c *Curves) Within(i, days int) float64 {
	at := c.place(days)
	after := c.P[at.after][i]
	if at.share == 1 {
		return after
	}
	p := -math.Expm1(-at.between(c.hazard(i, at.before), c.hazard(i, at.after)))
	switch { // rounding must not pass an anchor
	case at.share > 1:
		return math.Max(p, after)
	case at.before >= 0:
		p = math.Max(p, c.P[at.before][i])
	}
	return math.Min(p, after)
}

func (c *Curves) place(days int) place {
	if days >= 0 && days < len(c.when.places) {
		return c.when.places[days]
	}
	return c.when.placeOf(days)
}

// hazard returns the cumulative hazard of row i up to anchor k, -1 being the
// cutoff.
func (c *Curves) hazard(i, k int) float64 {
	if k < 0 {
		return 0
	}
	return cumulative(c.P[k][i])
}

// cumulative returns the cumulative hazard of probability p, kept finite.
func cumulative(p float64) float64 {
	const almostOne = 1 - 1e-12
	return -math.Log1p(-math.Min(p, almostOne))
}

// LeastLikely is the P(order in 180 days) below which no date is published: a
// date would be read as a promise.
const LeastLikely = 0.2

// LongestDays is the horizon within which dates are looked for.
const LongestDays = 180

// Dates are the median and the 10% and 90% quantiles of the day of the next
// order, given one within 180 days.
type Dates struct {
	Expected, Earliest, Latest history.Day
}

// Dates returns when row i will order next, asOf being the first day that
// counts, and false when an order within 180 days is less likely than
// LeastLikely.
func (c *Curves) Dates(i int, asOf history.Day) (Dates, bool) {
	within := c.Within(i, LongestDays)
	if within < LeastLikely {
		return Dates{}, false
	}
	var room [8]float64 // more anchors move to the heap
	hazards := room[:0]
	for k := range c.P {
		hazards = append(hazards, c.hazard(i, k))
	}
	quantile := func(share float64) history.Day {
		return asOf + history.Day(c.when.dayOf(hazards, cumulative(share*within))) - 1
	}
	return Dates{Expected: quantile(0.5), Earliest: quantile(0.1), Latest: quantile(0.9)}, true
}

// dayOf returns the first day, counted from 1, by the middle of which the cumulative
// hazard of a row reaches goal; hazards are those of the row up to each anchor. By
// its end would do for one quantile; an interval of whole days from one such day to
// another, both of them included, would hold a day's orders too many.
func (w *When) dayOf(hazards []float64, goal float64) int {
	until := func(day int) float64 {
		at, before := w.places[day], 0.0
		if at.before >= 0 {
			before = hazards[at.before]
		}
		return at.between(before, hazards[at.after])
	}
	return 1 + sort.Search(LongestDays-1, func(k int) bool { return (until(k)+until(k+1))/2 >= goal })
}
