// Package label is the only code that sees past a cutoff: history × cutoff →
// what happened in the horizon.
//
// Of returns the outcome of one customer, OrderDays all her orders to come, Contacts
// what was sent to her.
// Gaps chooses the churn horizon from repeat gaps, PlanCutoffs lays out training
// and judging cutoffs so that no label overlaps what the judge must not have
// seen.
package label

import (
	"iter"
	"math"
	"slices"

	"perennial/pipeline/history"
)

// Outcome is what a customer did in [cutoff, cutoff+horizon).
type Outcome struct {
	Orders    int     // begun in the horizon; an order of returns only is none
	Revenue   float64 // of all lines in the horizon, net of the returns among them
	FirstDays float64 // days from the cutoff to the first order, NaN without one

	// What the first order holds, each once, in line order, without unknown ones.
	Products, Categories []history.Code
}

// Ordered reports whether there was at least one order.
func (o Outcome) Ordered() bool { return o.Orders > 0 }

// Of returns the outcome of h in the horizonDays after cutoff. It takes the
// whole history for the truth, also what was learnt late.
func Of(h *history.History, cutoff history.Day, horizonDays int) Outcome {
	start, end := cutoff.Start(), (cutoff + history.Day(horizonDays)).Start()
	outcome := Outcome{FirstDays: math.NaN()}
	var begun orders
	var first int32
	for i := range h.Lines {
		line := &h.Lines[i]
		if line.At >= end {
			break
		}
		begins := !line.Return() && begun.add(line.Order)
		if line.At < start {
			continue
		}
		outcome.Revenue += line.Amount
		if begins {
			outcome.Orders++
		}
		if begins && outcome.Orders == 1 {
			first, outcome.FirstDays = line.Order, float64(line.At.Day()-cutoff)
		}
		if outcome.Orders > 0 && line.Order == first && !line.Return() {
			outcome.Products = appendNew(outcome.Products, line.Product)
			outcome.Categories = appendNew(outcome.Categories, line.Category)
		}
	}
	return outcome
}

// Contacts returns how many actions reached h in the horizonDays after cutoff.
func Contacts(h *history.History, cutoff history.Day, horizonDays int) int {
	start, end := cutoff.Start(), (cutoff + history.Day(horizonDays)).Start()
	contacts := 0
	for _, sent := range h.Actions {
		if sent.At >= start && sent.At < end {
			contacts++
		}
	}
	return contacts
}

// appendNew appends code unless it is unknown or there already.
func appendNew(codes []history.Code, code history.Code) []history.Code {
	if code == 0 || slices.Contains(codes, code) {
		return codes
	}
	return append(codes, code)
}

// OrderDays returns the day of each order begun at or after cutoff, ascending,
// 1 being the day that begins with the cutoff. Like Of it takes the whole
// history for the truth.
func OrderDays(h *history.History, cutoff history.Day) []float64 {
	var days []float64
	for day := range orderDays(h.Lines) {
		if day >= cutoff {
			days = append(days, float64(day-cutoff)+1)
		}
	}
	return days
}

// orderDays yields the day of each order in lines, in time order.
func orderDays(lines []history.Line) iter.Seq[history.Day] {
	return func(yield func(history.Day) bool) {
		var begun orders
		for i := range lines {
			line := &lines[i]
			if !line.Return() && begun.add(line.Order) && !yield(line.At.Day()) {
				return
			}
		}
	}
}

// orders is a set of order ordinals. An order begins with its first purchase
// line: an item added to it later is no second order.
type orders []bool

// add puts order into the set and reports whether it is new there.
func (o *orders) add(order int32) bool {
	for int(order) >= len(*o) {
		*o = append(*o, false)
	}
	isNew := !(*o)[order]
	(*o)[order] = true
	return isNew
}
