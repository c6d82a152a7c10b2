package simulate

import (
	"fmt"

	"perennial/pipeline/history"
)

// The shop's zone and currency, as perennial.yaml says them.
const (
	timezone = "Europe/Berlin"
	currency = "EUR"
)

// defaultEnd is the end day of a simulation that names no start: 2026-07-01, a
// quiet time of the year.
const defaultEnd = history.Day(20635)

// Config says which shop to simulate. The zero value is a shop of 2,000
// customers over 730 days that ends at 2026-07-01.
type Config struct {
	// Customers is the number of customers who sign up; default 2,000. With the
	// same number of products, customer i is the same in a larger shop.
	Customers int
	// Days is the number of days simulated, the first being Start; default 730.
	Days int
	// Seed selects the shop among all shops of this Config; any value will do.
	Seed uint64
	// Start is the first day. By default it is set so that the end day, the
	// first after the simulation, is 2026-07-01; so no shop starts on 1970-01-01.
	Start history.Day
	// Products is the size of the catalogue, at least 12; default 500, growing
	// by one per 200 customers beyond 100,000 up to 5,000.
	Products int
	// EngagementShare is the share of engagement rows that are exported, as a
	// tracker that samples would; up to 1, the default, which gives somewhat
	// fewer rows than order lines. Negative exports none. Orders and truth do
	// not depend on it.
	EngagementShare float64
	// NoActions simulates a shop that sends nothing. The truth is about a future
	// without actions; only here does the past look like it.
	NoActions bool
}

// End returns the end day: the first day after the simulation, as of which the
// truth holds.
func (c Config) End() history.Day {
	c = c.withDefaults()
	return c.Start + history.Day(c.Days)
}

func (c Config) withDefaults() Config {
	if c.Customers == 0 {
		c.Customers = 2000
	}
	if c.Days == 0 {
		c.Days = 730
	}
	if c.Start == 0 {
		c.Start = defaultEnd - history.Day(c.Days)
	}
	if c.Products == 0 {
		c.Products = min(max(c.Customers/200, 500), 5000)
	}
	if c.EngagementShare == 0 {
		c.EngagementShare = 1
	}
	return c
}

func (c Config) validate() error {
	const maxDays = 36525 // a century: dates stay within four-digit years
	switch {
	case c.Customers < 0:
		return fmt.Errorf("simulate: %d customers (give 1 or more)", c.Customers)
	case c.Days < 0 || c.Days > maxDays:
		return fmt.Errorf("simulate: %d days (give 1 to %d)", c.Days, maxDays)
	case c.Products < categoryCount:
		return fmt.Errorf("simulate: %d products (give %d or more, one per category)", c.Products, categoryCount)
	case !(c.EngagementShare <= 1):
		return fmt.Errorf("simulate: engagement share %v (give at most 1, or a negative number for none)", c.EngagementShare)
	case c.Start < -maxDays || c.Start > 2*maxDays:
		return fmt.Errorf("simulate: start %v is out of range (give a day between 1870 and 2170)", c.Start)
	}
	return nil
}
