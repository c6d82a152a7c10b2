package btyd

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Transaction is an order, or a line of one.
type Transaction struct {
	Customer string
	// Day counts from any day, at most 100 million away.
	Day int
	// Amount is in one currency, 1e15 at most; those of a customer's day are added
	// up.
	Amount float64
}

// What lies beyond is a mistake, and sums of it could overflow.
const (
	farthestDay   = 100_000_000 // 270,000 years
	largestAmount = 1e15
)

func possibleDay(day int) bool { return -farthestDay <= day && day <= farthestDay }

// Period says how Prepare cuts a log of transactions: what is known at the end of
// day Now, and, for a test against what happened next, until when it is held out.
type Period struct {
	// Now is the last day that customers are described by.
	Now int
	// HoldoutEnd is the last day of the holdout, which begins after Now. Default:
	// no holdout.
	HoldoutEnd int
	// UnitDays is the unit of the customers' times in days. Default 7, as in
	// Config.
	UnitDays float64
}

// Prepared is a customer as of the end of day Now, and what she did afterwards.
type Prepared struct {
	ID       string
	FirstDay int
	Customer Customer
	// HoldoutOrders is the number of days with orders in (Now, HoldoutEnd].
	HoldoutOrders int
	// HoldoutAmount is their sum.
	HoldoutAmount float64
}

// Prepare turns a log into customers, in the order of their ids. It merges the
// transactions of a customer's day into one order, of any amount. Customers whose
// first order is after Now do not appear. A day, an amount or a unit that cannot be
// is an error.
func Prepare(log []Transaction, period Period) ([]Prepared, error) {
	if period.UnitDays == 0 {
		period.UnitDays = 7
	}
	err := checkUnit(period.UnitDays)
	if err == nil && !possibleDay(period.Now) {
		err = fmt.Errorf("now is day %d, not within %d of day 0", period.Now, farthestDay)
	}
	if err != nil {
		return nil, fmt.Errorf("btyd: prepare: %w", err)
	}
	orders, err := daily(log)
	if err != nil {
		return nil, fmt.Errorf("btyd: prepare: %w", err)
	}
	var all []Prepared
	for start, end := 0, 0; start < len(orders); start = end {
		for end = start; end < len(orders) && orders[end].Customer == orders[start].Customer; end++ {
		}
		if orders[start].Day <= period.Now {
			all = append(all, period.describe(orders[start:end]))
		}
	}
	return all, nil
}

// daily returns one transaction per customer and day, sorted.
func daily(log []Transaction) ([]Transaction, error) {
	for i := range log {
		if !(math.Abs(log[i].Amount) <= largestAmount) {
			return nil, fmt.Errorf("amount of transaction %d is %v, not a number within %g of 0", i, log[i].Amount, largestAmount)
		}
		if !possibleDay(log[i].Day) {
			return nil, fmt.Errorf("transaction %d is of day %d, not within %d of day 0", i, log[i].Day, farthestDay)
		}
	}
	orders := slices.Clone(log)
	// The amount breaks ties so that sums do not depend on the order of the log.
	slices.SortFunc(orders, func(a, b Transaction) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Amount, b.Amount))
	})
	merged := orders[:0]
	for _, o := range orders {
		if n := len(merged); n > 0 && merged[n-1].Customer == o.Customer && merged[n-1].Day == o.Day {
			merged[n-1].Amount += o.Amount
			continue
		}
		merged = append(merged, o)
	}
	return merged, nil
}

// describe needs the orders of one customer by day, the first of them known.
func (p Period) describe(orders []Transaction) Prepared {
	first := orders[0].Day
	d := Prepared{ID: orders[0].Customer, FirstDay: first}
	d.Customer.Age = float64(p.Now-first) / p.UnitDays
	sum := 0.0
	for i, o := range orders[1:] {
		switch {
		case o.Day <= p.Now:
			d.Customer.Orders++
			d.Customer.Last = float64(o.Day-first) / p.UnitDays
			d.Customer.LogGaps += math.Log(float64(o.Day-orders[i].Day) / p.UnitDays)
			sum += o.Amount
		case o.Day <= p.HoldoutEnd:
			d.HoldoutOrders++
			d.HoldoutAmount += o.Amount
		}
	}
	if d.Customer.Orders > 0 {
		d.Customer.Value = sum / float64(d.Customer.Orders)
	}
	return d
}
