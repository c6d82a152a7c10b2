package btyd

import (
	"errors"
	"fmt"
)

// ErrInsufficient is wrapped by the error of a fit that has too little data to
// be trusted.
var ErrInsufficient = errors.New("not enough data for a customer-base model")

// Sufficiency is the least data that a fit accepts. In the zero value every field
// is its default; a negative field asks for nothing. One public product asks for
// 500 customers, 180 days of history, an order in the last 30 days and some
// customers with 3 orders; more customers are worth less here than their repeat
// orders.
type Sufficiency struct {
	// Customers is the least number of customers. Default 300.
	Customers int
	// RepeatOrders is the least number of their repeat orders. Default 100.
	RepeatOrders int
	// Days is the least age of the oldest customer. Default 180.
	Days float64
	// RecentDays is the longest time since the latest order. Default 30.
	RecentDays float64
	// Loyal is the least number of customers with three orders or more. Default 1.
	Loyal int
}

func (s Sufficiency) withDefaults() Sufficiency {
	standard := Sufficiency{Customers: 300, RepeatOrders: 100, Days: 180, RecentDays: 30, Loyal: 1}
	if s.Customers == 0 {
		s.Customers = standard.Customers
	}
	if s.RepeatOrders == 0 {
		s.RepeatOrders = standard.RepeatOrders
	}
	if s.Days == 0 {
		s.Days = standard.Days
	}
	if s.RecentDays == 0 {
		s.RecentDays = standard.RecentDays
	}
	if s.Loyal == 0 {
		s.Loyal = standard.Loyal
	}
	return s
}

// check returns an error that says what is missing. Opportunities are no days:
// for BGBB the times are not checked.
func (s Sufficiency) check(family Family, customers []Customer, unitDays float64) error {
	orders, loyal, oldest, latest := 0, 0, 0.0, longest
	for i := range customers {
		c := customers[i].possible()
		orders += c.Orders
		if c.Orders >= 2 {
			loyal++
		}
		oldest, latest = max(oldest, c.Age), min(latest, c.Age-c.Last)
	}
	timed := family != BGBB
	switch {
	case len(customers) == 0 || len(customers) < s.Customers:
		return fmt.Errorf("%w: %d customers (needs %d)", ErrInsufficient, len(customers), max(s.Customers, 1))
	case orders == 0 || orders < s.RepeatOrders:
		return fmt.Errorf("%w: %d repeat orders (needs %d)", ErrInsufficient, orders, max(s.RepeatOrders, 1))
	case oldest == 0 || timed && oldest*unitDays < s.Days:
		return fmt.Errorf("%w: the first customer came %.0f days ago (needs %.0f)", ErrInsufficient, oldest*unitDays, s.Days)
	case timed && s.RecentDays > 0 && latest*unitDays > s.RecentDays:
		return fmt.Errorf("%w: the latest order was %.0f days ago (needs one within %.0f; is the export complete?)", ErrInsufficient, latest*unitDays, s.RecentDays)
	case loyal < s.Loyal:
		return fmt.Errorf("%w: %d customers with three orders or more (needs %d)", ErrInsufficient, loyal, s.Loyal)
	}
	return nil
}
