package btyd

import "gonum.org/v1/gonum/mathext"

// Distribution fills dst with the distribution of the number of orders in
// (Age, Age+t]: dst[n] is the probability of n orders, the last cell that of as
// many or more. The cells sum to 1.
func Distribution(dst []float64, m Model, c Customer, t float64) {
	before := 1.0 // at least n
	for n := range dst {
		after := 0.0
		if n < len(dst)-1 {
			after = min(m.AtLeast(c, t, n+1), before)
		}
		dst[n] = before - after
		before = after
	}
}

// mostOrders bounds Quantile.
const mostOrders = 1 << 30

// Quantile returns the least number of orders in (Age, Age+t] that is not
// exceeded with probability q, in [0, 1].
func Quantile(m Model, c Customer, t, q float64) int {
	exceeded := func(n int) bool { return m.AtLeast(c, t, n+1) > 1-q }
	if !exceeded(0) {
		return 0
	}
	low, high := 0, 1 // exceeded(low), and not exceeded(high)
	for high < mostOrders && exceeded(high) {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; exceeded(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// OrdersInterval returns the ends of the central interval that holds the number
// of orders in (Age, Age+t] with the given probability or more. With the Model of
// Fit.Uncertain it covers what is not known of the parameters as well as chance.
func OrdersInterval(m Model, c Customer, t, coverage float64) (low, high int) {
	tail := (1 - probability(coverage)) / 2
	return Quantile(m, c, t, tail), Quantile(m, c, t, 1-tail)
}

// ValueInterval is OrdersInterval for the sum of the order values, which is 0
// without an order. The distribution is the mean of those under each of spend:
// one model, or those of SpendFit.Plausible.
func ValueInterval(m Model, spend []GammaGamma, c Customer, t, coverage float64) (low, high float64) {
	tail := (1 - probability(coverage)) / 2
	v := newValueDistribution(m, spend, c, t, tail)
	return v.quantile(tail), v.quantile(1 - tail)
}

// valueDistribution is a mixture over numbers of orders and plausible models.
type valueDistribution struct {
	none    float64 // probability of no order
	orders  []float64
	weights []float64
	spend   []GammaGamma
	c       Customer
}

// valueStrata bounds how many numbers of orders are told apart.
const valueStrata = 64

func newValueDistribution(m Model, spend []GammaGamma, c Customer, t, tail float64) *valueDistribution {
	v := &valueDistribution{none: 1 - m.AtLeast(c, t, 1), spend: spend, c: c}
	last := Quantile(m, c, t, 1-tail/1000)
	step := (last + valueStrata - 1) / valueStrata
	for n := 1; n <= last; n += step {
		at, after := m.AtLeast(c, t, n), 0.0
		if n+step <= last {
			after = m.AtLeast(c, t, n+step)
		}
		v.orders = append(v.orders, float64(n)+float64(step-1)/2)
		v.weights = append(v.weights, max(at-after, 0))
	}
	return v
}

// below returns the probability of a sum up to s. That of n orders over
// gamma+x·Value is beta prime with shapes pn and q+px.
func (v *valueDistribution) below(s float64) float64 {
	x, value := v.c.spend()
	sum := 0.0
	for i, n := range v.orders {
		for _, g := range v.spend {
			share := s / (s + g.gamma + x*value)
			sum += v.weights[i] * mathext.RegIncBeta(g.p*n, g.q+g.p*x, share)
		}
	}
	return v.none + sum/float64(len(v.spend))
}

// quantile inverts below by bisection, to one part in a million.
func (v *valueDistribution) quantile(q float64) float64 {
	if q <= v.none || len(v.orders) == 0 || len(v.spend) == 0 {
		return 0
	}
	low, high := 0.0, 1.0
	for v.below(high) < q && high < 1e18 {
		low, high = high, high*2
	}
	for high-low > 1e-6*high && high > 1e-9 {
		if middle := (low + high) / 2; v.below(middle) < q {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
