package btyd

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// SpendFit is a fitted model of order values.
type SpendFit struct {
	model         GammaGamma
	status        Status
	customers     int
	logLikelihood float64
	correlation   float64
	theta         []float64
	covariance    *mat.SymDense
}

// FitSpend learns a GammaGamma by maximum likelihood from the customers with
// repeat orders of positive mean value; fewer than two different ones of those
// is an error that wraps ErrInsufficient.
func (c Config) FitSpend(ctx context.Context, customers []Customer) (*SpendFit, error) {
	c = c.withDefaults()
	f, err := c.fitSpend(ctx, customers)
	if err != nil {
		return nil, fmt.Errorf("btyd: fit gamma-gamma: %w", err)
	}
	return f, nil
}

func (c Config) fitSpend(ctx context.Context, customers []Customer) (*SpendFit, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	sampled, _ := sample(customers, &design{}, c.MaxCustomers)
	rows, mean, correlation := spendRows(sampled)
	if alike(rows) {
		return nil, fmt.Errorf("%w: fewer than two repeat customers who differ in value", ErrInsufficient)
	}
	o := &objective{
		rows: rows, total: float64(len(rows)), workers: c.Workers, parameters: 3,
		start: []float64{0, math.Log(2), math.Log(mean)},
		likelihood: func(p []float64) likelihood {
			return &gammaGammaRows{newGammaGammaTerms(GammaGamma{p: p[0], q: p[1], gamma: p[2]}, 1)}
		},
	}
	found, err := o.minimise(ctx, c.MaxIterations)
	if err != nil {
		return nil, err
	}
	p := exponentials(found.theta)
	return &SpendFit{
		model:  GammaGamma{p: p[0], q: p[1], gamma: p[2], mean: mean, ceiling: ceilingOf(rows, mean)},
		status: found.status, customers: len(rows), logLikelihood: -found.value * o.total,
		correlation: correlation, theta: found.theta, covariance: found.covariance,
	}, nil
}

// alike reports whether all rows have one value.
func alike(rows []row) bool {
	return !slices.ContainsFunc(rows, func(r row) bool { return r.value != rows[0].value })
}

// spendRows returns the customers who say something about order values, sorted,
// their mean value, and the correlation between number and value.
func spendRows(customers []Customer) (rows []row, mean, correlation float64) {
	for i := range customers {
		if x, value := customers[i].spend(); value > 0 {
			rows = append(rows, row{orders: int32(x), value: value, weight: 1})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.orders, b.orders), cmp.Compare(a.value, b.value))
	})
	orders, values := make([]float64, len(rows)), make([]float64, len(rows))
	for i := range rows {
		orders[i], values[i] = float64(rows[i].orders), rows[i].value
	}
	if len(rows) == 0 {
		return nil, 0, 0
	}
	if correlation = stat.Correlation(orders, values, nil); math.IsNaN(correlation) {
		correlation = 0 // they do not vary
	}
	return rows, stat.Mean(values, nil), correlation
}

// Model returns the fitted model.
func (f *SpendFit) Model() GammaGamma { return f.model }

// Status says how the fit ended.
func (f *SpendFit) Status() Status { return f.status }

// Customers is how many customers were fitted.
func (f *SpendFit) Customers() int { return f.customers }

// LogLikelihood is that of all fitted customers at the optimum.
func (f *SpendFit) LogLikelihood() float64 { return f.logLikelihood }

// Correlation is that between the number and the mean value of repeat orders.
// The model takes it to be 0; far from that, predicted values are off for the
// most and the least frequent customers.
func (f *SpendFit) Correlation() float64 { return f.correlation }

// Estimates returns p, q and gamma with their standard errors.
func (f *SpendFit) Estimates() []Estimate {
	var all []Estimate
	for i, p := range f.model.Parameters() {
		all = append(all, Estimate{p.Name, p.Value, p.Value * math.Sqrt(f.covariance.At(i, i))})
	}
	return all
}

// ceilingOf returns two standard errors more than mean, that of the rows' values.
func ceilingOf(rows []row, mean float64) float64 {
	squares := 0.0
	for i := range rows {
		squares += (rows[i].value - mean) * (rows[i].value - mean)
	}
	return mean + 2*math.Sqrt(squares)/float64(len(rows))
}
