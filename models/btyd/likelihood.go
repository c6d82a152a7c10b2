package btyd

// likelihood is a family at given parameters, walking over rows: neighbours with
// the same number of orders share its work.
type likelihood interface {
	// row returns the log-likelihood and writes the derivatives with respect to
	// the parameters, unless d is nil.
	row(r *row, d []float64) float64
}

// newLikelihood returns that of a family with parameters p, without k.
func newLikelihood(family Family, k int, p []float64) likelihood {
	switch m := build(family, k, p).(type) {
	case nbd:
		return nbdRows{m}
	case pareto:
		return &paretoRows{newParetoTerms(m, 0)}
	case bgbb:
		return bgbbRows{m}
	case betaGeometric:
		return &betaGeometricRows{newBetaGeometricTerms(m, 0)}
	}
	panic("btyd: a family without a likelihood")
}

type nbdRows struct{ nbd }

func (l nbdRows) row(r *row, d []float64) float64 { return l.rowLogLikelihood(r.customer(), d) }

type bgbbRows struct{ bgbb }

func (l bgbbRows) row(r *row, d []float64) float64 { return l.rowLogLikelihood(r.customer(), d) }

type betaGeometricRows struct{ terms betaGeometricTerms }

func (l *betaGeometricRows) row(r *row, d []float64) float64 {
	if int(r.orders) != l.terms.x {
		l.terms = newBetaGeometricTerms(l.terms.m, int(r.orders))
	}
	return l.terms.row(r.last, r.age, d)
}

type paretoRows struct{ terms paretoTerms }

func (l *paretoRows) row(r *row, d []float64) float64 {
	if int(r.orders) != l.terms.x {
		l.terms = newParetoTerms(l.terms.m, int(r.orders))
	}
	return l.terms.row(r.last, r.age, d)
}

// gammaGammaRows reads the mean order value.
type gammaGammaRows struct{ terms gammaGammaTerms }

func (l *gammaGammaRows) row(r *row, d []float64) float64 {
	if x := float64(r.orders); x != l.terms.x {
		l.terms = newGammaGammaTerms(l.terms.m, x)
	}
	return l.terms.row(r.value, d)
}
