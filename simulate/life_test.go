package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestALongerLifeBeginsTheSame(t *testing.T) {
	cal := newCalendar(defaultEnd-300, 300)
	for seed := range uint64(200) {
		traits := traits{day: 10, rate: 0.05, shape: 1 + int(seed%4), dropout: 0.002}
		var c clock
		c.set(&cal, &traits, nil, 400)
		var short, long life
		short.live(rand.New(rand.NewPCG(seed, 1)), &traits, &c, 300)
		long.live(rand.New(rand.NewPCG(seed, 1)), &traits, &c, 400)
		if len(long.orders) < len(short.orders) || short.gone != long.gone {
			t.Fatalf("seed %d: life has %d orders until day 300 and %d until day 400", seed, len(short.orders), len(long.orders))
		}
		for i, u := range short.orders {
			if long.orders[i] != u {
				t.Fatalf("seed %d: order %d moves from %v to %v", seed, i, u, long.orders[i])
			}
		}
		for _, u := range long.orders[len(short.orders):] {
			if u < c.elapsed[300] {
				t.Fatalf("seed %d: an order before day 300 appears in the longer life only", seed)
			}
		}
	}
}

func TestGapsAreErlang(t *testing.T) {
	cal := newCalendar(defaultEnd-20_000, 20_000)
	for _, shape := range erlangShapes {
		traits := traits{rate: 0.1, shape: shape}
		var c clock
		c.set(&cal, &traits, nil, 20_000)
		var l life
		l.live(rand.New(rand.NewPCG(7, uint64(shape))), &traits, &c, 20_000)
		next := 0
		mean, variance := moments(len(l.orders)-1, func() float64 {
			next++
			return l.orders[next] - l.orders[next-1]
		})
		if math.Abs(mean-10) > 1.2 {
			t.Errorf("shape %d: mean gap %.2f, want 10", shape, mean)
		}
		if want := 100 / float64(shape); math.Abs(variance/want-1) > 0.2 {
			t.Errorf("shape %d: variance of the gaps %.1f, want %.1f", shape, variance, want)
		}
	}
}

func TestDropoutIsGeometric(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	traits := traits{day: 5, dropout: 0.1}
	mean, _ := moments(100_000, func() float64 { return float64(goneBy(r.ExpFloat64(), &traits)) })
	if want := 5 + 1/0.1; math.Abs(mean-want) > 0.15 {
		t.Errorf("gone by day %.2f on average, want %.2f", mean, want)
	}
	traits.dropout = 1
	if got := goneBy(3, &traits); got != 6 {
		t.Errorf("who leaves at once is gone by day %d, want 6", got)
	}
	traits.dropout = 0
	if got := goneBy(3, &traits); got != forever {
		t.Errorf("who never leaves is gone by day %d", got)
	}
}

func TestProspectsHaveNotOrderedAtSignUp(t *testing.T) {
	cal := newCalendar(defaultEnd-100, 100)
	traits := traits{day: 3, rate: 0.01, shape: 2, dropout: 1, prospect: true}
	var c clock
	c.set(&cal, &traits, nil, 100)
	var l life
	l.live(rand.New(rand.NewPCG(1, 1)), &traits, &c, 100)
	if len(l.orders) != 0 {
		t.Errorf("a prospect who leaves at once has %d orders", len(l.orders))
	}
}
