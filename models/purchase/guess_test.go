package purchase

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// anyCell draws what a table may hold, absurdities too.
var anyCell = rapid.OneOf(
	rapid.Float32Range(0, 1000),
	rapid.SampledFrom([]float32{nan, 0, -5, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1))}),
)

func TestGuessRisesWithTheHorizonAndIsNeverCertain(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := [][]float32{{anyCell.Draw(r, "recency")}, {anyCell.Draw(r, "gap")}, {anyCell.Draw(r, "repeats")}}
		shopGap := rapid.Float64Range(1, 365).Draw(r, "shop's gap")
		before := 0.0
		for _, days := range []int{1, 30, 60, 90, 180, 365} {
			p := predict(t, NewGuess(days, shopGap), ruleColumns, x)[0]
			if !(p > 0 && p < 1) || p < before {
				r.Fatalf("P(order) is %v within %d days, %v before that", p, days, before)
			}
			before = p
		}
	})
}

func TestGuessValues(t *testing.T) {
	for _, test := range []struct {
		name                  string
		recency, gap, repeats float32
		want                  float64
	}{
		{"on time", 30, nan, 0, 1 - math.Exp(-0.5)},
		{"one gap overdue", 120, nan, 0, (1 - math.Exp(-0.5)) / 2},
		{"three gaps overdue", 240, nan, 0, (1 - math.Exp(-0.5)) / 8},
		{"her own gap counts", 10, 20, 2, 1 - math.Exp(-0.75)},
		{"without an order", nan, nan, nan, (1 - math.Exp(-0.5)) / 2},
		{"gone for good", 6000, nan, 0, 0.01},
		{"every day", 1, 1, 1e6, 0.99},
	} {
		x := [][]float32{{test.recency}, {test.gap}, {test.repeats}}
		if p := predict(t, NewGuess(30, 60), ruleColumns, x)[0]; math.Abs(p-test.want) > 1e-6 {
			t.Errorf("%s: P(order) is %v, want %v", test.name, p, test.want)
		}
	}
}
