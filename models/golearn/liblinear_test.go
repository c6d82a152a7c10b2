package golearn

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

func fitLiblinear(t testing.TB, c LiblinearConfig, columns []string, x [][]float32, y []float64) *Liblinear {
	t.Helper()
	m, err := c.Fit(context.Background(), columns, x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLiblinearIsAtTheOptimum computes the gradient of ½|w|² + C·Σ log-loss,
// intercept included, at the weights that came back from the child.
func TestLiblinearIsAtTheOptimum(t *testing.T) {
	columns, x, y := signal(500, 4)
	const c = 0.3
	m := fitLiblinear(t, LiblinearConfig{C: c, Tolerance: 1e-10}, columns, x, y)
	p := make([]float64, len(y))
	if err := m.Predict(p, columns, x); err != nil {
		t.Fatal(err)
	}
	gradient := append([]float64(nil), m.weights...)
	ofIntercept := m.intercept
	for i := range y {
		for f := range gradient {
			gradient[f] += c * (p[i] - y[i]) * m.feature(x, f, i)
		}
		ofIntercept += c * (p[i] - y[i])
	}
	for f, g := range append(gradient, ofIntercept) {
		if math.Abs(g) > 1e-5 {
			t.Errorf("gradient of weight %d is %v", f, g)
		}
	}
	if len(m.weights) != 5 {
		t.Errorf("%d weights for four columns and one flag", len(m.weights))
	}
}

// TestLiblinearSeesNegativeFeatures: golearn's Predict would give one probability
// to all rows.
func TestLiblinearSeesNegativeFeatures(t *testing.T) {
	column, y := make([]float32, 400), make([]float64, 400)
	for i := range column {
		column[i] = -float32(i)
		if i >= 200 {
			y[i] = 1
		}
	}
	x := [][]float32{column}
	m := fitLiblinear(t, LiblinearConfig{}, []string{"depth"}, x, y)
	p := make([]float64, len(y))
	if err := m.Predict(p, []string{"depth"}, x); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(p); i++ {
		if !(p[i] > p[i-1]) {
			t.Fatalf("probability does not grow from row %d to %d: %v, %v", i-1, i, p[i-1], p[i])
		}
	}
}

// TestLiblinearHasAnIntercept: as golearn calls it, liblinear would give .5 where
// nothing can be learned.
func TestLiblinearHasAnIntercept(t *testing.T) {
	const rows = 2_000
	random := rand.New(rand.NewPCG(1, 1))
	noise, y := make([]float32, rows), make([]float64, rows)
	for i := range noise {
		noise[i] = float32(random.NormFloat64())
		if i%10 == 0 {
			y[i] = 1
		}
	}
	m := fitLiblinear(t, LiblinearConfig{}, []string{"noise"}, [][]float32{noise}, y)
	if rate := 1 / (1 + math.Exp(-m.Base())); math.Abs(rate-0.1) > 0.01 {
		t.Errorf("the average row has probability %v, the rate is 0.1", rate)
	}
}

func TestLiblinearRefusesBadConfig(t *testing.T) {
	columns, x, y := signal(50, 2)
	for _, c := range []LiblinearConfig{{C: -1}, {C: math.Inf(1)}, {C: math.NaN()}, {Tolerance: -1}, {Tolerance: math.NaN()}, {MaxRows: -1}} {
		if _, err := c.Fit(context.Background(), columns, x, y, nil); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestExplainWantsRoomForEveryRow(t *testing.T) {
	columns, x, y := signal(100, 2)
	m := fitLiblinear(t, LiblinearConfig{}, columns, x, y)
	if err := m.Explain([][]float64{make([]float64, 100), make([]float64, 99)}, columns, x); err == nil {
		t.Error("Explain into a column one row short returned no error")
	}
}

func BenchmarkLiblinearFit(b *testing.B) {
	columns, x, y := signal(20_000, 20)
	b.ReportAllocs()
	for b.Loop() {
		fitLiblinear(b, LiblinearConfig{}, columns, x, y)
	}
}

func BenchmarkLiblinearPredict(b *testing.B) {
	columns, x, y := signal(20_000, 20)
	m := fitLiblinear(b, LiblinearConfig{}, columns, x, y)
	dst := make([]float64, len(y))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Predict(dst, columns, x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(y))/b.Elapsed().Seconds(), "rows/s")
}
