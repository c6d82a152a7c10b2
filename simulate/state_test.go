package simulate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var anyState = rapid.Custom(func(t *rapid.T) state {
	shape := rapid.IntRange(1, 9).Draw(t, "shape")
	return state{
		alive:   true,
		rate:    rapid.Float64Range(0.001, 0.5).Draw(t, "rate"),
		shape:   shape,
		stage:   rapid.IntRange(0, shape-1).Draw(t, "stage"),
		dropout: rapid.Float64Range(0, 1).Draw(t, "dropout"),
	}
})

func TestNoOrderFallsFromOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyState.Draw(t, "state")
		u := rapid.Float64Range(0, 500).Draw(t, "u")
		if at0 := s.noOrder(0); at0 != 1 {
			t.Fatalf("S(0) = %v", at0)
		}
		if sooner, later := s.noOrder(u), s.noOrder(u+1); later > sooner+1e-15 || later < 0 {
			t.Fatalf("S(%v) = %v, a day later %v", u, sooner, later)
		}
	})
}

// The Fourier form of the renewal function equals its definition, the mean of
// floor((j + N)/k) over N ~ Poisson(θu).
func TestRenewalsEqualTheirDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyState.Draw(t, "state")
		u := rapid.Float64Range(0, 100).Draw(t, "u")
		x := s.rate * float64(s.shape) * u
		want := 0.0
		for n := range 1000 {
			logProbability := float64(n)*math.Log(x) - x - lgamma(float64(n+1))
			if x == 0 {
				logProbability = math.Inf(-1)
			}
			want += math.Exp(logProbability) * float64((s.stage+n)/s.shape)
		}
		if got := s.renewals(u); math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("%+v: M(%v) = %v, want %v", s, u, got, want)
		}
	})
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

func TestProbabilitiesRiseWithTheHorizon(t *testing.T) {
	elapsed := make([]float64, 181)
	for n := range elapsed {
		elapsed[n] = 1.1 * float64(n)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := anyState.Draw(t, "state")
		var p [4]float64
		s.orderProbability(p[:], []int{30, 60, 90, 180}, elapsed)
		for i := range p {
			if p[i] < 0 || p[i] > 1 || i > 0 && p[i] < p[i-1] {
				t.Fatalf("%+v: %v", s, p)
			}
		}
		var orders [180]float64
		s.expectedOrders(orders[:], elapsed)
		total := 0.0
		for _, n := range orders {
			total += n
		}
		if total < p[3]-1e-9 {
			t.Fatalf("%+v: %v orders expected, but P(any) = %v", s, total, p[3])
		}
	})
}

// At an even pace a customer who orders at random has geometric sums.
func TestPoissonCustomersHaveAClosedForm(t *testing.T) {
	const days = 50
	elapsed := make([]float64, days+1)
	for n := range elapsed {
		elapsed[n] = float64(n)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := anyState.Draw(t, "state")
		s.shape, s.stage = 1, 0
		stays, waits := 1-s.dropout, math.Exp(-s.rate)
		series := func(ratio float64) float64 { return (1 - math.Pow(ratio, days)) / (1 - ratio) }

		var p [1]float64
		s.orderProbability(p[:], []int{days}, elapsed)
		if want := stays * (1 - waits) * series(stays*waits); math.Abs(p[0]-want) > 1e-12 {
			t.Fatalf("%+v: P = %v, want %v", s, p[0], want)
		}
		if s.dropout < 1e-6 {
			return // the sum of the series is 0/0
		}
		var orders [days]float64
		s.expectedOrders(orders[:], elapsed)
		total := 0.0
		for _, n := range orders {
			total += n
		}
		if want := stays * s.rate * series(stays); math.Abs(total-want) > 1e-6 {
			t.Fatalf("%+v: %v orders, want %v", s, total, want)
		}
	})
}

func TestNobodyLeavesWithoutDropout(t *testing.T) {
	s := state{alive: true, rate: 0.02, shape: 3, stage: 1}
	var p [1]float64
	s.orderProbability(p[:], []int{2}, []float64{0, 10, 30})
	if want := 1 - s.noOrder(30); math.Abs(p[0]-want) > 1e-15 {
		t.Errorf("P = %v, want %v", p[0], want)
	}
}

func TestTheGoneDoNotOrder(t *testing.T) {
	elapsed := []float64{0, 10, 30}
	for _, s := range []state{
		{alive: false, rate: 1, shape: 1},
		{alive: true, rate: 1, shape: 1, dropout: 1},
	} {
		p, orders := []float64{9}, []float64{9, 9}
		s.orderProbability(p, []int{2}, elapsed)
		s.expectedOrders(orders, elapsed)
		if p[0] != 0 || orders[0] != 0 || orders[1] != 0 {
			t.Errorf("%+v: P = %v, orders %v", s, p, orders)
		}
	}
}
