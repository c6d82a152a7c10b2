package nextpurchase

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"perennial/models/leaderboard"
	"perennial/models/survival"
	"perennial/pipeline/history"
)

// Horizons are the published ones, in days.
var Horizons = []int{30, 60, 90, 180}

// LeastLikely is the P(order in 180 days) below which no date is published: a
// date would be read as a promise.
const LeastLikely = 0.2

// Anchor is a horizon with a model of its own.
type Anchor struct {
	Days  int
	Model leaderboard.Model // P(order within Days)
}

// When knows P(order within t days) of every customer for any t: at the anchors
// from their models, between and beyond them with hazards proportional to the
// shop's (Cox 1972). It is immutable.
type When struct {
	anchors []Anchor
	churn   int // horizon whose anchor the others give way to
	hazard  *survival.Curve
}

// NewWhen returns the curves over anchors. hazard is the cumulative hazard of
// the first order on day 1, 2, … after a cutoff. Where the models of two anchors
// contradict each other, the one of churnHorizonDays stands.
func NewWhen(anchors []Anchor, churnHorizonDays int, hazard *survival.Curve) (*When, error) {
	if len(anchors) == 0 {
		return nil, errors.New("nextpurchase: no anchors")
	}
	anchors = slices.Clone(anchors)
	slices.SortFunc(anchors, func(a, b Anchor) int { return a.Days - b.Days })
	if !slices.ContainsFunc(anchors, func(a Anchor) bool { return a.Days == churnHorizonDays }) {
		return nil, fmt.Errorf("nextpurchase: no anchor at the churn horizon of %d days", churnHorizonDays)
	}
	return &When{anchors, churnHorizonDays, hazard}, nil
}

// Curves holds P(order within t) for rows of customers: P[k][i] is row i within
// Days[k]. Days ascend, and P does with them.
type Curves struct {
	Days   []int
	P      [][]float64
	hazard *survival.Curve
}

// Curves predicts the anchors for n rows and makes them monotone.
func (w *When) Curves(columns []string, x [][]float32, n int) (*Curves, error) {
	c := &Curves{hazard: w.hazard}
	churn := 0
	for k, anchor := range w.anchors {
		p := make([]float64, n)
		if err := anchor.Model.Predict(p, columns, x); err != nil {
			return nil, fmt.Errorf("nextpurchase: %d days: %w", anchor.Days, err)
		}
		if anchor.Days == w.churn {
			churn = k
		}
		c.Days = append(c.Days, anchor.Days)
		c.P = append(c.P, p)
	}
	for i := range n {
		for k := churn - 1; k >= 0; k-- {
			c.P[k][i] = math.Min(c.P[k][i], c.P[k+1][i])
		}
		for k := churn + 1; k < len(c.P); k++ {
			c.P[k][i] = math.Max(c.P[k][i], c.P[k-1][i])
		}
	}
	return c, nil
}

// Within returns P(order within days) of row i.
func (c *Curves) Within(i, days int) float64 {
	k, exact := slices.BinarySearch(c.Days, days)
	switch {
	case exact:
		return c.P[k][i]
	case k == len(c.Days):
		return c.continued(i, k-1, days)
	case k == 0:
		return math.Min(c.continued(i, 0, days), c.P[0][i])
	}
	before, after := cumulative(c.P[k-1][i]), cumulative(c.P[k][i])
	from, to := c.hazard.CumulativeHazard(float64(c.Days[k-1])), c.hazard.CumulativeHazard(float64(c.Days[k]))
	share := fraction(c.hazard.CumulativeHazard(float64(days)), from, to)
	return -math.Expm1(-(before + share*(after-before)))
}

// continued carries anchor k to another horizon; where the shop's hazard says
// nothing, in proportion to the days.
func (c *Curves) continued(i, k, days int) float64 {
	p := c.hazard.Continue(c.P[k][i], float64(c.Days[k]), float64(days))
	if math.IsNaN(p) {
		return -math.Expm1(-cumulative(c.P[k][i]) * float64(days) / float64(c.Days[k]))
	}
	return p
}

// Dates are the median and the 10% and 90% quantiles of the day of the next
// order, given one within 180 days.
type Dates struct {
	Expected, Earliest, Latest history.Day
}

// Dates returns when row i will order next, counted from asOf, and false when
// an order within 180 days is less likely than LeastLikely.
func (c *Curves) Dates(i int, asOf history.Day) (Dates, bool) {
	const longest = 180
	if within := c.Within(i, longest); within < LeastLikely {
		return Dates{}, false
	} else {
		quantile := func(share float64) history.Day {
			return asOf + history.Day(c.dayOf(i, share*within)) - 1
		}
		return Dates{Expected: quantile(0.5), Earliest: quantile(0.1), Latest: quantile(0.9)}, true
	}
}

// dayOf returns the first day t, counted from 1, with P(order within t) >= p.
func (c *Curves) dayOf(i int, p float64) int {
	low, high := 1, 180
	for low < high {
		middle := (low + high) / 2
		if c.Within(i, middle) >= p {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// cumulative returns the cumulative hazard of probability p, kept finite.
func cumulative(p float64) float64 {
	const almostOne = 1 - 1e-12
	return -math.Log1p(-math.Min(p, almostOne))
}

// fraction returns where v lies between from and to, 0 to 1; halfway when the
// two are equal.
func fraction(v, from, to float64) float64 {
	if !(to > from) {
		return 0.5
	}
	return math.Min(1, math.Max(0, (v-from)/(to-from)))
}
