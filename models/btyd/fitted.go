package btyd

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Status says how a fit ended.
type Status string

// How a fit can end. Every one can be scored with.
const (
	// Converged is an optimum to the last digits.
	Converged Status = "converged"
	// Boundary is an optimum at which customers seem to be all alike in something,
	// or never to stop: a simpler family would do, and some parameters are only
	// known to be large, or small. Intervals leave them where they are.
	Boundary Status = "boundary"
	// Limit means that MaxIterations, or rounding, ended the fit before.
	Limit Status = "limit"
)

// Fit is a fitted model of orders.
type Fit struct {
	model         Model
	status        Status
	unitDays      float64
	customers     int
	iterations    int
	logLikelihood float64
	theta         []float64     // logarithms of the parameters without k, then coefficients
	covariance    *mat.SymDense // of theta
	covariates    []string
}

// exponentials returns parameters from their logarithms.
func exponentials(theta []float64) []float64 {
	p := make([]float64, len(theta))
	for i := range p {
		p[i] = min(max(math.Exp(theta[i]), 1/parameterLimit), parameterLimit)
	}
	return p
}

// Model returns the fitted model; with covariates, that of a customer whose
// covariates are all 0.
func (f *Fit) Model() Model { return f.model }

// Status says how the fit ended.
func (f *Fit) Status() Status { return f.status }

// UnitDays is the length of the model's unit of time in days.
func (f *Fit) UnitDays() float64 { return f.unitDays }

// Customers is how many customers were fitted.
func (f *Fit) Customers() int { return f.customers }

// Covariates returns the names that For and Uncertain need values of, in order.
func (f *Fit) Covariates() []string { return slices.Clone(f.covariates) }

// LogLikelihood is that of all fitted customers at the optimum.
func (f *Fit) LogLikelihood() float64 { return f.logLikelihood }

// Estimate is a fitted number with its standard error: 0 if it is not known
// (k, or an optimum at a boundary).
type Estimate struct {
	Name            string
	Value, StdError float64
}

// Estimates returns the parameters in the order of New, then the coefficients of
// covariates, named like "alpha:channel".
func (f *Fit) Estimates() []Estimate {
	var all []Estimate
	parameters := f.model.Parameters()
	k := len(parameters) - f.freeParameters()
	for i, p := range parameters {
		e := Estimate{Name: p.Name, Value: p.Value}
		if i >= k {
			e.StdError = p.Value * math.Sqrt(f.covariance.At(i-k, i-k)) // delta method
		}
		all = append(all, e)
	}
	for i := f.freeParameters(); i < len(f.theta); i++ {
		all = append(all, Estimate{f.coefficientName(i), f.theta[i], math.Sqrt(f.covariance.At(i, i))})
	}
	return all
}

func (f *Fit) freeParameters() int {
	return len(f.theta) - len(f.covariates)*len(effectsOf(f.model.Family()))
}
