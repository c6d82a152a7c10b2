package simulate

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// moments returns the mean and variance of n draws.
func moments(n int, draw func() float64) (mean, variance float64) {
	var sum, squares float64
	for range n {
		x := draw()
		sum += x
		squares += x * x
	}
	mean = sum / float64(n)
	return mean, squares/float64(n) - mean*mean
}

func TestDrawsHaveTheirMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		name           string
		draw           func() float64
		mean, variance float64
	}{
		{"gamma(0.4)", func() float64 { return gamma(r, 0.4) }, 0.4, 0.4},
		{"gamma(1)", func() float64 { return gamma(r, 1) }, 1, 1},
		{"gamma(3.5)", func() float64 { return gamma(r, 3.5) }, 3.5, 3.5},
		{"beta(1.3, 3)", func() float64 { return beta(r, 1.3, 3) }, 1.3 / 4.3, 1.3 * 3 / (4.3 * 4.3 * 5.3)},
		{"poisson(0.3)", func() float64 { return float64(poisson(r, 0.3)) }, 0.3, 0.3},
		{"poisson(7)", func() float64 { return float64(poisson(r, 7)) }, 7, 7},
		{"log-normal", func() float64 { return logNormal(r, 2, 0.3) }, 2 * math.Exp(0.045), 4 * math.Exp(0.09) * math.Expm1(0.09)},
	} {
		const n = 200_000
		mean, variance := moments(n, test.draw)
		if tolerance := 4 * math.Sqrt(test.variance/n); math.Abs(mean-test.mean) > tolerance {
			t.Errorf("%s: mean %.4f, want %.4f ± %.4f", test.name, mean, test.mean, tolerance)
		}
		if math.Abs(variance/test.variance-1) > 0.05 {
			t.Errorf("%s: variance %.4f, want %.4f", test.name, variance, test.variance)
		}
	}
}

func TestPickFindsTheFirstWeightAbove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0, 10), 1, 20).Draw(t, "weights")
		weights[0]++ // some weight must be positive
		total := 0.0
		cumulative := make([]float64, len(weights))
		for i, w := range weights {
			total += w
			cumulative[i] = total
		}
		u := rapid.Float64Range(0, 0.999999).Draw(t, "u")
		got := pick(cumulative, u)
		if cumulative[got] <= u*total || got > 0 && cumulative[got-1] > u*total {
			t.Fatalf("picked %d of %v at %v", got, cumulative, u*total)
		}
	})
}

func TestStreamsDiffer(t *testing.T) {
	seen := make(map[uint64]bool)
	d := newDice()
	for seed := range uint64(3) {
		for customer := 1; customer <= 1000; customer++ {
			d.reseed(seed, customer)
			for s := range streamCount {
				x := d.of(s).Uint64()
				if seen[x] {
					t.Fatalf("seed %d, customer %d, stream %d repeats another", seed, customer, s)
				}
				seen[x] = true
			}
		}
	}
}
