package modeltest

import (
	"context"
	"math"
)

func fit(r reporter, s Subject, train sample, weights []float64) Model {
	r.Helper()
	m, err := s.Fit(context.Background(), train.columns, train.x, train.y, weights)
	if err != nil {
		r.Fatalf("Fit: %v", err)
	}
	return m
}

func predict(r reporter, m Model, test sample) []float64 {
	r.Helper()
	p := make([]float64, len(test.y))
	if err := m.Predict(p, test.columns, test.x); err != nil {
		r.Fatalf("Predict: %v", err)
	}
	return p
}

// compare reports the largest difference between got and want if it exceeds
// tolerance; NaN exceeds every tolerance.
func compare(r reporter, what string, got, want []float64, tolerance float64) {
	r.Helper()
	worst, row := 0.0, -1
	for i := range want {
		d := math.Abs(got[i] - want[i])
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		if d > worst {
			worst, row = d, i
		}
	}
	if worst > tolerance {
		r.Errorf("%s: row %d is %v, was %v (difference %.3g, allowed %.3g)", what, row, got[row], want[row], worst, tolerance)
	}
}

// auc compares every positive with every negative.
func auc(y, p []float64) float64 {
	won, pairs := 0.0, 0.0
	for i := range y {
		for k := range y {
			if y[i] != 1 || y[k] != 0 {
				continue
			}
			pairs++
			switch {
			case p[i] > p[k]:
				won++
			case p[i] == p[k]:
				won += 0.5
			}
		}
	}
	return won / pairs
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
