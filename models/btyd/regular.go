package btyd

import (
	"math"
	"math/cmplx"
)

// maxRegularity bounds k: at k = 64 the times between orders vary by an eighth,
// and nobody's orders are more regular.
const maxRegularity = 64

// An Erlang-k time is k stages that end at a Poisson rate. Of the current time
// between orders j stages, 0 <= j < k, are over; j is unknown, and so the rate is
// ~ a mixture over j of Gamma(shape+j, alpha+Age).

// stageMoments is the sum over j of the odds of stage j against stage 0, the
// mean of j, and the mean derivative of the log odds with respect to r.
type stageMoments struct{ sum, mean, dr float64 }

// stageMoments needs the shape of the rate and (Age-Last)/(alpha+Age).
func (m betaGeometric) stageMoments(shape, share float64) stageMoments {
	var s stageMoments
	odds, d := 1.0, 0.0
	for j := range m.k {
		s.sum += odds
		s.mean += odds * float64(j)
		s.dr += odds * d
		odds *= (shape + float64(j)) / float64(j+1) * share
		d += 1 / (shape + float64(j))
	}
	s.mean /= s.sum
	s.dr /= s.sum
	return s
}

// stages calls visit with every stage and its probability.
func (m betaGeometric) stages(c Customer, visit func(j int, p float64)) {
	shape, share := m.r+float64(m.k*c.Orders), (c.Age-c.Last)/(m.alpha+c.Age)
	odds, sum := 1.0, m.stageMoments(shape, share).sum
	for j := range m.k {
		visit(j, odds/sum)
		odds *= (shape + float64(j)) / float64(j+1) * share
	}
}

// regularAtLeast returns the probability that n orders' worth of stages end.
func (m betaGeometric) regularAtLeast(c Customer, shape, v float64, n int) float64 {
	sum := 0.0
	m.stages(c, func(j int, p float64) {
		sum += p * gammaPoisson(shape+float64(j), v, n*m.k-j)
	})
	return sum
}

// regularExpected returns the expected orders of somebody alive.
func (m betaGeometric) regularExpected(c Customer, nodes *betaNodes, v float64) float64 {
	shape, sum := m.r+float64(m.k*c.Orders), 0.0
	m.stages(c, func(j int, p float64) {
		o := stageOrders{k: m.k, j: j, shape: shape + float64(j), v: v}
		sum += p * max(nodes.mean(o.given, o.given(0, 1), o.given(1, 0)), 0)
	})
	return sum
}

// stageOrders is the expected number of orders of somebody alive whose j of k
// stages are over, as a function of her dropout probability p. With N stages to
// come, a negative binomial number, it is E (1-q^floor((N+j)/k))/p.
type stageOrders struct {
	k, j     int
	shape, v float64
	tails    []float64 // tails[i] is P(N >= (i+1)k-j), on demand
}

// seriesBelow is where the sum over orders converges in few terms, and the
// roots of unity begin to cancel.
const (
	seriesBelow = 0.05
	seriesTerms = 14 // 0.05^14 < 1e-18
)

func (o *stageOrders) given(p, q float64) float64 {
	if q < seriesBelow {
		return o.series(q)
	}
	return o.principal(p) + o.oscillation(q)
}

// series sums over the orders: the n-th comes if n-1 were not the last.
func (o *stageOrders) series(q float64) float64 {
	if o.tails == nil {
		o.tails = make([]float64, seriesTerms)
		for i := range o.tails {
			o.tails[i] = gammaPoisson(o.shape, o.v, (i+1)*o.k-o.j)
		}
	}
	sum := 0.0
	for i := seriesTerms - 1; i >= 0; i-- {
		sum = sum*q + o.tails[i]
	}
	return sum
}

// principal is the part that the k-th root ρ of q itself gives, were floor((N+j)/k)
// spread evenly over its remainders.
func (o *stageOrders) principal(p float64) float64 {
	k := float64(o.k)
	if p == 0 {
		return (o.shape*o.v+float64(o.j))/k - (k-1)/(2*k)
	}
	logRho := math.Log1p(-p) / k
	spread := 0.0
	for i := range o.k {
		spread += math.Expm1(-float64(i) * logRho)
	}
	log := math.Log1p(spread/k) + float64(o.j)*logRho - o.shape*math.Log1p(-math.Expm1(logRho)*o.v)
	return -math.Expm1(log) / p
}

// oscillation is the part of the other k-th roots of q, which come in pairs.
func (o *stageOrders) oscillation(q float64) float64 {
	rho, sum := math.Pow(q, 1/float64(o.k)), 0.0
	for l := 1; 2*l <= o.k; l++ {
		angle := 2 * math.Pi * float64(l) / float64(o.k)
		s := complex(rho*math.Cos(angle), rho*math.Sin(angle))
		log := complex(-o.shape, 0) * cmplx.Log(1+(1-s)*complex(o.v, 0))
		term := real(cmplx.Pow(s, complex(float64(o.j+1), 0)) / (s - 1) * cmplx.Exp(log))
		if 2*l < o.k {
			term *= 2
		}
		sum += term
	}
	return sum / (q * float64(o.k))
}
