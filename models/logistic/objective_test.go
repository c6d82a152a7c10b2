package logistic

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
)

// smallObjective has three shards' worth of rows and a short last block.
func smallObjective(t *testing.T) (o *objective, beta []float64) {
	t.Helper()
	columns, x, y := table(700, 6, 3)
	weights := make([]float64, len(y))
	rng := rand.New(rand.NewPCG(5, 0))
	for i := range weights {
		weights[i] = 3 * rng.Float64()
	}
	c := Config{Lambda: 2}.withDefaults()
	m := &Model{columns: make([]column, len(columns))}
	for j := range columns {
		m.columns[j] = measure(columns[j], x[j], weights, c.Shape)
	}
	m.link()
	o = newObjective(m, x, y, weights, c)
	for range o.terms + 1 {
		beta = append(beta, rng.NormFloat64())
	}
	return o, beta
}

func TestGradientIsTheFiniteDifferenceOfTheValue(t *testing.T) {
	o, beta := smallObjective(t)
	got := make([]float64, len(beta))
	o.gradient(got, beta)
	scratch := make([]float64, len(beta))
	want := fd.Gradient(nil, func(b []float64) float64 { return o.gradient(scratch, b) }, beta,
		&fd.Settings{Formula: fd.Central})
	for k := range want {
		near(t, "gradient", got[k], want[k], 1e-8)
	}
}

func TestHessianIsTheFiniteDifferenceOfTheGradient(t *testing.T) {
	o, beta := smallObjective(t)
	want := mat.NewDense(len(beta), len(beta), nil)
	fd.Jacobian(want, func(dst, b []float64) { o.gradient(dst, b) }, beta,
		&fd.JacobianSettings{Formula: fd.Central})
	got := o.hessian(beta)
	for i := range beta {
		for j := range beta {
			near(t, "Hessian", got.At(i, j), want.At(i, j), 1e-8)
		}
	}
}

func TestObjectiveHasTheSameBitsForAnyWorkers(t *testing.T) {
	o, beta := smallObjective(t)
	gradient := func(workers int) []float64 {
		o.workers = workers
		g := make([]float64, len(beta))
		return append(g, o.gradient(g, beta))
	}
	o.workers = 1
	one, oneHessian := gradient(1), o.hessian(beta)
	for _, workers := range []int{2, 3, 7, 64} {
		for k, v := range gradient(workers) {
			if v != one[k] {
				t.Errorf("%d workers: component %d is %v, was %v", workers, k, v, one[k])
			}
		}
		if !mat.Equal(o.hessian(beta), oneHessian) {
			t.Errorf("%d workers: another Hessian", workers)
		}
	}
}

func TestLogLossIsStable(t *testing.T) {
	tests := []struct{ margin, y, p, loss float64 }{
		{0, 0, 0.5, math.Ln2},
		{0, 1, 0.5, math.Ln2},
		{1000, 1, 1, 0},
		{1000, 0, 1, 1000},
		{-1000, 0, 0, 0},
		{-1000, 1, 0, 1000},
		{-40, 0, math.Exp(-40), math.Exp(-40)},
	}
	for _, tt := range tests {
		p, loss := logLoss(tt.margin, tt.y)
		near(t, "probability", p, tt.p, 1e-16)
		near(t, "loss", loss, tt.loss, 1e-16)
		near(t, "Probability", Probability(tt.margin), tt.p, 1e-16)
	}
}

func TestDotOfEveryLength(t *testing.T) {
	for n := range 10 {
		a, b, want := make([]float64, n), make([]float32, n), 0.0
		for i := range n {
			a[i], b[i] = float64(i+1), float32(i-3)
			want += a[i] * float64(b[i])
		}
		near(t, "dot", dot(a, b), want, 0)
	}
}
