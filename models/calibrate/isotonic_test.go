package calibrate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestIsotonicAgreesWithScikitLearn compares with the pools of scikit-learn
// 1.9.1's IsotonicRegression of the same rows, the two halves of a prior row
// included; a knot stands at the mean prediction of a pool.
func TestIsotonicAgreesWithScikitLearn(t *testing.T) {
	p, y, weights := forty()
	tests := []struct {
		name    string
		weights []float64
		want    []knot
	}{
		{"without weights", nil, []knot{
			{0.0487804878, 0.1111111111}, {0.1463414634, 0.2500000000}, {0.3170731707, 0.4000000000},
			{0.4878048780, 0.5000000000}, {0.6341463415, 0.6250000000}, {0.8536585366, 0.7619047619},
		}},
		{"with weights", weights, []knot{
			{0.0522648084, 0.0666666667}, {0.1402439024, 0.2500000000}, {0.3623693380, 0.4642857143},
			{0.6355810617, 0.7058823529}, {0.8562259307, 0.7179487179},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fitIsotonic(p, y, tt.weights).Knots
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSmallSamplesShrink(t *testing.T) {
	// Three negatives below two positives: 0.5/3.5 and 2/2.5.
	m := mustFit(t, Isotonic, []float64{0.1, 0.2, 0.3, 0.8, 0.9}, []float64{0, 0, 0, 1, 1}, nil)
	q := predict(t, m, 0, 0.1, 0.9, 1)
	near(t, "lowest", q[0], 0.5/3.5, 1e-12)
	near(t, "level below the first knot", q[1], 0.5/3.5, 1e-12)
	near(t, "level above the last knot", q[2], 2/2.5, 1e-12)
	near(t, "highest", q[3], 2/2.5, 1e-12)
	near(t, "half way between the knots", predict(t, m, (0.2+0.85)/2)[0], (0.5/3.5+2/2.5)/2, 1e-12)
}

// TestPoolsAreTheBestRisingFit checks the conditions of optimality: rates rise,
// and no pool is better cut in two (its left parts have rates at least its own).
func TestPoolsAreTheBestRisingFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "rows")
		p, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range p {
			p[i] = float64(rapid.IntRange(0, 20).Draw(t, "p")) / 20
			y[i] = float64(rapid.IntRange(0, 1).Draw(t, "y"))
			w[i] = float64(rapid.IntRange(1, 4).Draw(t, "w"))
		}
		levels := sortedPools(p, y, w)
		before, k := math.Inf(-1), 0
		for _, pool := range poolAdjacentViolators(levels) {
			if pool.rate() <= before {
				t.Fatalf("rate %v after %v", pool.rate(), before)
			}
			before = pool.rate()
			var weight, positives float64
			for ; k < len(levels) && levels[k].high <= pool.high; k++ {
				weight += levels[k].weight
				positives += levels[k].positives
				if positives/weight < pool.rate()-1e-12 {
					t.Fatalf("the pool from %v to %v is better cut at %v", pool.low, pool.high, levels[k].high)
				}
			}
			if weight != pool.weight || positives != pool.positives {
				t.Fatalf("the pool from %v to %v lost rows", pool.low, pool.high)
			}
		}
		if k != len(levels) {
			t.Fatalf("%d of %d levels are in no pool", len(levels)-k, len(levels))
		}
	})
}

func TestNeighbouringFloatsKeepTheirOrder(t *testing.T) {
	a := 0.3
	b := math.Nextafter(a, 1)
	c := fitIsotonic([]float64{a, a, a, b, b, b}, []float64{0, 0, 1, 0, 1, 1}, []float64{0.1, 0.7, 0.3, 0.1, 0.7, 0.3})
	if err := c.validate(); err != nil {
		t.Errorf("%v: %v", err, c.Knots)
	}
}
