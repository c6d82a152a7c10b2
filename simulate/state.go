package simulate

import (
	"math"
	"math/cmplx"
)

// state is a customer's hidden state at an instant.
type state struct {
	alive   bool
	rate    float64 // λ
	shape   int     // k
	stage   int     // j, stages passed since the last order
	dropout float64 // q
}

// noOrder returns S(u), the probability that a customer who stays has not
// ordered after operational time u.
func (s *state) noOrder(u float64) float64 {
	x := s.rate * float64(s.shape) * u
	term, sum := 1.0, 1.0
	for i := 1; i < s.shape-s.stage; i++ {
		term *= x / float64(i)
		sum += term
	}
	return math.Exp(-x) * sum
}

// orderProbability writes into dst[i] the probability of an order within
// horizons[i] days; horizons ascend. elapsed[n] is the operational time until
// the start of the n-th day ahead.
func (s *state) orderProbability(dst []float64, horizons []int, elapsed []float64) {
	clear(dst)
	if !s.alive {
		return
	}
	p, stays, before := 0.0, 1.0, 1.0
	day := 0
	for i, h := range horizons {
		for ; day < h; day++ {
			stays *= 1 - s.dropout
			after := min(before, s.noOrder(elapsed[day+1])) // rounding may let it rise
			p += stays * (before - after)
			before = after
		}
		dst[i] = min(p, 1) // the sum may round above it
	}
}

// renewals returns M(u), the expected number of orders within operational time u
// of a customer who stays.
func (s *state) renewals(u float64) float64 {
	k := float64(s.shape)
	x := s.rate * k * u
	return (x + float64(s.stage) - s.meanStage(x)) / k
}

// meanStage returns the expected stage after a Poisson(x) number of further
// stages: the mean of (stage + N) mod shape, by the discrete Fourier transform
// over the stages. Harmonics m and shape-m are conjugate, so half are computed.
func (s *state) meanStage(x float64) float64 {
	k := s.shape
	mean := float64(k-1) / 2
	for m := 1; 2*m <= k; m++ {
		angle := 2 * math.Pi * float64(m) / float64(k)
		root := cmplx.Rect(1, angle)
		harmonic := cmplx.Rect(math.Exp(x*(real(root)-1)), x*imag(root)+angle*float64(s.stage)) / (cmplx.Conj(root) - 1)
		if 2*m == k {
			mean += real(harmonic)
		} else {
			mean += 2 * real(harmonic)
		}
	}
	return mean
}

// expectedOrders writes into dst[n] the expected number of orders on the n-th
// day ahead; elapsed has one entry more than dst.
func (s *state) expectedOrders(dst, elapsed []float64) {
	clear(dst)
	if !s.alive {
		return
	}
	stays, before := 1.0, 0.0
	for n := range dst {
		stays *= 1 - s.dropout
		after := s.renewals(elapsed[n+1])
		dst[n] = stays * (after - before)
		before = after
	}
}
