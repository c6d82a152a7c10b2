package gbdt

import "math"

// quadrature is a Gauss-Legendre rule on [0, 1].
type quadrature struct{ nodes, weights []float64 }

// gaussLegendre returns the rule of n nodes, exact for polynomials of degree
// 2n-1. Nodes are the roots of the Legendre polynomial, found by Newton's method
// from Tricomi's approximation (Press et al., Numerical Recipes, section 4.6).
func gaussLegendre(n int) quadrature {
	q := quadrature{make([]float64, n), make([]float64, n)}
	for k := range n {
		x := math.Cos(math.Pi * (float64(k) + 0.75) / (float64(n) + 0.5))
		const steps = 8 // the error squares with every step: five suffice
		slope := 0.0
		for range steps {
			value, previous := legendre(n, x)
			slope = float64(n) * (x*value - previous) / (x*x - 1)
			x -= value / slope
		}
		q.nodes[k] = (1 - x) / 2
		q.weights[k] = 1 / ((1 - x*x) * slope * slope)
	}
	return q
}

// legendre returns the Legendre polynomials of degree n and n-1 at x.
func legendre(n int, x float64) (value, previous float64) {
	value, previous = 1, 0
	for k := range n {
		value, previous = (float64(2*k+1)*x*value-float64(k)*previous)/float64(k+1), value
	}
	return value, previous
}

// rules holds the quadrature for a path that asks a number of columns.
type rules []quadrature

// rulesFor returns the rules for paths that ask up to columns columns. Integrands
// have a degree below that.
func rulesFor(columns int) rules {
	r := make(rules, (columns+1)/2)
	for n := range r {
		r[n] = gaussLegendre(n + 1)
	}
	return r
}

// of returns the rule for a path that asks columns ≥ 1 columns.
func (r rules) of(columns int) quadrature { return r[(columns+1)/2-1] }
