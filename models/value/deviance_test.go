package value

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestDevianceIsProper: over any amounts, most of them often 0, the mean
// deviance of a constant prediction is least at the mean.
func TestDevianceIsProper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 10_000))
		y := append(rapid.SliceOfN(amount, 1, 30).Draw(t, "amounts"), 1)
		mean := sum(y) / float64(len(y))
		loss := func(mu float64) (total float64) {
			for _, v := range y {
				total += deviance(v, mu)
			}
			return total
		}
		for _, factor := range []float64{0.2, 0.9, 0.99, 1.01, 1.1, 5} {
			if other := factor * mean; loss(other) <= loss(mean) && other > 0.01 {
				t.Fatalf("%v loses %v, the mean %v loses %v", other, loss(other), mean, loss(mean))
			}
		}
	})
}

// TestDevianceIsTweedies compares with the general formula at power 1.5.
func TestDevianceIsTweedies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 1000 {
		y, mu := 100*rng.ExpFloat64(), 0.01+100*rng.ExpFloat64()
		want := 2 * (math.Pow(y, 2-power)/((1-power)*(2-power)) - y*math.Pow(mu, 1-power)/(1-power) + math.Pow(mu, 2-power)/(2-power))
		if got := deviance(y, mu); math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("deviance of %v from %v is %v, want %v", y, mu, got, want)
		}
	}
}

func TestDevianceAtTheEdges(t *testing.T) {
	for _, test := range []struct{ y, mu, want float64 }{
		{25, 25, 0},
		{0, 25, 20},
		{-7, 25, 20}, // returned more than bought
		{1, 0, 4 * 0.9 * 0.9 / 0.1},
		{1, -3, 4 * 0.9 * 0.9 / 0.1},
		{0, 0, 0.4},
	} {
		if got := deviance(test.y, test.mu); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("deviance of %v from %v is %v, want %v", test.y, test.mu, got, test.want)
		}
	}
}
