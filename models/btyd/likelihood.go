package btyd

// likelihood is a family at given parameters, walking over rows: neighbours with
// the same number of orders share its work.
type likelihood interface {
	// row returns the log-likelihood and writes the derivatives with respect to
	// the parameters, unless d is nil.
	row(c *Customer, d []float64) float64
}

// newLikelihood returns that of a family with parameters p, without k.
func newLikelihood(family Family, k int, p []float64) likelihood {
	switch m := build(family, k, p).(type) {
	case nbd:
		return nbdRows{m}
	case pareto:
		return &paretoRows{terms: newParetoTerms(m, 0)}
	case bgbb:
		return bgbbRows{m}
	case betaGeometric:
		return &betaGeometricRows{newBetaGeometricTerms(m, 0)}
	}
	panic("btyd: a family without a likelihood")
}

type nbdRows struct{ nbd }

func (l nbdRows) row(c *Customer, d []float64) float64 { return l.rowLogLikelihood(*c, d) }

type bgbbRows struct{ bgbb }

func (l bgbbRows) row(c *Customer, d []float64) float64 { return l.rowLogLikelihood(*c, d) }

type betaGeometricRows struct{ terms betaGeometricTerms }

func (l *betaGeometricRows) row(c *Customer, d []float64) float64 {
	if c.Orders != l.terms.x {
		l.terms = newBetaGeometricTerms(l.terms.m, c.Orders)
	}
	return l.terms.row(*c, d)
}

type paretoRows struct {
	terms paretoTerms
	decay decay
}

func (l *paretoRows) row(c *Customer, d []float64) float64 {
	if c.Orders != l.terms.x {
		l.terms = newParetoTerms(l.terms.m, c.Orders)
	}
	return l.terms.row(*c, &l.decay, d)
}

// gammaGammaRows reads Orders and Value.
type gammaGammaRows struct{ GammaGamma }

func (l gammaGammaRows) row(c *Customer, d []float64) float64 {
	return l.rowLogLikelihood(float64(c.Orders), c.Value, d)
}
