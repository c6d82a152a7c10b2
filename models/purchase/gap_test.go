package purchase

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestUsualGap(t *testing.T) {
	missing := math.NaN()
	for _, test := range []struct {
		name                    string
		mean, repeats, shop, is float64
	}{
		{"no gap of her own", missing, 0, 45, 45},
		{"no order at all", missing, missing, 45, 45},
		{"one gap weighs a third", 9, 1, 45, 33},
		{"two gaps weigh as much as the shop", 9, 2, 45, 27},
		{"many gaps speak for themselves", 9, 1e9, 45, 9},
		{"a day at least", 0, 1e9, 45, 1},
		{"endless gaps", 9, math.Inf(1), 45, 9},
		{"a shop of one day at least", missing, 0, 0.5, 1},
	} {
		if got := UsualGap(test.mean, test.repeats, test.shop); math.Abs(got-test.is) > 1e-6 {
			t.Errorf("%s: %v days, want %v", test.name, got, test.is)
		}
	}
}

func TestUsualGapLiesBetweenOwnAndShop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.Float64Range(1, 3000)
		mean, shop := days.Draw(t, "mean"), days.Draw(t, "shop")
		few := rapid.Float64Range(0, 100).Draw(t, "repeats")
		more := few + rapid.Float64Range(0, 100).Draw(t, "more repeats")
		a, b := UsualGap(mean, few, shop), UsualGap(mean, more, shop)
		const rounding = 1e-9
		if low, high := min(mean, shop), max(mean, shop); a < low-rounding || a > high+rounding {
			t.Fatalf("%v is outside of %v to %v", a, low, high)
		}
		if math.Abs(b-mean) > math.Abs(a-mean)+rounding {
			t.Fatalf("%v repeats give %v, %v repeats %v, farther from her mean of %v", few, a, more, b, mean)
		}
	})
}
