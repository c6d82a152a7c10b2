package btyd

import "math"

// nbd is a Poisson process of orders for ever, at rates ~ Gamma(r, alpha).
type nbd struct{ r, alpha float64 }

func (m nbd) Family() Family          { return NBD }
func (m nbd) Parameters() []Parameter { return named(NBD, m.r, m.alpha) }

func (m nbd) LogLikelihood(c Customer) float64 {
	c = c.possible()
	return m.rowLogLikelihood(c, nil)
}

// rowLogLikelihood also writes the derivatives with respect to r and alpha
// unless d is nil.
func (m nbd) rowLogLikelihood(c Customer, d []float64) float64 {
	x, tail := float64(c.Orders), math.Log1p(c.Age/m.alpha)
	if d != nil {
		d[0] = harmonic(m.r, c.Orders) - tail
		d[1] = (m.r*c.Age/m.alpha - x) / (m.alpha + c.Age)
	}
	return logRising(m.r, c.Orders) - m.r*tail - x*math.Log(m.alpha+c.Age)
}

func (m nbd) Alive(Customer) float64 { return 1 }

// shapeAndRatio returns the shape of the posterior rate and t over its scale.
func (m nbd) shapeAndRatio(c Customer, t float64) (shape, v float64) {
	c = c.possible()
	return m.r + float64(c.Orders), duration(t) / (m.alpha + c.Age)
}

func (m nbd) Expected(c Customer, t float64) float64 {
	shape, v := m.shapeAndRatio(c, t)
	return shape * v
}

func (m nbd) AtLeast(c Customer, t float64, n int) float64 {
	shape, v := m.shapeAndRatio(c, t)
	return gammaPoisson(shape, v, n)
}

// Discounted has a constant rate of orders.
func (m nbd) Discounted(c Customer, t, rate float64) float64 {
	shape, v := m.shapeAndRatio(c, t)
	if d := max(rate, 0) * duration(t); d > 0 {
		return -shape * v * math.Expm1(-d) / d
	}
	return shape * v
}

func (m nbd) NextOrder(c Customer, q, within float64) float64 {
	c = c.possible()
	return gammaWait(m.r+float64(c.Orders), m.alpha+c.Age, q, within)
}

// gammaWait is NextOrder of a Poisson process whose rate ~ Gamma(shape, scale).
func gammaWait(shape, scale, q, within float64) float64 {
	some := -math.Expm1(-shape * math.Log1p(duration(within)/scale))
	if math.IsInf(within, 1) {
		some = 1
	}
	wait := scale * math.Expm1(-math.Log1p(-probability(q)*some)/shape)
	return min(wait, duration(within))
}
