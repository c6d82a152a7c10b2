package evaluate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestBinsByHand(t *testing.T) {
	y := []float64{0, 1, 0, 1, 1, 1}
	p := []float64{0.1, 0.1, 0.4, 0.4, 0.4, 0.9}
	// Two bins of three rows: 0.9 and two of the three at 0.4, then the rest.
	want := []Bin{
		{3, (0.9 + 2*0.4) / 3, (1 + 2*2./3) / 3, (1 + 4./3) / 3 / (4. / 6), (1 + 4./3) / 4},
		{3, (0.4 + 2*0.1) / 3, (2./3 + 1) / 3, (2./3 + 1) / 3 / (4. / 6), 1},
	}
	if diff := cmp.Diff(want, Bins(y, p, nil, 2), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Error(diff)
	}
}

// TestBinsShareOutEverything: bins have equal weight, fall, and lose nothing.
func TestBinsShareOutEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, p, weights := drawRows(t)
		n := rapid.IntRange(1, 12).Draw(t, "bins")
		bins := Bins(y, p, weights, n)
		total, positives := totals(levels(y, p, weights))
		if total == 0 {
			if bins != nil {
				t.Fatalf("bins of nothing: %v", bins)
			}
			return
		}
		var weight, observed, before float64 = 0, 0, math.Inf(1)
		for _, b := range bins {
			near(t, "weight", b.Weight, total/float64(n), 1e-9)
			if b.Predicted > before+1e-12 {
				t.Fatalf("predicted %v after %v", b.Predicted, before)
			}
			weight, observed, before = weight+b.Weight, observed+b.Weight*b.Observed, b.Predicted
		}
		near(t, "total weight", weight, total, 1e-9)
		near(t, "positives", observed, positives, 1e-9)
		near(t, "captured by all", bins[n-1].Captured, positives/positives, 1e-9)
	})
}

func TestECE(t *testing.T) {
	y, p := calibrated(20_000, 2)
	const bins, rate = 20, 0.32
	expected := math.Sqrt(bins * rate * (1 - rate) * 2 / math.Pi / 20_000)
	if e := ECE(y, p, nil, bins); e > 2*expected || e == 0 {
		t.Errorf("of the truth: %v, expected about %v", e, expected)
	}
	shifted := make([]float64, len(p))
	for i := range p {
		shifted[i] = p[i] + 0.1
	}
	near(t, "of a shift by 0.1", ECE(y, shifted, nil, bins), 0.1, 2*expected)
	near(t, "of one bin", ECE(y, p, nil, 1), math.Abs(mean(len(y), nil, func(i int) float64 { return y[i] - p[i] })), 1e-12)
	near(t, "of no bin", ECE(y, p, nil, 0), nan, 0)
}
