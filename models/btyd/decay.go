package btyd

import "math"

// decay integrates (alpha+u)^-m (beta+u)^-n over [from, to], m > 0 and n > 0,
// relative to its value at from. In y = log((l+u)/(l+from)), l = min(alpha, beta),
// the integrand is analytic for |Im y| < π whatever the parameters are; the
// difference of two hypergeometric functions in the textbook form cancels where
// from is near to to, and overflows with m.
//
// After integrate, node i < len(weight) has logAlpha[i] = log((alpha+u)/(alpha+from)),
// logBeta alike, and weights that sum to the integral.
type decay struct {
	weight, logAlpha, logBeta []float64
}

const (
	// panelLengths is how many decay lengths a rule with ten points spans with an
	// error of 2e-15.
	panelLengths = 6
	// panelWidth keeps a panel well inside the strip where it is analytic.
	panelWidth = 2
)

func (d *decay) integrate(alpha, beta, m, n, from, to float64) (sum float64) {
	d.weight, d.logAlpha, d.logBeta = d.weight[:0], d.logAlpha[:0], d.logBeta[:0]
	atAlpha, atBeta := alpha+from, beta+from
	least := min(atAlpha, atBeta)
	end := math.Log1p((to - from) / least)
	for start := 0.0; start < end; {
		rise := least * math.Expm1(start)
		rate := m*(least+rise)/(atAlpha+rise) + n*(least+rise)/(atBeta+rise)
		width := min(panelLengths/rate, panelWidth, end-start)
		if !(start+width > start) {
			break // narrower than rounding
		}
		before := sum
		for _, node := range gauss10 {
			half := width / 2
			sum += d.add(start+half-half*node[0], half*node[1], atAlpha, atBeta, m, n)
			sum += d.add(start+half+half*node[0], half*node[1], atAlpha, atBeta, m, n)
		}
		start += width
		if rate >= 1 && sum-before < 1e-17*sum {
			break // the rate only grows, and it exceeds what du adds
		}
	}
	return sum
}

func (d *decay) add(y, weight, atAlpha, atBeta, m, n float64) float64 {
	least, most := atAlpha, atBeta
	if atBeta < atAlpha {
		least, most = atBeta, atAlpha
	}
	rise := least * math.Expm1(y)
	logAlpha, logBeta := y, math.Log1p(rise/most)
	if atBeta < atAlpha {
		logAlpha, logBeta = logBeta, y
	}
	weight *= least * math.Exp(y-m*logAlpha-n*logBeta)
	d.weight = append(d.weight, weight)
	d.logAlpha = append(d.logAlpha, logAlpha)
	d.logBeta = append(d.logBeta, logBeta)
	return weight
}
