package btyd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// everyFamily has plausible parameters, and some at awkward values.
var everyFamily = []struct {
	family     Family
	parameters []float64
}{
	{NBD, []float64{0.385, 12.072}},
	{BGNBD, []float64{0.243, 4.414, 0.793, 2.426}},
	{BGNBD, []float64{0.5, 3, 1, 0.2}},
	{MBGNBD, []float64{0.525, 6.183, 0.891, 1.614}},
	{BGCNBD, []float64{3, 0.8, 2.1, 0.4, 1.2}},
	{MBGCNBD, []float64{2, 0.525, 6.183, 0.891, 1.614}},
	{ParetoNBD, []float64{0.553, 10.578, 0.606, 11.669}},
	{ParetoNBD, []float64{0.7, 20, 1, 3}},
	{BGBB, []float64{1.204, 0.750, 0.657, 2.783}},
}

// someCustomers have few orders and many, and the awkward times: no age at all,
// an order just now, long silence.
var someCustomers = []Customer{
	{}, {Age: 39}, {Age: 1. / 7}, {Orders: 1, Last: 1. / 7, Age: 104}, {Orders: 2, Last: 30, Age: 39},
	{Orders: 5, Last: 20, Age: 20}, {Orders: 26, Last: 30, Age: 31}, {Orders: 221, Last: 250, Age: 257},
}

// TestGradientsAreFiniteDifferences walks over rows as a fit does.
func TestGradientsAreFiniteDifferences(t *testing.T) {
	for _, e := range everyFamily {
		k, p := 1, e.parameters
		if e.family == BGCNBD || e.family == MBGCNBD {
			k, p = int(p[0]), p[1:]
		}
		o := &objective{
			rows: aggregate(someCustomers, nil), workers: 1, parameters: len(p), start: make([]float64, len(p)),
			likelihood: func(p []float64) likelihood { return newLikelihood(e.family, k, p) },
		}
		o.total = totalWeight(o.rows)
		checkGradient(t, string(e.family), o, logs(p))
	}
}

func TestSpendGradientIsFiniteDifferences(t *testing.T) {
	rows, _, _ := spendRows([]Customer{{Orders: 1, Value: 20}, {Orders: 3, Value: 45.5}, {Orders: 60, Value: 3}})
	o := &objective{rows: rows, total: 3, workers: 1, parameters: 3, start: make([]float64, 3)}
	o.likelihood = func(p []float64) likelihood {
		return &gammaGammaRows{newGammaGammaTerms(GammaGamma{p: p[0], q: p[1], gamma: p[2]}, 1)}
	}
	checkGradient(t, "gamma-gamma", o, logs([]float64{6.25, 3.74, 15.44}))
}

func TestCovariateGradientIsFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, family := range []Family{BGNBD, ParetoNBD} {
		z := [][]float64{make([]float64, len(someCustomers)), make([]float64, len(someCustomers))}
		for i := range someCustomers {
			z[0][i], z[1][i] = float64(i%2), rng.NormFloat64()
		}
		d, err := newDesign(family, []string{"first", "second"}, z, len(someCustomers))
		if err != nil {
			t.Fatal(err)
		}
		theta := append(logs(cdnowParameters[family]), 0.3, -0.2, 0.1, 0.4)
		if family == BGNBD {
			theta = append(theta, -0.5, 0.2)
		}
		o := &objective{
			rows: aggregate(someCustomers, d.group), workers: 1, parameters: 4, start: make([]float64, len(theta)),
			effects: d.effects, covariates: d.distinct,
			likelihood: func(p []float64) likelihood { return newLikelihood(family, 1, p) },
		}
		o.total = totalWeight(o.rows)
		checkGradient(t, string(family)+" with covariates", o, theta)
	}
}

func checkGradient(t *testing.T, what string, o *objective, theta []float64) {
	t.Helper()
	const step = 1e-5
	gradient, scratch := make([]float64, len(theta)), make([]float64, len(theta))
	o.gradient(gradient, theta)
	for i := range theta {
		at := append([]float64(nil), theta...)
		at[i] += step
		up := o.gradient(scratch, at)
		at[i] -= 2 * step
		down := o.gradient(scratch, at)
		nearAbs(t, what, gradient[i], (up-down)/(2*step), 1e-7*(1+math.Abs(gradient[i])))
	}
}

func logs(p []float64) []float64 {
	theta := make([]float64, len(p))
	for i := range p {
		theta[i] = math.Log(p[i])
	}
	return theta
}
