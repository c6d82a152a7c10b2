package btyd

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// logGammaRatio returns log Γ(b+d) - log Γ(b) for b > 0, d >= 0, without the
// cancellation of two large logarithms.
func logGammaRatio(b, d float64) float64 {
	if b < 30 {
		return logGamma(b+d) - logGamma(b)
	}
	// Stirling's series, subtracted term by term.
	return (b-0.5)*math.Log1p(d/b) + d*math.Log(b+d) - d + stirlingRest(b+d) - stirlingRest(b)
}

// stirlingRest is log Γ(z) - (z-1/2) log z + z - log(2π)/2, to the last digit
// for z >= 30.
func stirlingRest(z float64) float64 {
	y := 1 / (z * z)
	return (1.0/12 - y*(1.0/360-y*(1.0/1260-y/1680))) / z
}

func logGamma(z float64) float64 {
	v, _ := math.Lgamma(z)
	return v
}

// logBeta returns log B(a, b).
func logBeta(a, b float64) float64 {
	a, b = min(a, b), max(a, b)
	return logGamma(a) - logGammaRatio(b, a)
}

// directTerms is how many factors cost less than the functions that replace
// their product.
const directTerms = 40

// logRising returns log Γ(a+n)/Γ(a), n >= 0.
func logRising(a float64, n int) float64 {
	if n > directTerms {
		return logGammaRatio(a, float64(n))
	}
	sum, product := 0.0, 1.0
	for i := range n {
		product *= a + float64(i)
		if product > 1e280 || product < 1e-280 {
			sum, product = sum+math.Log(product), 1
		}
	}
	return sum + math.Log(product)
}

// harmonic returns ψ(a+n) - ψ(a) = Σ 1/(a+i), the derivative of logRising.
func harmonic(a float64, n int) float64 {
	sum := 0.0
	if n > directTerms {
		for ; a < 30; a++ {
			sum += 1 / a
			n--
		}
		return sum + math.Log1p(float64(n)/a) + digammaRest(a+float64(n)) - digammaRest(a)
	}
	for i := range n {
		sum += 1 / (a + float64(i))
	}
	return sum
}

// digammaRest is ψ(z) - log z, to the last digit for z >= 30.
func digammaRest(z float64) float64 {
	y := 1 / (z * z)
	return -0.5/z - y*(1.0/12-y*(1.0/120-y/252))
}

// logAddExp returns log(exp(u) + exp(v)) for any finite or -Inf u and v that are
// not both -Inf.
func logAddExp(u, v float64) float64 {
	u, v = max(u, v), min(u, v)
	return u + math.Log1p(math.Exp(v-u))
}

// sigmoid returns 1/(1+exp(-m)).
func sigmoid(m float64) float64 { return 1 / (1 + math.Exp(-m)) }

// gammaPoisson is the number of events in a time whose ratio to the rate's scale
// is v: a negative binomial count of the given shape. It returns the probability
// of n or more.
func gammaPoisson(shape, v float64, n int) float64 {
	switch {
	case n <= 0:
		return 1
	case v == 0:
		return 0
	case n == 1:
		return -math.Expm1(-shape * math.Log1p(v))
	}
	if v > 1 { // 1-z is then the number that keeps its digits
		return probability(1 - mathext.RegIncBeta(shape, float64(n), 1/(1+v)))
	}
	return mathext.RegIncBeta(float64(n), shape, v/(1+v))
}
