package btyd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Config says how to fit. The zero value is the default of every field.
type Config struct {
	// UnitDays is the length in days of the unit of time that the customers are
	// in. It is kept with the parameters; alpha and beta depend on it. Default 7
	// (weeks), range > 0.
	UnitDays float64
	// Floor is the least data that Fit accepts. Default: the fields of
	// Sufficiency.
	Floor Sufficiency
	// MaxCustomers is how many customers are fitted; of more, the same hash
	// sample every time. All can be scored. Default 2 million, range >= 1.
	MaxCustomers int
	// MaxRegularity is the largest k tried for BGCNBD and MBGCNBD. Default 12,
	// range 1 to 64.
	MaxRegularity int
	// MaxIterations bounds the steps of BFGS, and those of Newton's method.
	// Default 200, range >= 1.
	MaxIterations int
	// Workers is the number of goroutines. It does not change a bit of the fit.
	// Default GOMAXPROCS, range >= 1.
	Workers int
}

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

// Fit learns the parameters of a family by maximum likelihood. For BGCNBD and
// MBGCNBD it also finds k: it raises it as long as the likelihood rises.
//
// Fit returns an error that wraps ErrInsufficient when the data are below the
// floor, and other errors for a field out of range or a cancelled ctx; never one
// for an optimum at a boundary (Status). The order of the customers does not
// matter unless they are sampled. It costs some twenty passes over the customers
// that differ in Orders, Last or Age.
func (c Config) Fit(ctx context.Context, family Family, customers []Customer) (*Fit, error) {
	return c.FitCovariates(ctx, family, customers, nil, nil)
}

// FitCovariates is Fit with what is known of customers from their first day, such
// as the channel they came by: z[j][i] is the value of covariate names[j] for
// customers[i], a finite number of about unit size. It multiplies parameters as
// in Fader & Hardie (2007, note 019): alpha by exp(-γ·z) and, for BGNBD, a and b by
// exp(γ·z), each with coefficients of its own; for ParetoNBD beta by exp(-γ·z).
// Other families are an error. Fit.For gives the model of a customer.
func (c Config) FitCovariates(ctx context.Context, family Family, customers []Customer, names []string, z [][]float64) (*Fit, error) {
	c = c.withDefaults()
	f, err := c.fit(ctx, family, customers, names, z)
	if err != nil {
		return nil, fmt.Errorf("btyd: fit %s: %w", family, err)
	}
	return f, nil
}

func (c Config) fit(ctx context.Context, family Family, customers []Customer, names []string, z [][]float64) (*Fit, error) {
	parameters, err := parameterNames(family)
	if err != nil {
		return nil, err
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	if err := c.Floor.check(family, customers, c.UnitDays); err != nil {
		return nil, err
	}
	design, err := newDesign(family, names, z, len(customers))
	if err != nil {
		return nil, err
	}
	sampled, design := sample(customers, design, c.MaxCustomers)
	o := &objective{
		rows: aggregate(sampled, design.group), workers: c.Workers,
		parameters: len(parameters), effects: design.effects, covariates: design.distinct,
	}
	o.total = totalWeight(o.rows)
	var best *Fit
	for k := 1; k <= c.MaxRegularity; k++ {
		if parameters[0] == "k" {
			o.parameters = len(parameters) - 1
		}
		o.likelihood = func(p []float64) likelihood { return newLikelihood(family, k, p) }
		o.start = startingPoint(family, o.rows, o.parameters, len(design.names)*len(design.effects))
		found, err := o.minimise(ctx, c.MaxIterations)
		if err != nil {
			return nil, err
		}
		f := newFit(family, k, found, o.parameters)
		f.logLikelihood = -found.value*o.total + regularity(k, sampled)
		f.unitDays, f.customers, f.covariates = c.UnitDays, len(sampled), design.names
		if best != nil && f.logLikelihood <= best.logLikelihood {
			break
		}
		if best = f; parameters[0] != "k" {
			break
		}
	}
	return best, nil
}

func newFit(family Family, k int, found *optimum, parameters int) *Fit {
	f := &Fit{
		status: found.status, iterations: found.iterations,
		theta: found.theta, covariance: found.covariance,
	}
	f.model = build(family, k, exponentials(found.theta[:parameters]))
	return f
}

// exponentials returns parameters from their logarithms.
func exponentials(theta []float64) []float64 {
	p := make([]float64, len(theta))
	for i := range p {
		p[i] = min(max(math.Exp(theta[i]), 1/parameterLimit), parameterLimit)
	}
	return p
}

// startingPoint has every shape at 1, and rates of orders and of dropout that
// suit the customers' ages.
func startingPoint(family Family, rows []row, parameters, coefficients int) []float64 {
	start := make([]float64, parameters+coefficients)
	if family == BGBB {
		return start
	}
	age := 0.0
	for i := range rows {
		age += rows[i].weight * rows[i].age
	}
	scale := math.Log(max(age/totalWeight(rows), 1e-6) / 8) // a rate of 8 a lifetime so far, spread widely
	start[1] = scale
	if family == ParetoNBD {
		start[3] = scale
	}
	return start
}

// regularity is the part of the log-likelihood of Erlang-k times between orders
// that has no other parameter.
func regularity(k int, customers []Customer) float64 {
	if k == 1 {
		return 0
	}
	gaps, orders := make([]float64, len(customers)), 0.0
	for i := range customers {
		gaps[i] = customers[i].LogGaps
		orders += float64(customers[i].Orders)
	}
	slices.Sort(gaps) // so that the order of the customers does not show in the sum
	return float64(k-1)*floats.Sum(gaps) - orders*logGamma(float64(k))
}

func (c Config) withDefaults() Config {
	if c.UnitDays == 0 {
		c.UnitDays = 7
	}
	if c.MaxCustomers == 0 {
		c.MaxCustomers = 2_000_000
	}
	if c.MaxRegularity == 0 {
		c.MaxRegularity = 12
	}
	if c.MaxIterations == 0 {
		c.MaxIterations = 200
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	c.Floor = c.Floor.withDefaults()
	return c
}

func (c Config) validate() error {
	switch {
	case !(c.UnitDays > 0) || math.IsInf(c.UnitDays, 1):
		return fmt.Errorf("unit is %v days (choose a positive number)", c.UnitDays)
	case c.MaxCustomers < 1:
		return fmt.Errorf("max customers is %d (choose at least 1)", c.MaxCustomers)
	case c.MaxRegularity < 1 || c.MaxRegularity > maxRegularity:
		return fmt.Errorf("max regularity is %d (choose 1 to %d)", c.MaxRegularity, maxRegularity)
	case c.MaxIterations < 1:
		return fmt.Errorf("max iterations is %d (choose at least 1)", c.MaxIterations)
	case c.Workers < 1:
		return fmt.Errorf("workers is %d (choose at least 1)", c.Workers)
	}
	return nil
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

var errNoCovariates = errors.New("takes no covariates (choose BG/NBD or Pareto/NBD)")
