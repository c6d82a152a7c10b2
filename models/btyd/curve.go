package btyd

import "math"

// curve is a smooth function on [0, end] as a sum of Chebyshev polynomials.
type curve struct {
	end          float64
	coefficients []float64
}

const (
	// curveError is relative to the smallest value.
	curveError = 1e-12
	// curvePoints is where a table gives up.
	curvePoints = 256
)

// newCurve doubles the number of points until the coefficients have died away,
// and returns nil if they do not: f is then cheaper to call.
func newCurve(f func(u float64) float64, end float64) *curve {
	values := []float64{f(0), f(end)} // at end·(1-cos(πi/n))/2
	for n := 1; n <= curvePoints; n *= 2 {
		if c := coefficientsOf(values); n >= 8 && diedAway(c, values) {
			return &curve{end, c}
		}
		finer := make([]float64, 2*n+1)
		for i := range finer {
			if i%2 == 0 {
				finer[i] = values[i/2]
			} else {
				finer[i] = f(end * (1 - math.Cos(math.Pi*float64(i)/float64(2*n))) / 2)
			}
		}
		values = finer
	}
	return nil
}

// coefficientsOf interpolates values at the extremes of the last polynomial.
func coefficientsOf(values []float64) []float64 {
	n := len(values) - 1
	c := make([]float64, n+1)
	for k := range c {
		sum := (values[n] + values[0]*float64(1-2*(k%2))) / 2
		for i := 1; i < n; i++ {
			sum += values[i] * math.Cos(math.Pi*float64((n-i)*k%(2*n))/float64(n))
		}
		c[k] = 2 * sum / float64(n)
	}
	c[0] /= 2
	c[n] /= 2
	return c
}

// diedAway reports whether the last quarter of the coefficients is negligible.
func diedAway(c, values []float64) bool {
	least := math.Inf(1)
	for _, v := range values {
		least = min(least, math.Abs(v))
	}
	tail := 0.0
	for _, v := range c[len(c)*3/4:] {
		tail += math.Abs(v)
	}
	return tail <= curveError*least
}

// at evaluates by Clenshaw's recurrence.
func (c *curve) at(u float64) float64 {
	x := 2*u/c.end - 1
	var b1, b2 float64
	for k := len(c.coefficients) - 1; k > 0; k-- {
		b1, b2 = c.coefficients[k]+2*x*b1-b2, b1
	}
	return c.coefficients[0] + x*b1 - b2
}
