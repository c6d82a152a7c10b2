package label

import "perennial/pipeline/history"

// Horizons are the churn horizons that `auto` chooses from, in days.
var Horizons = []int{30, 60, 90, 180, 365}

// A churn horizon must hold heldOf/heldIn of the repeat gaps: a customer who
// stays away longer than four of five gaps of the shop is silent in a way that
// means something.
const heldOf, heldIn = 4, 5

// noRepeatHorizon is the churn horizon in days of a shop without repeat orders.
const noRepeatHorizon = 90

// Gaps counts the days between consecutive order days. Its zero value is
// empty; Merge makes the sum of buckets independent of their number and order.
type Gaps struct {
	counts [gapLimit + 1]int64 // by days; the last counts everything longer too
	total  int64
}

// gapLimit is the longest of Horizons: nothing here tells longer gaps apart.
const gapLimit = 365

// Add counts the gaps of one history that were known before asOf.
func (g *Gaps) Add(h *history.History, asOf history.Day) {
	view := h.At(asOf)
	var last history.Day
	found := false
	for day := range orderDays(view.Lines) {
		if found && day != last {
			g.counts[min(int(day-last), gapLimit)]++
			g.total++
		}
		last, found = day, true
	}
}

// Merge adds the gaps of other.
func (g *Gaps) Merge(other *Gaps) {
	for days, n := range other.counts {
		g.counts[days] += n
	}
	g.total += other.total
}

// Total returns the number of gaps.
func (g *Gaps) Total() int64 { return g.total }

// Horizon returns the smallest of Horizons that holds four of five repeat
// gaps, the longest if none does, and 90 days for a shop without repeat orders.
func (g *Gaps) Horizon() int {
	if g.total == 0 {
		return noRepeatHorizon
	}
	for _, days := range Horizons[:len(Horizons)-1] {
		if heldIn*g.within(days) >= heldOf*g.total {
			return days
		}
	}
	return Horizons[len(Horizons)-1]
}

// Median returns the median gap in days, at most 365, and 0 without gaps.
func (g *Gaps) Median() int {
	for days := range g.counts {
		if g.total > 0 && 2*g.within(days) >= g.total {
			return days
		}
	}
	return 0
}

// within counts the gaps of at most days.
func (g *Gaps) within(days int) int64 {
	var n int64
	for _, count := range g.counts[:days+1] {
		n += count
	}
	return n
}
