// Package label is the only code that sees past a cutoff: history × cutoff →
// what happened in the horizon.
//
// Of returns the outcome of one customer. Gaps chooses the churn horizon from
// repeat gaps, Plan lays out training and judging cutoffs so that no label
// overlaps what the judge must not have seen.
package label

import (
	"math"
	"slices"

	"perennial/pipeline/history"
)

// Outcome is what a customer did in [cutoff, cutoff+horizon).
type Outcome struct {
	Orders    int     // orders; an order of returns only is none
	Revenue   float64 // net of the returns that happened in the horizon
	FirstDays float64 // days from the cutoff to the first order, NaN without one
	Products  []history.Code
}

// Ordered reports whether there was at least one order.
func (o Outcome) Ordered() bool { return o.Orders > 0 }

// Of returns the outcome of h after cutoff. Products are the distinct products
// of the first order, in line order, without those that have no id.
func Of(h *history.History, cutoff history.Day, horizonDays int) Outcome {
	start, end := cutoff.Start(), (cutoff + history.Day(horizonDays)).Start()
	outcome := Outcome{FirstDays: math.NaN()}
	var orders []int32
	for i := range h.Lines {
		line := &h.Lines[i]
		if line.At < start || line.At >= end {
			continue
		}
		outcome.Revenue += line.Amount
		if line.Return() {
			continue
		}
		if len(orders) == 0 {
			outcome.FirstDays = float64(line.At.Day() - cutoff)
		}
		if !slices.Contains(orders, line.Order) {
			orders = append(orders, line.Order)
		}
		if line.Order == orders[0] && line.Product != 0 && !slices.Contains(outcome.Products, line.Product) {
			outcome.Products = append(outcome.Products, line.Product)
		}
	}
	outcome.Orders = len(orders)
	return outcome
}
