package calibrate

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// forty returns forty rows in pairs of equal predictions; weights cycle through
// 1, 2, 3.
func forty() (p, y, weights []float64) {
	const outcomes = "0000100010100110000101110110101111011101"
	for i, c := range outcomes {
		p = append(p, float64(i/2*2+1)/41)
		y = append(y, float64(c-'0'))
		weights = append(weights, float64(1+i%3))
	}
	return p, y, weights
}

// distorted draws rows whose true probabilities are known, and predictions that
// are too extreme and too high.
func distorted(n int, seed uint64) (p, y, truth []float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	for range n {
		z := 1.2*rng.NormFloat64() - 1.2
		truth = append(truth, sigmoid(z))
		p = append(p, sigmoid(1.4*z+0.5))
		label := 0.0
		if rng.Float64() < sigmoid(z) {
			label = 1
		}
		y = append(y, label)
	}
	return p, y, truth
}

func mustFit(t testing.TB, method Method, p, y, weights []float64) *Model {
	t.Helper()
	m, err := Config{Method: method}.Fit(p, y, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func predict(t testing.TB, m *Model, p ...float64) []float64 {
	t.Helper()
	dst := make([]float64, len(p))
	if err := m.Predict(dst, p); err != nil {
		t.Fatal(err)
	}
	return dst
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.10g, want %.10g ± %g", what, got, want, tolerance)
	}
}

func TestDefaultIsPlatt(t *testing.T) {
	p, y, _ := forty()
	m := mustFit(t, "", p, y, nil)
	if m.Method() != Platt || m.Status() != Converged {
		t.Errorf("%s, %s", m.Method(), m.Status())
	}
}

func TestNoneLeavesProbabilitiesAlone(t *testing.T) {
	p, y, _ := forty()
	for i, got := range predict(t, mustFit(t, None, p, y, nil), p...) {
		near(t, "probability", got, p[i], 0)
	}
}

// TestRecovery draws distorted predictions and comes back to the truth.
func TestRecovery(t *testing.T) {
	p, y, truth := distorted(50_000, 1)
	for method, within := range map[Method]float64{Platt: 0.005, Isotonic: 0.015} {
		m := mustFit(t, method, p, y, nil)
		error := 0.0
		for i, got := range predict(t, m, p...) {
			error += math.Abs(got - truth[i])
		}
		near(t, string(method)+": mean error", error/float64(len(p)), 0, within)
	}
}

// TestEveryCurveRises fits arbitrary rows, also such as are ranked in reverse.
func TestEveryCurveRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "rows")
		p, y, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range p {
			p[i] = rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1, 0.5, 1e-300})).Draw(t, "p")
			y[i] = float64(rapid.IntRange(0, 1).Draw(t, "y"))
			w[i] = float64(rapid.IntRange(0, 3).Draw(t, "w"))
		}
		y[0], y[1], w[0], w[1] = 0, 1, 1, 1
		for _, method := range methods() {
			m, err := Config{Method: method}.Fit(p, y, w)
			if err != nil {
				t.Fatal(err)
			}
			before := 0.0
			for k := range 1001 {
				q := m.curve.at(float64(k) / 1000)
				if !(q >= before && q <= 1) {
					t.Fatalf("%s: %v at %v, after %v", method, q, float64(k)/1000, before)
				}
				if method != None && (q == 0 || q == 1) {
					t.Fatalf("%s: certainty at %v", method, float64(k)/1000)
				}
				before = q
			}
		}
	})
}

// TestWeightsAreRows compares weights with repeated rows, and weight 0 with rows
// left out.
func TestWeightsAreRows(t *testing.T) {
	p, y, weights := forty()
	weights[3], weights[22] = 0, 0
	var repeatedP, repeatedY []float64
	for i, w := range weights {
		for range int(w) {
			repeatedP, repeatedY = append(repeatedP, p[i]), append(repeatedY, y[i])
		}
	}
	for _, method := range methods() {
		want := predict(t, mustFit(t, method, repeatedP, repeatedY, nil), p...)
		for i, got := range predict(t, mustFit(t, method, p, y, weights), p...) {
			near(t, string(method), got, want[i], 1e-9)
		}
	}
}

func TestRowOrderDoesNotMatter(t *testing.T) {
	p, y, _ := distorted(500, 2)
	for i := range p {
		p[i] = math.Round(50*p[i]) / 50 // ties
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(p))
	mixedP, mixedY := make([]float64, len(p)), make([]float64, len(p))
	for k, i := range order {
		mixedP[k], mixedY[k] = p[i], y[i]
	}
	for _, method := range methods() {
		want := predict(t, mustFit(t, method, p, y, nil), p...)
		for i, got := range predict(t, mustFit(t, method, mixedP, mixedY, nil), p...) {
			near(t, string(method), got, want[i], 1e-9)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name          string
		p, y, weights []float64
	}{
		{"no rows", nil, nil, nil},
		{"one class", []float64{0.1, 0.2}, []float64{1, 1}, nil},
		{"one class with weight", []float64{0.1, 0.2}, []float64{0, 1}, []float64{0, 1}},
		{"an outcome too few", []float64{0.1, 0.2}, []float64{1}, nil},
		{"a weight too few", []float64{0.1, 0.2}, []float64{0, 1}, []float64{1}},
		{"a prediction of NaN", []float64{nan, 0.2}, []float64{0, 1}, nil},
		{"a prediction above 1", []float64{1.1, 0.2}, []float64{0, 1}, nil},
		{"an outcome of one half", []float64{0.1, 0.2}, []float64{0, 0.5}, nil},
		{"a negative weight", []float64{0.1, 0.2}, []float64{0, 1}, []float64{-1, 1}},
		{"an infinite weight", []float64{0.1, 0.2}, []float64{0, 1}, []float64{1, inf}},
	}
	for _, tt := range tests {
		for _, method := range methods() {
			if _, err := (Config{Method: method}).Fit(tt.p, tt.y, tt.weights); err == nil {
				t.Errorf("%s accepted %s", method, tt.name)
			}
		}
	}
	if _, err := (Config{Method: "cubic"}).Fit([]float64{0.1, 0.2}, []float64{0, 1}, nil); err == nil {
		t.Error("accepted an unknown method")
	}
}

func TestPredictRefuses(t *testing.T) {
	p, y, _ := forty()
	m := mustFit(t, Isotonic, p, y, nil)
	for _, bad := range []float64{math.NaN(), -0.1, 1.1, math.Inf(1)} {
		if err := m.Predict(make([]float64, 1), []float64{bad}); err == nil {
			t.Errorf("accepted %v", bad)
		}
	}
	if err := m.Predict(make([]float64, 3), p); err == nil {
		t.Error("accepted three places for forty predictions")
	}
	if err := m.Predict(p, p); err != nil {
		t.Errorf("in place: %v", err)
	}
}

func BenchmarkFitIsotonicMillionRows(b *testing.B) {
	p, y, _ := distorted(1_000_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		mustFit(b, Isotonic, p, y, nil)
	}
}

func BenchmarkFitPlattMillionRows(b *testing.B) {
	p, y, _ := distorted(1_000_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		mustFit(b, Platt, p, y, nil)
	}
}

func BenchmarkPredictIsotonicMillionRows(b *testing.B) {
	p, y, _ := distorted(1_000_000, 1)
	m := mustFit(b, Isotonic, p, y, nil)
	dst := make([]float64, len(p))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Predict(dst, p); err != nil {
			b.Fatal(err)
		}
	}
}
