package evaluate

import "math"

// Calibration returns the intercept a and slope b of logistic recalibration,
// P(y = 1) = σ(a + b·logit p), by maximum likelihood (Cox 1958). Well calibrated
// probabilities have a = 0 and b = 1; b < 1 says that they are too extreme.
// Probabilities are kept 1e-15 away from 0 and 1. Both are NaN where the
// likelihood has no maximum: one class, equal probabilities, or classes that p
// separates.
func Calibration(y, p, weights []float64) (intercept, slope float64) {
	sameLength(y, p, weights)
	return recalibrate(y, logits(p), weights, false)
}

// InTheLarge returns calibration-in-the-large: the intercept a of
// P(y = 1) = σ(a + logit p) by maximum likelihood (Steyerberg 2009). It is 0 if
// the mean probability is right, positive if it is too low.
func InTheLarge(y, p, weights []float64) float64 {
	sameLength(y, p, weights)
	intercept, _ := recalibrate(y, logits(p), weights, true)
	return intercept
}

func logits(p []float64) []float64 {
	z := make([]float64, len(p))
	for i, v := range p {
		v = min(max(v, certain), 1-certain)
		z[i] = math.Log(v) - math.Log1p(-v)
	}
	return z
}

// recalibrate fits σ(a + b·z) by Newton's method with step halving; fixed keeps
// b at 1. Otherwise it starts from b = 0, where no row is saturated.
func recalibrate(y, z, weights []float64, fixed bool) (a, b float64) {
	const (
		iterations = 50
		goal       = 1e-16 // of the squared distance to the maximum, in standard errors
		rounding   = 1e-10 // relative: gains below it do not show in the loss
	)
	nan := math.NaN()
	if !hasMaximum(y, z, weights, fixed) {
		return nan, nan
	}
	if fixed {
		b = 1
	}
	at := derivativesAt(y, z, weights, a, b)
	for range iterations {
		stepA, stepB := at.step(fixed)
		gain := stepA*at.gradientA + stepB*at.gradientB
		switch {
		case math.Abs(gain) <= goal:
			return a, b
		case !(gain > 0): // rounding has spoilt the Hessian
			return nan, nan
		}
		next := derivativesAt(y, z, weights, a-stepA, b-stepB)
		for next.loss > at.loss && gain > rounding*at.loss {
			stepA, stepB, gain = stepA/2, stepB/2, gain/2
			next = derivativesAt(y, z, weights, a-stepA, b-stepB)
		}
		a, b, at = a-stepA, b-stepB, next
	}
	return nan, nan
}

// hasMaximum reports whether the likelihood does: whether both classes have
// weight and, for a slope, their predictions overlap (Albert & Anderson 1984).
func hasMaximum(y, z, weights []float64, fixed bool) bool {
	infinity := math.Inf(1)
	low, high := [2]float64{infinity, infinity}, [2]float64{-infinity, -infinity}
	for i, label := range y {
		if weight(weights, i) > 0 {
			class := int(label)
			low[class], high[class] = min(low[class], z[i]), max(high[class], z[i])
		}
	}
	if fixed {
		return low[0] < infinity && low[1] < infinity
	}
	return high[0] > low[1] && high[1] > low[0]
}

// derivatives are those of the summed log loss of σ(a + b·z) by a and b.
type derivatives struct {
	loss                 float64
	gradientA, gradientB float64
	aa, ab, bb           float64 // Hessian
}

func derivativesAt(y, z, weights []float64, a, b float64) (d derivatives) {
	for i := range z {
		w, m := weight(weights, i), a+b*z[i]
		e := math.Exp(-math.Abs(m))
		p := 1 / (1 + e)
		if m < 0 {
			p = e / (1 + e)
		}
		d.loss += w * (math.Log1p(e) + max(m, 0) - y[i]*m)
		residual, variance := w*(p-y[i]), w*e/((1+e)*(1+e))
		d.gradientA += residual
		d.gradientB += residual * z[i]
		d.aa += variance
		d.ab += variance * z[i]
		d.bb += variance * z[i] * z[i]
	}
	return d
}

// step returns the Newton step.
func (d derivatives) step(fixed bool) (a, b float64) {
	if fixed {
		return d.gradientA / d.aa, 0
	}
	determinant := d.aa*d.bb - d.ab*d.ab
	return (d.bb*d.gradientA - d.ab*d.gradientB) / determinant, (d.aa*d.gradientB - d.ab*d.gradientA) / determinant
}
