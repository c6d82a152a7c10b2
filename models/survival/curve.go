// Package survival estimates, from follow-ups that are not over yet, how long
// until something happens and how often it happens again.
//
// KaplanMeier gives the probability of no event so far, NelsonAalen the
// cumulative hazard of a first event, MeanCumulative the mean number of repeated
// events. Each returns a Curve; Curve.Continue carries a probability from one
// horizon to another.
package survival

import (
	"math"
	"sort"
)

// Kind says what a Curve's values are.
type Kind string

const (
	// Survival is the probability of no event up to a time: from 1 down.
	Survival Kind = "survival"
	// Hazard is a cumulative hazard: from 0 up.
	Hazard Kind = "cumulative hazard"
	// MeanCount is a mean number of events up to a time: from 0 up.
	MeanCount Kind = "mean cumulative count"
)

// Curve is a step function of days. It is immutable and safe to share.
//
// Beyond the last follow-up a curve goes on with the mean rate of its last
// stretch, the last quarter of the follow-up: counts and hazards in a straight
// line, survival as an exponential. That is an assumption and not an estimate.
type Curve struct {
	kind   Kind
	days   []float64 // of the steps, increasing
	values []float64 // from days[k] on
	end    float64   // longest follow-up, days
	rate   float64   // per day beyond end, derived
}

// lastStretch is the share of the follow-up that sets the rate beyond its end.
const lastStretch = 0.25

func newCurve(kind Kind, days, values []float64, end float64) *Curve {
	c := &Curve{kind: kind, days: days, values: values, end: end}
	if stretch := lastStretch * end; stretch > 0 {
		c.rate = (c.rising(end) - c.rising(end-stretch)) / stretch
	}
	if math.IsInf(c.rising(end), 1) { // nobody is left
		c.rate = 0
	}
	return c
}

// Kind returns what the curve's values are.
func (c *Curve) Kind() Kind { return c.kind }

// End returns the longest follow-up in days: beyond it the curve is assumed.
func (c *Curve) End() float64 { return c.end }

// At returns the curve's value at day t, the step at t included: 1 (Survival) or
// 0 before the first event. It is NaN for a t that is negative or NaN.
func (c *Curve) At(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	if t <= c.end || c.rate == 0 {
		return c.step(t)
	}
	return c.falling(c.rising(c.end) + c.rate*(t-c.end))
}

// step returns the value of the last step up to t.
func (c *Curve) step(t float64) float64 {
	k := sort.Search(len(c.days), func(k int) bool { return c.days[k] > t })
	if k > 0 {
		return c.values[k-1]
	}
	return c.falling(0)
}

// rising returns the cumulative hazard or count at t within the follow-up.
func (c *Curve) rising(t float64) float64 {
	if c.kind == Survival {
		return -math.Log(c.step(t))
	}
	return c.step(t)
}

// falling turns a cumulative hazard or count into the curve's own value.
func (c *Curve) falling(cumulative float64) float64 {
	if c.kind == Survival {
		return math.Exp(-cumulative)
	}
	return cumulative
}

// CumulativeHazard returns H(t): −log S(t) of a Survival curve, At(t) of others;
// +Inf where survival is 0.
func (c *Curve) CumulativeHazard(t float64) float64 {
	if c.kind == Survival {
		return -math.Log(c.At(t))
	}
	return c.At(t)
}

// Inverse returns the first day on which the curve reaches value: the least t
// with At(t) <= value for Survival, At(t) >= value otherwise. The median time of
// a Survival curve is Inverse(0.5). It is +Inf for a value that is never
// reached, and NaN for NaN.
func (c *Curve) Inverse(value float64) float64 {
	reached := func(v float64) bool { return v >= value }
	if c.kind == Survival {
		reached = func(v float64) bool { return v <= value }
	}
	if math.IsNaN(value) {
		return value
	}
	if reached(c.falling(0)) {
		return 0
	}
	k := sort.Search(len(c.values), func(k int) bool { return reached(c.values[k]) })
	if k < len(c.days) {
		return c.days[k]
	}
	goal := value
	if c.kind == Survival {
		goal = -math.Log(max(value, 0))
	}
	if c.rate == 0 {
		return math.Inf(1)
	}
	return c.end + (goal-c.rising(c.end))/c.rate
}

// Continue carries a probability over horizons: p is somebody's probability of an
// event within from days, the result that within to days, under hazards
// proportional to the curve's (Cox 1972): 1 − (1−p)^(H(to)/H(from)). It lies in
// [0, 1] and does not fall as to grows. It is NaN when p is not a probability, a
// horizon is not a number >= 0, or the curve knows no event up to day from or
// nobody without one.
func (c *Curve) Continue(p, from, to float64) float64 {
	known := c.CumulativeHazard(from)
	if !(p >= 0 && p <= 1) || !(known > 0) || math.IsInf(known, 1) {
		return math.NaN()
	}
	ratio := c.CumulativeHazard(to) / known
	if p == 0 || ratio == 0 { // where the exponent would be 0·∞
		return 0
	}
	return -math.Expm1(ratio * math.Log1p(-p))
}
