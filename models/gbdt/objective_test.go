package gbdt

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGradientsAreDerivativesOfTheLoss(t *testing.T) {
	tests := []struct {
		objective Objective
		y         []float64
	}{
		{Objective{Loss: Binary}, []float64{0, 1, 0.3}},
		{Objective{Loss: Binary, Sigmoid: 2}, []float64{0, 1}},
		{Objective{Loss: L2}, []float64{-3, 0, 7}},
		{Objective{Loss: Poisson}, []float64{0, 1, 5}},
		{Objective{Loss: Tweedie, Power: 1.3}, []float64{0, 2.5, 40}},
		{Objective{Loss: Quantile, Level: 0.8}, []float64{-1.013, 2.017}},
	}
	for _, tt := range tests {
		o := Config{Objective: tt.objective}.withDefaults().Objective
		for _, y := range tt.y {
			for margin := -2.0; margin <= 2; margin += 0.25 {
				g, h := make([]float32, 1), make([]float32, 1)
				o.gradients(g, h, []float64{margin}, []float64{y})
				const step = 1e-4
				up, down, at := o.loss(margin+step, y), o.loss(margin-step, y), o.loss(margin, y)
				first, second := (up-down)/(2*step), (up-2*at+down)/(step*step)
				switch o.Loss {
				case Poisson:
					second *= math.Exp(0.7)
				case Quantile:
					second = 1
				}
				if math.Abs(float64(g[0])-first) > 1e-5*(1+math.Abs(first)) || math.Abs(float64(h[0])-second) > 1e-4*(1+second) {
					t.Errorf("%s, y %v at %v: gradient %v and %v, differences %v and %v", o.Loss, y, margin, g[0], h[0], first, second)
				}
			}
		}
	}
}

// TestObjectivesLearnTheirMeans draws labels from known distributions.
func TestObjectivesLearnTheirMeans(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 0))
	const rows = 8000
	d := Data{Columns: []string{"x"}, X: [][]float32{make([]float32, rows)}, Y: make([]float64, rows)}
	truth := make([]float64, rows)
	draw := func(label func(mean float64) float64) {
		for i := range rows {
			x := rng.IntN(4)
			d.X[0][i] = float32(x)
			truth[i] = float64(1 + x)
			d.Y[i] = label(truth[i])
		}
	}
	poisson := func(mean float64) float64 {
		n, p := 0.0, rng.Float64()
		for limit := math.Exp(-mean); p > limit; n++ {
			p *= rng.Float64()
		}
		return n
	}
	spend := func(mean float64) float64 { // a Poisson number of exponential amounts
		sum := 0.0
		for range int(poisson(mean)) {
			sum += rng.ExpFloat64()
		}
		return sum
	}
	tests := []struct {
		objective Objective
		label     func(mean float64) float64
		scale     float64 // of the truth
	}{
		{Objective{Loss: L2}, func(mean float64) float64 { return mean + rng.NormFloat64() }, 1},
		{Objective{Loss: Poisson}, poisson, 1},
		{Objective{Loss: Tweedie}, spend, 1},
		{Objective{Loss: Quantile, Level: 0.9}, func(mean float64) float64 { return mean * rng.ExpFloat64() }, math.Log(10)},
	}
	for _, tt := range tests {
		draw(tt.label)
		m, _ := mustFit(t, Config{Objective: tt.objective, Trees: 150, MinHessian: -1, L2: -1}, d, Data{})
		for i, p := range predicted(t, m, d) {
			if want := truth[i] * tt.scale; math.Abs(p-want) > 0.12*want {
				t.Errorf("%s: x %v is predicted %v, true %v", tt.objective.Loss, d.X[0][i], p, want)
				break
			}
		}
	}
}

func TestBoostingStartsFromTheBestConstant(t *testing.T) {
	y, w := []float64{1, 0, 0, 1}, []float64{3, 1, 0, 0}
	for loss, want := range map[Loss]float64{Binary: math.Log(3), L2: 0.75, Poisson: math.Log(0.75), Tweedie: math.Log(0.75), Quantile: 1} {
		o := Config{Objective: Objective{Loss: loss}}.withDefaults().Objective
		if got := o.base(y, w); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s starts from %v, want %v", loss, got, want)
		}
	}
}
