package evaluate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestAUCByDefinition compares every positive row with every negative one.
func TestAUCByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, p, weights := drawRows(t)
		won, pairs := 0.0, 0.0
		for i := range y {
			for k := range y {
				if y[i] == 1 && y[k] == 0 {
					pair := weights[i] * weights[k]
					pairs += pair
					switch {
					case p[i] > p[k]:
						won += pair
					case p[i] == p[k]:
						won += pair / 2
					}
				}
			}
		}
		near(t, "AUC", AUC(y, p, weights), won/pairs, 1e-12)
	})
}

// TestAUCSeesOnlyTheOrder stretches predictions and turns them around.
func TestAUCSeesOnlyTheOrder(t *testing.T) {
	y, p, weights := forty()
	stretched, turned := make([]float64, len(p)), make([]float64, len(p))
	for i := range p {
		stretched[i], turned[i] = 7*p[i]*p[i], -p[i]
	}
	near(t, "stretched", AUC(y, stretched, weights), AUC(y, p, weights), 1e-15)
	near(t, "turned around", AUC(y, turned, weights), 1-AUC(y, p, weights), 1e-15)
}

func TestRankingsAtTheirEnds(t *testing.T) {
	y := []float64{1, 1, 0, 0, 0}
	perfect, reversed, useless := []float64{5, 4, 3, 2, 1}, []float64{1, 2, 3, 4, 5}, []float64{1, 1, 1, 1, 1}
	tests := []struct {
		name                                   string
		p                                      []float64
		auc, precision, capture20, lift20, gin float64
	}{
		{"perfect", perfect, 1, 1, 0.5, 2.5, 1},
		{"reversed", reversed, 0, (1./4 + 2./5) / 2, 0, 0, -1},
		{"useless", useless, 0.5, 0.4, 0.2, 1, 0},
	}
	for _, tt := range tests {
		near(t, tt.name+" AUC", AUC(y, tt.p, nil), tt.auc, 1e-15)
		near(t, tt.name+" average precision", AveragePrecision(y, tt.p, nil), tt.precision, 1e-15)
		near(t, tt.name+" capture", Capture(y, tt.p, nil, 0.2), tt.capture20, 1e-15)
		near(t, tt.name+" lift", Lift(y, tt.p, nil, 0.2), tt.lift20, 1e-15)
		near(t, tt.name+" Gini", Gini(y, tt.p, nil), tt.gin, 1e-15)
	}
	near(t, "capture of all", Capture(y, perfect, nil, 1), 1, 1e-15)
	near(t, "capture of nothing", Capture(y, perfect, nil, 0), 0, 0)
	near(t, "capture of more than all", Capture(y, perfect, nil, 2), 1, 0)
	near(t, "capture of half a level", Capture([]float64{1, 0, 1, 0}, []float64{2, 1, 1, 1}, nil, 0.5), 0.5+0.5/3, 1e-15)
}

// TestGiniOfLabelsIsTwiceTheAUCMinusOne is Somers' identity.
func TestGiniOfLabelsIsTwiceTheAUCMinusOne(t *testing.T) {
	y, p, weights := forty()
	near(t, "Gini", Gini(y, p, weights), 2*AUC(y, p, weights)-1, 1e-12)
}

func BenchmarkAUCMillionRows(b *testing.B) {
	y, p := calibrated(1_000_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		AUC(y, p, nil)
	}
}

// Equal amounts have no ranking, also where they do not add up exactly.
func TestGiniOfEqualAmounts(t *testing.T) {
	for _, n := range []int{2, 3, 7} {
		y, p := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i], p[i] = 0.1, float64(i)
		}
		if got := Gini(y, p, nil); !math.IsNaN(got) {
			t.Errorf("%d equal amounts: %v, want NaN", n, got)
		}
	}
}
