package btyd

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// GammaGamma is the model of order values: gamma-distributed with shape p around
// a customer's own mean, whose scale is again gamma, with shape q and rate gamma
// (Fader & Hardie 2013, note 025). Values are independent of how often somebody
// orders; Correlation tells whether they are.
type GammaGamma struct {
	p, q, gamma float64
	// mean is that of the repeaters it was learnt from. It stands in where the
	// distribution of means has none itself (q <= 1).
	mean float64
	// ceiling is the highest mean that the repeaters leave credible, two standard
	// errors above theirs; 0 is none. As q falls to 1 the mean of the distribution of
	// means runs to infinity, and q is known to a few hundredths only.
	ceiling float64
}

// Parameters returns p, q, gamma.
func (g GammaGamma) Parameters() []Parameter {
	return []Parameter{{"p", g.p}, {"q", g.q}, {"gamma", g.gamma}}
}

// Expected is the expected value of the customer's next orders, in the currency
// of Customer.Value. Without repeat orders it is the mean over all customers. Where
// the shapes leave that undefined (px + q <= 1), or higher than the repeaters that
// the model was learnt from leave credible, it is the mean of theirs.
func (g GammaGamma) Expected(c Customer) float64 {
	x, value := c.spend()
	if g.p*x+g.q <= 1 || x == 0 && g.ceiling > 0 && g.p*g.gamma > g.ceiling*(g.q-1) {
		return g.mean
	}
	return capped(g.p * (g.gamma + x*value) / (g.p*x + g.q - 1))
}

// LogLikelihood is the log density of the customer's mean order value; 0 for
// those without a repeat order of positive value, who say nothing.
func (g GammaGamma) LogLikelihood(c Customer) float64 {
	x, value := c.spend()
	if x == 0 || value == 0 {
		return 0
	}
	terms := newGammaGammaTerms(g, x)
	return terms.row(value, nil)
}

// spend returns the repeat orders and their mean value, as the nearest possible.
func (c Customer) spend() (x, value float64) {
	x = float64(min(max(c.Orders, 0), 1e9))
	if !(c.Value > 0) || x == 0 {
		return x, 0
	}
	return x, min(max(c.Value, 1e-15), 1e15)
}

// gammaGammaTerms is what the likelihood of all customers with the same number of
// orders has in common. Derivatives are with respect to p, q, gamma.
type gammaGammaTerms struct {
	m           GammaGamma
	x, log      float64
	dp, dq      float64
	px, allData float64 // allData is px + q
}

func newGammaGammaTerms(m GammaGamma, x float64) gammaGammaTerms {
	px := m.p * x
	all := mathext.Digamma(px + m.q)
	return gammaGammaTerms{
		m: m, x: x, px: px, allData: px + m.q,
		log: -logBeta(px, m.q), dp: all - mathext.Digamma(px), dq: all - mathext.Digamma(m.q),
	}
}

// row returns the log-likelihood and, unless d is nil, writes its derivatives.
func (t *gammaGammaTerms) row(value float64, d []float64) float64 {
	m, total := &t.m, t.x*value
	// log(gamma/(gamma+total)) and log(total/(gamma+total))
	logPrior, logData := -math.Log1p(total/m.gamma), -math.Log1p(m.gamma/total)
	if d != nil {
		d[0] = t.x * (t.dp + logData)
		d[1] = t.dq + logPrior
		d[2] = m.q/m.gamma - t.allData/(m.gamma+total)
	}
	return t.log + m.q*logPrior + t.px*logData - math.Log(value)
}
