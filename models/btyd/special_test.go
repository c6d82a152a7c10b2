package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLogRisingIsAProduct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := math.Exp(rapid.Float64Range(-12, 15).Draw(t, "log a"))
		n := rapid.IntRange(0, 300).Draw(t, "n")
		logs, inverses := 0.0, 0.0
		for i := range n {
			logs += math.Log(a + float64(i))
			inverses += 1 / (a + float64(i))
		}
		nearAbs(t, "log of the product", logRising(a, n), logs, 1e-12*(1+math.Abs(logs)+math.Abs(math.Log(a))))
		nearAbs(t, "derivative", harmonic(a, n), inverses, 1e-13*(1+inverses))
		nearAbs(t, "beta", logBeta(a, float64(n+1)), logGamma(float64(n+1))-logRising(a, n+1), 1e-11*(1+math.Abs(logs)+float64(n)))
	})
}

func TestGammaPoissonIsASum(t *testing.T) {
	for _, shape := range []float64{0.01, 0.8, 30} {
		for _, v := range []float64{1e-6, 0.3, 8, 1e4} {
			p, below := math.Pow(1+v, -shape), 0.0
			for n := range 12 {
				nearAbs(t, "tail", gammaPoisson(shape, v, n), 1-below, 1e-13)
				below += p
				p *= (shape + float64(n)) / float64(n+1) * v / (1 + v)
			}
		}
	}
}

func TestBetaNodesKnowMoments(t *testing.T) {
	for _, a := range []float64{0.001, 0.3, 1, 20, 5000} {
		for _, b := range []float64{0.001, 0.3, 1, 20, 5000} {
			nodes := newBetaNodes(a, b, 0)
			mean := nodes.mean(func(p, _ float64) float64 { return p }, 0, 1)
			square := nodes.mean(func(p, _ float64) float64 { return p * p }, 0, 1)
			near(t, "mean", mean, a/(a+b), 1e-11)
			near(t, "square", square, a*(a+1)/((a+b)*(a+b+1)), 1e-11)
		}
	}
}
