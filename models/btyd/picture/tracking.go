package picture

import (
	"fmt"
)

// Tracking is the repeat orders of all customers through time.
type Tracking struct {
	Weeks  []float64 // since the first order, in weeks: the ends of the periods, rising
	Actual []float64 // repeat orders up to each of them
	Models []Series  // the same as each model expects it
	Now    float64   // week in which calibration ends; the end of Weeks, or later, without a holdout
}

// Cumulative draws all repeat orders so far.
func (t Tracking) Cumulative() (Picture, error) {
	return t.draw("Repeat orders so far: models against actual", "repeat orders so far", func(cumulative []float64) []float64 { return cumulative })
}

// Incremental draws the repeat orders of every week.
func (t Tracking) Incremental() (Picture, error) {
	return t.draw("Repeat orders week by week: models against actual", "repeat orders in a week", Increments)
}

// Increments returns the differences of cumulative numbers, the first from 0.
func Increments(cumulative []float64) []float64 {
	steps := make([]float64, len(cumulative))
	before := 0.0
	for i, v := range cumulative {
		steps[i], before = v-before, v
	}
	return steps
}

func (t Tracking) draw(title, y string, shown func(cumulative []float64) []float64) (Picture, error) {
	p := newPlot(title, "weeks since the first order of the table", y)
	p.Add(horizontalGrid())
	for i, s := range append([]Series{{"actual", t.Actual}}, t.Models...) {
		l, err := line(t.Weeks, shown(s.Values), seriesColor(i), seriesWidth(i), seriesDashes(i))
		if err != nil {
			return Picture{}, fmt.Errorf("picture: %s: %w", s.Name, err)
		}
		p.Add(l)
		p.Legend.Add(s.Name, l)
	}
	if n := len(t.Weeks); n > 0 && t.Now < t.Weeks[n-1] {
		m := newMarker(t.Now)
		p.Add(m)
		p.Legend.Add("calibration ends", m)
	}
	p.X.Min, p.Y.Min = 0, 0
	p.Y.Max *= headroom
	return withLegend(p), nil
}
