package evaluate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// TestBootstrapFindsTheStandardError compares with the normal interval, which is
// right for many rows.
func TestBootstrapFindsTheStandardError(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	a, b := make([]float64, 5000), make([]float64, 5000)
	sum, squares := 0.0, 0.0
	for i := range a {
		common := 10 * rng.NormFloat64() // which pairing takes out
		a[i], b[i] = common+0.1+rng.NormFloat64(), common
		sum += a[i] - b[i]
		squares += (a[i] - b[i]) * (a[i] - b[i])
	}
	mean := sum / 5000
	half := 1.96 * math.Sqrt((squares/5000-mean*mean)/5000)
	got := Bootstrap(a, b, 4000, 1)
	near(t, "difference", got.Difference, mean, 1e-12)
	near(t, "low", got.Low, mean-half, half/10)
	near(t, "high", got.High, mean+half, half/10)
	if !got.Decided() {
		t.Errorf("%+v leaves 0 in", got)
	}
}

func TestBootstrapHasTheSameBitsOnAnyCores(t *testing.T) {
	y, p := calibrated(500, 1)
	losses, zeros := make([]float64, 500), make([]float64, 500)
	LogLosses(losses, y, p)
	on := func(cores int) Interval {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		return Bootstrap(losses, zeros, 0, 7)
	}
	one := on(1)
	if five := on(5); five != one {
		t.Errorf("%+v on five cores, %+v on one", five, one)
	}
	if other := Bootstrap(losses, zeros, 0, 8); other == one {
		t.Error("another seed changed nothing")
	}
}

func TestBootstrapOfEqualLosses(t *testing.T) {
	losses := []float64{1, 2, 3}
	if got := Bootstrap(losses, losses, 50, 1); got != (Interval{}) || got.Decided() {
		t.Errorf("%+v", got)
	}
	if got := Bootstrap([]float64{2, 2}, []float64{1, 1}, 1, 1); got != (Interval{1, 1, 1}) {
		t.Errorf("one replicate: %+v", got)
	}
}

func TestBootstrapOfNothing(t *testing.T) {
	for _, got := range []Interval{
		Bootstrap(nil, nil, 0, 1),
		Bootstrap([]float64{nan}, []float64{1}, 0, 1),
		Bootstrap([]float64{1}, []float64{1}, -1, 1),
	} {
		near(t, "difference", got.Difference, nan, 0)
		near(t, "low", got.Low, nan, 0)
		near(t, "high", got.High, nan, 0)
		if got.Decided() {
			t.Error("decided")
		}
	}
}

func TestQuantileIsLinear(t *testing.T) {
	v := []float64{1, 2, 4}
	for q, want := range map[float64]float64{0: 1, 0.25: 1.5, 0.5: 2, 0.75: 3, 1: 4} {
		near(t, "quantile", quantile(v, q), want, 1e-15)
	}
}

func BenchmarkBootstrapHundredThousandRows(b *testing.B) {
	y, p := calibrated(100_000, 1)
	losses, zeros := make([]float64, len(y)), make([]float64, len(y))
	LogLosses(losses, y, p)
	b.ReportAllocs()
	for b.Loop() {
		Bootstrap(losses, zeros, 1000, 1)
	}
}
