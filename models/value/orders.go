package value

import "math"

// Frequency says how many orders to expect of customers.
type Frequency struct {
	// DailyRate is the shop's repeat orders per customer and day of tenure.
	DailyRate float64 `json:"daily_rate"`
	// WeightDays is the tenure at which a customer's own rate weighs as much as
	// the shop's: the mean of gamma-distributed rates over their variance.
	WeightDays float64 `json:"weight_days"`
	// Scale is the orders that training rows placed per expected order.
	Scale float64 `json:"scale"`
}

// expected returns the mean number of orders in days of a customer who places at
// least one with probability p: the geometric mean of two estimates, times
// Scale. −log(1−p) is the mean of a Poisson count that is above zero with
// probability p; it tells those who have gone from those who have not, but not
// those who order every month from those who order every day. p times the mean
// of a Poisson count above zero at the customer's own rate does the second. On
// four public shops it had a lower deviance than either in five of eight
// back-tests, and was never the worst.
func (f *Frequency) expected(p float64, c customer, days int) float64 {
	const almostOne = 1 - 1e-9
	p = math.Min(p, almostOne)
	rate := (c.repeats + f.DailyRate*f.WeightDays) / (c.tenure + f.WeightDays)
	return f.Scale * math.Sqrt(-math.Log1p(-p)*p*positiveMean(rate*float64(days)))
}

// positiveMean returns the mean of a Poisson count of the given mean that is
// known to be above zero.
func positiveMean(mean float64) float64 {
	if mean < 1e-9 {
		return 1
	}
	return mean / -math.Expm1(-mean)
}

// fitFrequency estimates rates by the method of moments: given the tenure T, a
// count of gamma-mixed Poisson rates has the mean rT and the variance rT + vT².
// Scale is left at 1.
func fitFrequency(c columns) Frequency {
	const fewest, most = 1, 36500 // days
	var repeats, tenure, excess, squares float64
	for i := range c.orders {
		customer := c.customer(i)
		repeats += customer.repeats
		tenure += customer.tenure
	}
	f := Frequency{DailyRate: repeats / math.Max(1, tenure), WeightDays: most, Scale: 1}
	for i := range c.orders {
		customer := c.customer(i)
		mean := f.DailyRate * customer.tenure
		excess += (customer.repeats-mean)*(customer.repeats-mean) - mean
		squares += customer.tenure * customer.tenure
	}
	if excess > 0 {
		f.WeightDays = math.Min(most, math.Max(fewest, f.DailyRate*squares/excess))
	}
	return f
}
