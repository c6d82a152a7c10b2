package calibrate

import (
	"errors"
	"math"
)

// platt is P = σ(Intercept + Slope·logit p).
type platt struct {
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"`
}

const (
	// leastSlope keeps the curve rising where predictions carry no order.
	leastSlope = 0.01
	// certain is how near to 0 and 1 predictions are taken, so that log-odds are
	// finite, and how near calibrated probabilities come.
	certain = 1e-12
)

func (c platt) at(p float64) float64 {
	return min(max(sigmoid(c.Intercept+c.Slope*logit(p)), certain), 1-certain)
}

func (c platt) validate() error {
	if c.Slope < leastSlope || c.Slope > math.MaxFloat64/1e3 || math.Abs(c.Intercept) > math.MaxFloat64/1e3 {
		return errors.New("intercept or slope is out of range")
	}
	return nil
}

// fitPlatt fits intercept and slope by Newton's method with step halving. As in
// Platt (1999), the targets are (N₊+1)/(N₊+2) and 1/(N₋+2) instead of 1 and 0,
// with N₊ and N₋ the weights of the classes, so that separated classes do not
// end in certainty; the algorithm is that of Lin, Lin & Weng (2007). The slope
// has a lower bound, at which the status is Boundary; so it is where all
// predictions are equal.
func fitPlatt(p, y, weights []float64) (platt, Status) {
	f := plattFit{z: make([]float64, len(p)), target: make([]float64, len(p)), weights: weights}
	var class [2]float64
	for i := range p {
		class[int(y[i])] += weight(weights, i)
	}
	for i := range p {
		f.z[i] = logit(p[i])
		f.target[i] = 1 / (class[0] + 2)
		if y[i] == 1 {
			f.target[i] = (class[1] + 1) / (class[1] + 2)
		}
	}
	if f.varies() {
		if best, status := f.newton(platt{}, false); best.Slope >= leastSlope {
			return best, status
		}
	}
	// The loss is convex: its minimum on slopes from the bound on is at the bound.
	best, status := f.newton(platt{Slope: leastSlope}, true)
	if status == Converged {
		status = Boundary
	}
	return best, status
}

// plattFit is the problem of fitting a platt.
type plattFit struct{ z, target, weights []float64 }

// varies reports whether rows with weight differ in z, without which a slope has
// no meaning.
func (f plattFit) varies() bool {
	low, high := math.Inf(1), math.Inf(-1)
	for i, z := range f.z {
		if weight(f.weights, i) > 0 {
			low, high = min(low, z), max(high, z)
		}
	}
	return low < high
}

// newton minimises from start, which is best flat so that no row is saturated;
// fixed keeps the slope.
func (f plattFit) newton(start platt, fixed bool) (platt, Status) {
	const (
		iterations = 100
		goal       = 1e-16 // of the squared distance to the minimum, in standard errors
		ridge      = 1e-12 // relative: keeps the Hessian regular where z hardly varies
		rounding   = 1e-10 // relative: gains below it do not show in the loss
	)
	c := start
	at := f.derivatives(c)
	for range iterations {
		step := platt{Intercept: at.gradient.Intercept / at.aa}
		if !fixed {
			bb := at.bb*(1+ridge) + ridge*at.aa
			determinant := at.aa*bb - at.ab*at.ab
			step.Intercept = (bb*at.gradient.Intercept - at.ab*at.gradient.Slope) / determinant
			step.Slope = (at.aa*at.gradient.Slope - at.ab*at.gradient.Intercept) / determinant
		}
		gain := step.Intercept*at.gradient.Intercept + step.Slope*at.gradient.Slope
		switch {
		case math.Abs(gain) <= goal:
			return c, Converged
		case !(gain > 0): // rounding has spoilt the Hessian
			return c, Limit
		}
		length := 1.0
		next := f.derivatives(c.minus(step, length))
		for next.loss > at.loss && length*gain > rounding*at.loss {
			length /= 2
			next = f.derivatives(c.minus(step, length))
		}
		c, at = c.minus(step, length), next
	}
	return c, Limit
}

func (c platt) minus(step platt, length float64) platt {
	return platt{c.Intercept - length*step.Intercept, c.Slope - length*step.Slope}
}

// plattDerivatives are those of the summed log loss by intercept (a) and slope (b).
type plattDerivatives struct {
	loss       float64
	gradient   platt
	aa, ab, bb float64
}

func (f plattFit) derivatives(c platt) (d plattDerivatives) {
	for i, z := range f.z {
		w, m := weight(f.weights, i), c.Intercept+c.Slope*z
		q := sigmoid(m)
		d.loss += w * (math.Log1p(math.Exp(-math.Abs(m))) + max(m, 0) - f.target[i]*m)
		d.gradient.Intercept += w * (q - f.target[i])
		d.gradient.Slope += w * (q - f.target[i]) * z
		d.aa += w * q * (1 - q)
		d.ab += w * q * (1 - q) * z
		d.bb += w * q * (1 - q) * z * z
	}
	return d
}

func logit(p float64) float64 {
	p = min(max(p, certain), 1-certain)
	return math.Log(p) - math.Log1p(-p)
}

func sigmoid(margin float64) float64 {
	e := math.Exp(-math.Abs(margin))
	if margin >= 0 {
		return 1 / (1 + e)
	}
	return e / (1 + e)
}
