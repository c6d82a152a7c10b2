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

// stages returns the probability of every stage.
func (m betaGeometric) stages(c Customer) []float64 {
	shape, share := m.r+float64(m.k*c.Orders), (c.Age-c.Last)/(m.alpha+c.Age)
	p := make([]float64, m.k)
	odds, sum := 1.0, m.stageMoments(shape, share).sum
	for j := range p {
		p[j] = odds / sum
		odds *= (shape + float64(j)) / float64(j+1) * share
	}
	return p
}

// regularAtLeast returns the probability that n orders' worth of stages end.
func (m betaGeometric) regularAtLeast(c Customer, shape, v float64, n int) float64 {
	sum := 0.0
	for j, p := range m.stages(c) {
		sum += p * gammaPoisson(shape+float64(j), v, n*m.k-j)
	}
	return sum
}

// regularExpected returns the expected orders of somebody alive.
func (m betaGeometric) regularExpected(c Customer, nodes *betaNodes, v float64) float64 {
	o := regularOrders{k: m.k, stages: m.stages(c), shape: m.r + float64(m.k*c.Orders), v: v}
	return max(nodes.mean(o.given, o.given(0, 1), o.given(1, 0)), 0)
}

// regularOrders is the expected number of orders of somebody alive as a function
// of her dropout probability p. With j of k stages over and N to come, a negative
// binomial number with shape+j, it is the mean over j of E (1-q^floor((N+j)/k))/p.
type regularOrders struct {
	k        int
	stages   []float64 // probabilities of j
	shape, v float64
	tails    []float64 // tails[i] is P(N+j >= (i+1)k), on demand
}

// seriesBelow is where the sum over orders converges in few terms, and the
// roots of unity begin to cancel.
const (
	seriesBelow = 0.05
	seriesTerms = 14 // 0.05^14 < 1e-18
)

func (o *regularOrders) given(p, q float64) float64 {
	if q < seriesBelow {
		return o.series(q)
	}
	return o.principal(p) + o.oscillation(q)
}

// series sums over the orders: the n-th comes if n-1 were not the last.
func (o *regularOrders) series(q float64) float64 {
	if o.tails == nil {
		o.tails = make([]float64, seriesTerms)
		for i := range o.tails {
			for j, stage := range o.stages {
				o.tails[i] += stage * gammaPoisson(o.shape+float64(j), o.v, (i+1)*o.k-j)
			}
		}
	}
	sum := 0.0
	for i := seriesTerms - 1; i >= 0; i-- {
		sum = sum*q + o.tails[i]
	}
	return sum
}

// principal is the part that the real k-th root ρ of q gives: what the orders
// would be, were the remainders of N+j by k spread evenly.
func (o *regularOrders) principal(p float64) float64 {
	k, sum := float64(o.k), 0.0
	if p == 0 {
		for j, stage := range o.stages {
			sum += stage * ((o.shape+float64(j))*o.v + float64(j))
		}
		return sum/k - (k-1)/(2*k)
	}
	logRho := math.Log1p(-p) / k
	spread := 0.0
	for i := range o.k {
		spread += math.Expm1(-float64(i) * logRho)
	}
	logSpread, logEvent := math.Log1p(spread/k), math.Log1p(-math.Expm1(logRho)*o.v)
	for j, stage := range o.stages {
		sum -= stage * math.Expm1(logSpread+float64(j)*logRho-(o.shape+float64(j))*logEvent)
	}
	return sum / p
}

// oscillation is the part of the other k-th roots of q, which come in pairs.
func (o *regularOrders) oscillation(q float64) float64 {
	rho, sum := math.Pow(q, 1/float64(o.k)), 0.0
	for l := 1; 2*l <= o.k; l++ {
		sin, cos := math.Sincos(2 * math.Pi * float64(l) / float64(o.k))
		s := complex(rho*cos, rho*sin)
		event := 1 + (1-s)*complex(o.v, 0)
		step, stages := s/event, complex(0, 0)
		for j := o.k - 1; j >= 0; j-- {
			stages = stages*step + complex(o.stages[j], 0)
		}
		term := real(stages * s / (s - 1) * cmplx.Exp(complex(-o.shape, 0)*cmplx.Log(event)))
		if 2*l < o.k {
			term *= 2
		}
		sum += term
	}
	return sum / (q * float64(o.k))
}
