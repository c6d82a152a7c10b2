package value

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestIntervalEnclosesAnyPrediction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(-100, 5000))
		revenue := rapid.SliceOfN(amount, 1, 60).Draw(t, "revenue")
		predicted := rapid.SliceOfN(rapid.Float64Range(0, 3000), len(revenue), len(revenue)).Draw(t, "predicted")
		n := fitInterval(predicted, revenue)
		p := rapid.Float64Range(0, 10_000).Draw(t, "prediction")
		low, high := n.around(p)
		if !(0 <= low && low <= p && p <= high) {
			t.Fatalf("the interval of %v is %v to %v", p, low, high)
		}
	})
}

func TestIntervalByTenths(t *testing.T) {
	var predicted, revenue []float64
	for g := range 10 {
		for k := range 11 { // ratios of 0, 0.2 … 2 in the lower half, of 0, 0, 0, 0.3 … 1 in the upper
			p, ratio := float64(10*g+1), float64(k)/5
			if g >= 5 {
				ratio = float64(k) / 10
				if k < 3 {
					ratio = 0
				}
			}
			predicted, revenue = append(predicted, p), append(revenue, p*ratio)
		}
	}
	n := fitInterval(predicted, revenue)
	for _, test := range []struct{ p, low, high float64 }{
		{11, 11 * 0.2, 11 * 1.8}, {91, 0, 91}, {5000, 0, 5000},
	} {
		low, high := n.around(test.p)
		if math.Abs(low-test.low) > 1e-9 || math.Abs(high-test.high) > 1e-9 {
			t.Errorf("the interval of %v is %v to %v, want %v to %v", test.p, low, high, test.low, test.high)
		}
	}
	if math.Abs(n.High[9]-0.8) > 1e-9 {
		t.Errorf("where three in eleven buy nothing the interval ends at %v of the prediction, want 0.8", n.High[9])
	}
}

func TestQuantile(t *testing.T) {
	for q, want := range map[float64]float64{0: 10, 0.1: 10, 0.5: 30, 0.9: 50, 1: 50} {
		if got := quantile([]float64{10, 20, 30, 40, 50}, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.9); got != 1 {
		t.Errorf("a quantile of nothing is %v", got)
	}
}
