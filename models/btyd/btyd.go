// Package btyd holds customer-base models: how often customers order while they
// are customers, and when they silently stop ("buy till you die").
//
// Prepare turns a log of orders into customers; Config.Fit learns a Model of
// their orders and Config.FitSpend one of their order values; a Scorer fills
// columns for many customers. A Model answers for one customer at a time.
package btyd

import (
	"fmt"
	"math"
)

// Customer is what the models need to know of one customer. Times are in the
// unit of the model (Config.UnitDays). The zero value is somebody whose first
// order is happening now.
type Customer struct {
	// Orders is x, the number of days with an order after the first one.
	Orders int
	// Last is t_x, the time from the first order to the last one; 0 when Orders
	// is 0.
	Last float64
	// Age is T, the time from the first order to now. Opportunities since the
	// first order, for BGBB.
	Age float64
	// LogGaps is the sum over the repeat orders of the logarithm of the time since
	// the order before: it tells regular from irregular buyers. Only BGCNBD and
	// MBGCNBD read it.
	LogGaps float64
	// Value is the mean value of the repeat orders, 0 without any. Only
	// GammaGamma reads it.
	Value float64
}

// Family names a kind of model.
type Family string

// The families, with their parameters in the order of New.
const (
	// NBD never stops ordering: Poisson orders, gamma rates (Ehrenberg 1959).
	// The floor that the others have to beat. Parameters r, alpha.
	NBD Family = "NBD"
	// BGNBD may stop after any repeat order, with a beta-distributed probability
	// (Fader, Hardie & Lee 2005). Parameters r, alpha, a, b.
	BGNBD Family = "BG/NBD"
	// MBGNBD may also stop after the first order (Batislam, Denizel & Filiztekin
	// 2007). Parameters r, alpha, a, b.
	MBGNBD Family = "MBG/NBD"
	// BGCNBD is BGNBD with Erlang-k times between orders, for regular rhythms
	// (Platzer & Reutterer 2016). Parameters k (an integer), r, alpha, a, b.
	BGCNBD Family = "BG/CNBD-k"
	// MBGCNBD is MBGNBD with Erlang-k times between orders. Parameters k, r,
	// alpha, a, b.
	MBGCNBD Family = "MBG/CNBD-k"
	// ParetoNBD may stop at any time, at a gamma-distributed rate (Schmittlein,
	// Morrison & Colombo 1987). Parameters r, alpha, s, beta.
	ParetoNBD Family = "Pareto/NBD"
	// BGBB has a fixed number of opportunities to order, such as weekly markets or
	// yearly appeals: Bernoulli orders, geometric lifetimes, both beta (Fader,
	// Hardie & Shang 2010). Its unit of time is one opportunity. Parameters
	// alpha, beta, gamma, delta.
	BGBB Family = "BG/BB"
)

// Model tells one customer's future from her past. Every method gives a finite
// number for any finite input: a customer is read as the nearest possible one
// (0 <= Last <= Age <= 1e12), a negative t as 0. Models are immutable.
type Model interface {
	Family() Family
	// Parameters returns names and values in the order of New.
	Parameters() []Parameter
	// LogLikelihood is the log density of the customer's order times, so that it
	// can be compared between all families but BGBB, whose orders have no times.
	LogLikelihood(c Customer) float64
	// Alive is the probability that the customer has not stopped ordering for
	// good.
	Alive(c Customer) float64
	// Expected is the expected number of orders in (Age, Age+t].
	Expected(c Customer, t float64) float64
	// AtLeast is the probability of n or more orders in (Age, Age+t].
	AtLeast(c Customer, t float64, n int) float64
	// Discounted is the expected number of orders in (Age, Age+t], each worth
	// exp(-rate·u) at time Age+u. With t = +Inf and rate > 0 it is the discounted
	// expected residual transactions (DERT); t = +Inf without a rate is read as
	// t = 1e12. Times the order value it is the customer lifetime value.
	Discounted(c Customer, t, rate float64) float64
	// NextOrder is the q-quantile, q in [0, 1], of the time to the next order,
	// given that there is one in (Age, Age+within]; within may be +Inf, and then
	// the condition is only that there is another order at all.
	NextOrder(c Customer, q, within float64) float64
}

