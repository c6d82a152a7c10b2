package logistic

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// table draws rows whose log-odds are linear in half of the columns, a third of
// which are lognormal and a third of which have gaps.
func table(rows, columns int, seed uint64) (names []string, x [][]float32, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	margins := make([]float64, rows)
	for j := range columns {
		names = append(names, "c"+strconv.Itoa(j))
		cells := make([]float32, rows)
		slope := 0.0
		if j%2 == 0 {
			slope = 2 / math.Sqrt(float64(columns)) * float64(1-j%4)
		}
		for i := range cells {
			z := rng.NormFloat64()
			margins[i] += slope * z
			switch {
			case j%3 == 1:
				cells[i] = float32(math.Exp(3 + z))
			case j%3 == 2 && rng.IntN(10) == 0:
				cells[i] = float32(math.NaN())
			default:
				cells[i] = float32(5 + 2*z)
			}
		}
		x = append(x, cells)
	}
	y = make([]float64, rows)
	for i := range y {
		if rng.Float64() < Probability(margins[i]-1) {
			y[i] = 1
		}
	}
	return names, x, y
}

func BenchmarkFit(b *testing.B) {
	names, x, y := table(100_000, 50, 1)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Config{}.Fit(context.Background(), names, x, y, nil)
		if err != nil || m.Status() != Converged {
			b.Fatal(m.Status(), err)
		}
	}
}

func BenchmarkPredictMillionRows(b *testing.B) {
	names, x, y := table(100_000, 50, 1)
	m, err := Config{}.Fit(context.Background(), names, x, y, nil)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]float64, len(y))
	b.ReportAllocs()
	for b.Loop() {
		for range 10 {
			if err := m.Predict(p, names, x); err != nil {
				b.Fatal(err)
			}
		}
	}
}
