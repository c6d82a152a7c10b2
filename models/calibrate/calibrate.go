// Package calibrate makes probabilities mean what they say: of the rows given
// 0.2, a fifth turn out positive.
//
// Config.Fit learns a Model from predictions and outcomes that the predicting
// model has not seen. Choose finds out whether that is worth it at all.
package calibrate

import (
	"errors"
	"fmt"
	"math"
)

// Method is a shape of the curve from predicted to calibrated probability.
// Methods are ordered: Choose prefers the earlier.
type Method string

const (
	// None leaves probabilities alone.
	None Method = "none"
	// Platt is a straight line in log-odds.
	Platt Method = "platt"
	// Isotonic is the best curve that never falls. It wants a thousand rows and
	// more.
	Isotonic Method = "isotonic"
)

// methods lists them from the simplest on.
func methods() []Method { return []Method{None, Platt, Isotonic} }

// Config says how to fit. The zero value is the default of every field.
type Config struct {
	// Method is the shape of the curve. Default Platt.
	Method Method
}

// Status says how a fit ended.
type Status string

const (
	// Converged means that the best curve of its shape was found.
	Converged Status = "converged"
	// Boundary means that Platt's slope stands at its lower bound of 0.01: the
	// predictions rank rows no better than at random, or in reverse.
	Boundary Status = "boundary"
	// Limit means that Platt's fit ran out of iterations.
	Limit Status = "limit"
)

// Model maps predicted to calibrated probabilities. It never falls: of two rows,
// the one predicted higher is not calibrated lower. It is immutable and safe to
// share.
type Model struct {
	method Method
	status Status
	curve  curve
}

// curve maps a probability to a calibrated one.
type curve interface {
	at(p float64) float64
	validate() error
}

// identity is the curve of None.
type identity struct{}

func (identity) at(p float64) float64 { return p }
func (identity) validate() error      { return nil }

// Fit learns from predictions p[i] in [0, 1] and outcomes y[i], 0 or 1; weights
// nil means ones, and a row of weight 2 counts as two. The order of rows does
// not matter beyond rounding. Lengths that differ, values out of range, or fewer
// than two classes with weight are errors.
func (c Config) Fit(p, y, weights []float64) (*Model, error) {
	if c.Method == "" {
		c.Method = Platt
	}
	if err := validate(p, y, weights); err != nil {
		return nil, fmt.Errorf("calibrate: fit %s: %w", c.Method, err)
	}
	m := &Model{method: c.Method, status: Converged}
	switch c.Method {
	case None:
		m.curve = identity{}
	case Platt:
		m.curve, m.status = fitPlatt(p, y, weights)
	case Isotonic:
		m.curve = fitIsotonic(p, y, weights)
	default:
		return nil, fmt.Errorf("calibrate: method is %q (choose one of %q)", c.Method, methods())
	}
	return m, nil
}

// Method returns the shape of the curve.
func (m *Model) Method() Method { return m.method }

// Status says how the fit ended.
func (m *Model) Status() Status { return m.status }

// Predict writes to dst[i] the calibrated probability of p[i]; dst and p may be
// the same slice. A p[i] that is not a probability, or lengths that differ, are
// errors, and dst is then undefined.
func (m *Model) Predict(dst, p []float64) error {
	if len(dst) != len(p) {
		return fmt.Errorf("calibrate: room for %d probabilities, %d given", len(dst), len(p))
	}
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("calibrate: prediction %d is %v, not a probability", i, v)
		}
		dst[i] = m.curve.at(v)
	}
	return nil
}

func validate(p, y, weights []float64) error {
	if len(p) != len(y) || (weights != nil && len(weights) != len(p)) {
		return fmt.Errorf("%d predictions, %d outcomes, %d weights", len(p), len(y), len(weights))
	}
	var total [2]float64
	for i := range p {
		w := weight(weights, i)
		switch {
		case !(p[i] >= 0 && p[i] <= 1):
			return fmt.Errorf("prediction %d is %v, not a probability", i, p[i])
		case y[i] != 0 && y[i] != 1:
			return fmt.Errorf("outcome %d is %v, not 0 or 1", i, y[i])
		case !(w >= 0) || math.IsInf(w, 1):
			return fmt.Errorf("weight %d is %v, not a number >= 0", i, w)
		}
		total[int(y[i])] += w
	}
	if total[0] == 0 || total[1] == 0 {
		return errors.New("fewer than two classes have weight (both are needed)")
	}
	return nil
}

func weight(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}
