package nextpurchase

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"perennial/models/leaderboard"
	"perennial/models/survival"
)

// Horizons are the published ones, in days.
var Horizons = []int{30, 60, 90, 180}

// Anchor is a horizon with a model of its own.
type Anchor struct {
	Days  int
	Model leaderboard.Model // P(order within Days)
}

// When knows P(order within t days) of every customer for any t: at the anchors
// from their models, between and beyond them with hazards proportional to the
// shop's (Cox 1972). It is immutable and safe to share.
type When struct {
	anchors []Anchor // by days
	churn   int      // index of the anchor that the others give way to
	hazard  *survival.Curve
	places  []place // of days 0 to longest
}

// NewWhen returns the curves over anchors. hazard is the shop's cumulative
// hazard of the first order on day 1, 2, … after a cutoff; nil takes hazards as
// constant. Where the models of two anchors contradict each other, the one of
// churnHorizonDays stands. No anchor there, two anchors at one horizon, or
// another kind of curve are errors.
func NewWhen(anchors []Anchor, churnHorizonDays int, hazard *survival.Curve) (*When, error) {
	w, err := newWhen(anchors, churnHorizonDays, hazard)
	if err != nil {
		return nil, fmt.Errorf("nextpurchase: %w", err)
	}
	return w, nil
}

func newWhen(anchors []Anchor, churnHorizonDays int, hazard *survival.Curve) (*When, error) {
	w := &When{anchors: slices.Clone(anchors), hazard: hazard}
	slices.SortFunc(w.anchors, func(a, b Anchor) int { return a.Days - b.Days })
	w.churn = slices.IndexFunc(w.anchors, func(a Anchor) bool { return a.Days == churnHorizonDays })
	switch {
	case len(anchors) == 0:
		return nil, errors.New("no anchors")
	case w.churn < 0:
		return nil, fmt.Errorf("no anchor at the churn horizon of %d days", churnHorizonDays)
	case hazard != nil && hazard.Kind() != survival.Hazard:
		return nil, fmt.Errorf("the shop's curve is a %s, not a %s", hazard.Kind(), survival.Hazard)
	}
	for k, anchor := range w.anchors {
		if anchor.Days < 1 || (k > 0 && anchor.Days == w.anchors[k-1].Days) {
			return nil, fmt.Errorf("an anchor at %d days (use each horizon once, from 1 day on)", anchor.Days)
		}
	}
	for day := range LongestDays + 1 {
		w.places = append(w.places, w.placeOf(day))
	}
	return w, nil
}

// place says how the cumulative hazard up to some day follows from those of
// anchors.
type place struct {
	before, after int     // indices of anchors; before is -1 for the cutoff, where the hazard is 0
	share         float64 // 0 to 1; above 1 beyond the last anchor
}

// between returns the cumulative hazard at the place, given those of its anchors.
func (p place) between(before, after float64) float64 { return before + p.share*(after-before) }

// placeOf finds the anchors around days.
func (w *When) placeOf(days int) place {
	after := slices.IndexFunc(w.anchors, func(a Anchor) bool { return a.Days >= days })
	last := len(w.anchors) - 1
	switch {
	case after < 0:
		return place{-1, last, w.share(0, w.anchors[last].Days, days)}
	case after == 0:
		return place{-1, 0, w.share(0, w.anchors[0].Days, days)}
	}
	return place{after - 1, after, w.share(w.anchors[after-1].Days, w.anchors[after].Days, days)}
}

// share returns how much of the shop's hazard between two horizons has passed by
// days; where the shop knows of no order in between, how much of the time.
func (w *When) share(from, to, days int) float64 {
	if w.hazard != nil {
		start, end := w.hazard.At(float64(from)), w.hazard.At(float64(to))
		if end > start {
			return (w.hazard.At(float64(days)) - start) / (end - start)
		}
	}
	return float64(days-from) / float64(to-from)
}

// Curves predicts the anchors for n rows and makes them monotone: x[j][i] is the
// cell of columns[j] in row i, NaN where missing. A model that fails or gives
// what is no probability is an error.
func (w *When) Curves(columns []string, x [][]float32, n int) (*Curves, error) {
	c := &Curves{when: w}
	for _, anchor := range w.anchors {
		p := make([]float64, n)
		if err := anchor.Model.Predict(p, columns, x); err != nil {
			return nil, fmt.Errorf("nextpurchase: %d days: %w", anchor.Days, err)
		}
		if i := slices.IndexFunc(p, func(v float64) bool { return !(v >= 0 && v <= 1) }); i >= 0 {
			return nil, fmt.Errorf("nextpurchase: %d days: row %d has %v, not a probability", anchor.Days, i, p[i])
		}
		c.Days = append(c.Days, anchor.Days)
		c.P = append(c.P, p)
	}
	for i := range n {
		for k := w.churn - 1; k >= 0; k-- {
			c.P[k][i] = math.Min(c.P[k][i], c.P[k+1][i])
		}
		for k := w.churn + 1; k < len(c.P); k++ {
			c.P[k][i] = math.Max(c.P[k][i], c.P[k-1][i])
		}
	}
	return c, nil
}
