package btyd

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// sigmaPoints returns points around theta with the mean and the covariance of
// its estimate: two along each of its principal axes (Julier & Uhlmann 1997).
// Points opposite each other are neighbours. An exactly known theta stands alone.
func sigmaPoints(theta []float64, covariance *mat.SymDense) [][]float64 {
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, true) {
		return [][]float64{theta}
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	axes := 0
	for _, value := range values {
		if value > 0 {
			axes++
		}
	}
	var points [][]float64
	for k, value := range values {
		if !(value > 0) {
			continue
		}
		length := math.Sqrt(value * float64(axes))
		for _, side := range []float64{length, -length} {
			point := slices.Clone(theta)
			for i := range point {
				point[i] += side * vectors.At(i, k)
			}
			points = append(points, point)
		}
	}
	if points == nil {
		return [][]float64{theta}
	}
	return points
}

// Uncertain returns the model for a customer with covariates z that also knows
// how uncertain its parameters are: the mean of models around the estimate, with
// the covariance that the Hessian gives. Its answers differ little from those of
// For, and its distributions are wider. Another number of covariates than in the
// fit is an error.
func (f *Fit) Uncertain(z ...float64) (Model, error) {
	if len(z) != len(f.covariates) {
		return nil, fmt.Errorf("btyd: %d covariates for a fit with %d", len(z), len(f.covariates))
	}
	var all mixture
	for _, theta := range sigmaPoints(f.theta, f.covariance) {
		all = append(all, f.at(theta, z))
	}
	return all, nil
}

// StdError is the standard error that any answer of the model has because its
// parameters are estimated (delta method, on central differences). With
// covariates it is that for a customer whose covariates are z.
func (f *Fit) StdError(answer func(Model) float64, z ...float64) (float64, error) {
	m, err := f.Uncertain(z...)
	if err != nil {
		return 0, err
	}
	all := m.(mixture)
	variance := 0.0
	for k := 0; k+1 < len(all); k += 2 {
		half := (answer(all[k]) - answer(all[k+1])) / 2
		variance += half * half / float64(len(all)/2)
	}
	return math.Sqrt(variance), nil
}

// Plausible returns models around the estimate, with the covariance that the
// Hessian gives, for ValueInterval.
func (f *SpendFit) Plausible() []GammaGamma {
	var all []GammaGamma
	for _, theta := range sigmaPoints(f.theta, f.covariance) {
		p := exponentials(theta)
		all = append(all, GammaGamma{p: p[0], q: p[1], gamma: p[2], mean: f.model.mean})
	}
	return all
}

// mixture is the mean of several models of one family.
type mixture []Model

func (m mixture) mean(f func(Model) float64) float64 {
	sum := 0.0
	for _, one := range m {
		sum += f(one) / float64(len(m))
	}
	return sum
}

func (m mixture) Family() Family { return m[0].Family() }

// Parameters returns the mean ones.
func (m mixture) Parameters() []Parameter {
	all := m[0].Parameters()
	for i := range all {
		all[i].Value = m.mean(func(one Model) float64 { return one.Parameters()[i].Value })
	}
	return all
}

func (m mixture) LogLikelihood(c Customer) float64 {
	sum := math.Inf(-1)
	for _, one := range m {
		sum = logAddExp(one.LogLikelihood(c), sum)
	}
	return sum - math.Log(float64(len(m)))
}

func (m mixture) Alive(c Customer) float64 {
	return m.mean(func(one Model) float64 { return one.Alive(c) })
}

func (m mixture) Expected(c Customer, t float64) float64 {
	return m.mean(func(one Model) float64 { return one.Expected(c, t) })
}

func (m mixture) AtLeast(c Customer, t float64, n int) float64 {
	return probability(m.mean(func(one Model) float64 { return one.AtLeast(c, t, n) }))
}

func (m mixture) Discounted(c Customer, t, rate float64) float64 {
	return m.mean(func(one Model) float64 { return one.Discounted(c, t, rate) })
}

func (m mixture) NextOrder(c Customer, q, within float64) float64 {
	return wait(func(t float64) float64 { return m.AtLeast(c, t, 1) }, q, within)
}
