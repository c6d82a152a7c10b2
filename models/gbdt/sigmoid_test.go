package gbdt

import (
	"math"
	"testing"
)

func TestNearLogistic(t *testing.T) {
	margins := []float64{0, math.Copysign(0, -1), 1e-300, 699.9, 700, 1e9, math.Inf(1), math.MaxFloat64}
	for m := 0.0; m < 40; m += 0.0137 {
		margins = append(margins, m)
	}
	for _, m := range margins {
		for _, m := range []float64{m, -m} {
			if got, want := nearLogistic(m), logistic(m); !(math.Abs(got-want) <= 1e-9) {
				t.Errorf("nearLogistic(%v) is %v, want %v", m, got, want)
			}
		}
	}
	if !math.IsNaN(nearLogistic(math.NaN())) {
		t.Error("nearLogistic(NaN) is a number")
	}
}