// Parameter is a named number.
type Parameter struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// parameterLimit bounds parameters on both sides: from 1/limit to limit. Beyond
// it a distribution is a point for any customer, and rounding takes over.
const parameterLimit = 1e9

// New returns the model of a family with known parameters, in the unit of time
// that the customers will have. Parameters outside [1e-9, 1e9], or a k that is
// not an integer from 1 to 64, are errors.
func New(family Family, parameters ...float64) (Model, error) {
	names, err := parameterNames(family)
	if err != nil {
		return nil, err
	}
	if len(parameters) != len(names) {
		return nil, fmt.Errorf("btyd: %s: %d parameters, not %d %v", family, len(parameters), len(names), names)
	}
	for i, p := range parameters {
		if !(p >= 1/parameterLimit && p <= parameterLimit) {
			return nil, fmt.Errorf("btyd: %s: %s is %v, not in [%g, %g]", family, names[i], p, 1/parameterLimit, parameterLimit)
		}
	}
	k := 1
	if names[0] == "k" {
		k = int(parameters[0])
		if float64(k) != parameters[0] || k > maxRegularity {
			return nil, fmt.Errorf("btyd: %s: k is %v, not an integer from 1 to %d", family, parameters[0], maxRegularity)
		}
		parameters = parameters[1:]
	}
	return build(family, k, parameters), nil
}

func build(family Family, k int, p []float64) Model {
	switch family {
	case NBD:
		return nbd{r: p[0], alpha: p[1]}
	case ParetoNBD:
		return pareto{r: p[0], alpha: p[1], s: p[2], beta: p[3]}
	case BGBB:
		return bgbb{alpha: p[0], beta: p[1], gamma: p[2], delta: p[3]}
	default:
		return betaGeometric{family: family, k: k, r: p[0], alpha: p[1], a: p[2], b: p[3]}
	}
}

func parameterNames(family Family) ([]string, error) {
	switch family {
	case NBD:
		return []string{"r", "alpha"}, nil
	case BGNBD, MBGNBD:
		return []string{"r", "alpha", "a", "b"}, nil
	case BGCNBD, MBGCNBD:
		return []string{"k", "r", "alpha", "a", "b"}, nil
	case ParetoNBD:
		return []string{"r", "alpha", "s", "beta"}, nil
	case BGBB:
		return []string{"alpha", "beta", "gamma", "delta"}, nil
	}
	return nil, fmt.Errorf("btyd: family is %q (choose %s, %s, %s, %s, %s, %s or %s)",
		family, NBD, BGNBD, MBGNBD, BGCNBD, MBGCNBD, ParetoNBD, BGBB)
}

func named(family Family, values ...float64) []Parameter {
	names, _ := parameterNames(family) // the families of our own models exist
	all := make([]Parameter, len(names))
	for i, name := range names {
		all[i] = Parameter{name, values[i]}
	}
	return all
}

// longest is the largest time that is told from a longer one.
const longest = 1e12

// possible returns the nearest customer that can exist.
func (c Customer) possible() Customer {
	c.Age = duration(c.Age)
	c.Orders = min(max(c.Orders, 0), 1e9)
	c.Last = min(duration(c.Last), c.Age)
	if c.Orders == 0 {
		c.Last, c.LogGaps = 0, 0
	}
	c.LogGaps = min(max(c.LogGaps, -1e15), 1e15)
	return c
}

// duration returns the nearest time in [0, longest]; 0 for a NaN.
func duration(t float64) float64 {
	if !(t > 0) {
		return 0
	}
	return min(t, longest)
}

// probability removes what rounding left outside [0, 1].
func probability(p float64) float64 { return min(max(p, 0), 1) }

// capped keeps a number that overflowed finite.
func capped(v float64) float64 { return min(v, math.MaxFloat64) }
