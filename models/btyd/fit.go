package btyd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Config says how to fit. The zero value is the default of every field.
type Config struct {
	// UnitDays is the length in days of the unit of time that the customers are
	// in. It is kept with the parameters; alpha and beta depend on it. Default 7
	// (weeks), range 1e-5 (a second) to 1e5.
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
	d, err := newDesign(family, names, z, len(customers))
	if err != nil {
		return nil, err
	}
	customers, d = sample(customers, d, c.MaxCustomers)
	o := &objective{
		rows: aggregate(customers, d.group), workers: c.Workers,
		parameters: len(parameters), effects: d.effects, covariates: d.distinct,
	}
	o.total = totalWeight(o.rows)
	var f *Fit
	if parameters[0] == "k" {
		o.parameters--
		f, err = c.fitRegular(ctx, family, o, customers)
	} else {
		f, err = c.fitOne(ctx, family, 1, o, len(names)*len(d.effects))
	}
	if err != nil {
		return nil, err
	}
	f.unitDays, f.customers, f.covariates = c.UnitDays, len(customers), names
	return f, nil
}

// fitOne fits for a given k.
func (c Config) fitOne(ctx context.Context, family Family, k int, o *objective, coefficients int) (*Fit, error) {
	o.likelihood = func(p []float64) likelihood { return newLikelihood(family, k, p) }
	o.start = startingPoint(family, o.rows, o.parameters, coefficients)
	found, err := o.minimise(ctx, c.MaxIterations)
	if err != nil {
		return nil, err
	}
	return &Fit{
		model:  build(family, k, exponentials(found.theta[:o.parameters])),
		status: found.status, iterations: found.iterations, logLikelihood: -found.value * o.total,
		theta: found.theta, covariance: found.covariance,
	}, nil
}

// fitRegular raises k as long as the likelihood rises.
func (c Config) fitRegular(ctx context.Context, family Family, o *objective, customers []Customer) (*Fit, error) {
	gaps, orders := logGaps(customers)
	if orders > 0 && gaps == 0 {
		return nil, errors.New("all LogGaps are 0 (fill them in: they tell regular from irregular buyers)")
	}
	var best *Fit
	for k := 1; k <= c.MaxRegularity; k++ {
		f, err := c.fitOne(ctx, family, k, o, 0)
		if err != nil {
			return nil, err
		}
		f.logLikelihood += float64(k-1)*gaps - orders*logGamma(float64(k))
		if best != nil && f.logLikelihood <= best.logLikelihood {
			break
		}
		best = f
	}
	return best, nil
}

// logGaps returns the sums of LogGaps and of Orders.
func logGaps(customers []Customer) (gaps, orders float64) {
	all := make([]float64, len(customers))
	for i := range customers {
		c := customers[i].possible()
		all[i] = c.LogGaps
		orders += float64(c.Orders)
	}
	slices.Sort(all) // so that the order of the customers does not show in the sum
	return floats.Sum(all), orders
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
	if err := checkUnit(c.UnitDays); err != nil {
		return err
	}
	switch {
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

// checkUnit refuses a unit of time in which ages would overflow or vanish.
func checkUnit(days float64) error {
	if !(days >= 1e-5 && days <= 1e5) {
		return fmt.Errorf("unit is %v days (choose a number from 1e-5 to 1e5)", days)
	}
	return nil
}
