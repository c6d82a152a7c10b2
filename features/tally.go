package features

import "math"

// window is one of the spans before the cutoff over which facts are tallied.
// A span of n days covers the days cutoff-n to cutoff-1.
type window int

const (
	last7d window = iota
	last30d
	last90d
	last180d
	last365d
	ever
	windows
)

var windowDays = [windows]int32{7, 30, 90, 180, 365, math.MaxInt32}

// windowOf returns the shortest window that reaches back age days.
func windowOf(age int32) window {
	w := last7d
	for age > windowDays[w] {
		w++
	}
	return w
}

// tally is what happened within one window.
type tally struct {
	orders     int
	revenue    float64 // before returns
	discounted int     // orders with a discount
	discount   float64
	returns    int     // lines taken back
	returned   float64 // money given back; below zero if returns were paid for
	products   int     // distinct
	categories int     // distinct
	actions    int
	engaged    int // days with any engagement
	kind       [kindCount]int
}

// add makes t the sum of itself and a shorter window.
func (t *tally) add(shorter *tally) {
	t.orders += shorter.orders
	t.revenue += shorter.revenue
	t.discounted += shorter.discounted
	t.discount += shorter.discount
	t.returns += shorter.returns
	t.returned += shorter.returned
	t.products += shorter.products
	t.categories += shorter.categories
	t.actions += shorter.actions
	t.engaged += shorter.engaged
	for k := range t.kind {
		t.kind[k] += shorter.kind[k]
	}
}

// net returns revenue less returns.
func (t *tally) net() float64 { return t.revenue - t.returned }
