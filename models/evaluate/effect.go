package evaluate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Moments sum up pairs of an outcome y and what was known before, x, such as the same
// quantity in the weeks before an experiment began. The zero value is no pairs.
type Moments struct {
	N          int64
	X, Y       float64 // means
	XX, XY, YY float64 // sums of squares and products about the means
}

// Add takes in a pair (Welford 1962).
func (m *Moments) Add(x, y float64) { m.Merge(Moments{N: 1, X: x, Y: y}) }

// Merge takes in what others have summed up (Chan, Golub and LeVeque 1979).
func (m *Moments) Merge(o Moments) {
	n := m.N + o.N
	if n == 0 {
		return
	}
	dx, dy, share := o.X-m.X, o.Y-m.Y, float64(o.N)/float64(n)
	between := float64(m.N) * share
	m.XX += o.XX + dx*dx*between
	m.XY += o.XY + dx*dy*between
	m.YY += o.YY + dy*dy*between
	m.X += dx * share
	m.Y += dy * share
	m.N = n
}

// Effect is by how much the mean outcome of treated rows differs from that of the
// control, and how sure that is.
type Effect struct {
	Difference    float64 `json:"difference"`
	Low           float64 `json:"low"` // of the 95% interval
	High          float64 `json:"high"`
	StandardError float64 `json:"standard_error"`

	// Removed is the share of the variance that what was known before took away; it may
	// be somewhat below 0 where that tells nothing.
	Removed float64 `json:"variance_removed"`
	// Detectable is the difference that would have been told from 0 in four of five
	// such experiments.
	Detectable float64 `json:"detectable"`
}

// Decided reports whether the interval leaves 0 out.
func (e Effect) Decided() bool { return e.Low > 0 || e.High < 0 }

// Compare returns the effect on rows that were drawn to be treated by lot. From the
// outcomes goes what a line through x tells of them, one line for both groups (CUPED:
// Deng, Xu, Kohavi and Walker 2013), which leaves the expected difference as it is
// and takes away noise. The interval is Welch's (1947), of unequal variances, by
// Student's t. ok is false if a group has less than two rows.
//
// x must have been known before anybody was treated: what the treatment moves would
// take the effect away with the noise.
func Compare(treated, control Moments) (e Effect, ok bool) {
	if treated.N < 2 || control.N < 2 {
		return Effect{}, false
	}
	slope := 0.0
	if xx := treated.XX + control.XX; xx > 0 {
		slope = (treated.XY + control.XY) / xx
	}
	e.Difference = treated.Y - control.Y - slope*(treated.X-control.X)
	vt, vc := treated.variance(slope), control.variance(slope)
	variance := vt + vc
	e.StandardError = math.Sqrt(variance)
	if plain := treated.variance(0) + control.variance(0); plain > 0 {
		e.Removed = 1 - variance/plain
	}
	if variance == 0 {
		e.Low, e.High = e.Difference, e.Difference
		return e, true
	}
	t := distuv.StudentsT{Sigma: 1, Nu: variance * variance / (vt*vt/float64(treated.N-1) + vc*vc/float64(control.N-1))}
	e.Low = e.Difference - t.Quantile(0.975)*e.StandardError
	e.High = e.Difference + t.Quantile(0.975)*e.StandardError
	e.Detectable = (t.Quantile(0.975) + t.Quantile(0.8)) * e.StandardError
	return e, true
}

// variance is that of the mean of y − slope·x.
func (m *Moments) variance(slope float64) float64 {
	squares := m.YY - 2*slope*m.XY + slope*slope*m.XX
	return max(0, squares) / float64(m.N-1) / float64(m.N)
}
