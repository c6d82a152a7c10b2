package lab

import (
	"context"
	"math"
	"slices"

	"perennial/command"
	"perennial/models/btyd"
	"perennial/models/btyd/picture"
	"perennial/pipeline/history"
)

// customerBase is the customers of a table, cut into what models know and what
// they are judged by. Days count from 1970.
type customerBase struct {
	unit       timeUnit
	now        int  // last day that models know
	end        int  // last day of the holdout; now without one
	first      int  // day of the first order
	valued     bool // orders have amounts
	people     []btyd.Prepared
	customers  []btyd.Customer // of people
	orders     []orderDays     // of people
	covariates []string
	z          [][]float64 // z[j][i] is covariates[j] of people[i]
	weeks      []int       // last days of the weeks since first, for tracking
	later      int         // customers who came after now
	notes      []string
	warnings   []string
}

// readCustomerBase reads the files that opts names.
func readCustomerBase(ctx context.Context, opts CustomersOptions, progress command.Progress) (*customerBase, error) {
	table, err := readOrderTable(ctx, opts, progress)
	if err != nil {
		return nil, err
	}
	base, err := newCustomerBase(table, opts)
	if err != nil {
		return nil, err
	}
	if opts.Covariates != "" {
		if err := base.readCovariates(opts.Covariates); err != nil {
			return nil, err
		}
	}
	return base, nil
}

func newCustomerBase(table *orderTable, opts CustomersOptions) (*customerBase, error) {
	unit, err := opts.unit()
	if err != nil {
		return nil, err
	}
	b := &customerBase{unit: unit, valued: table.valued, notes: table.notes}
	if err := b.cut(table, opts); err != nil {
		return nil, err
	}
	for _, person := range table.people {
		if int(person.days[0]) > b.now {
			b.later++
			continue
		}
		b.orders = append(b.orders, person)
	}
	if err := b.describe(); err != nil {
		return nil, err
	}
	for day := b.first + 6; day <= b.end; day += 7 {
		b.weeks = append(b.weeks, day)
	}
	return b, nil
}

// describe fills in what is known of the customers by now, and what they did until
// end.
func (b *customerBase) describe() (err error) {
	log := make([]btyd.Transaction, 0, len(b.orders))
	for i := range b.orders {
		log = b.orders[i].append(log)
	}
	if b.people, err = btyd.Prepare(log, btyd.Period{Now: b.now, HoldoutEnd: b.end, UnitDays: b.unit.days}); err != nil {
		return err
	}
	b.first = b.end
	b.customers = make([]btyd.Customer, len(b.people))
	for i, person := range b.people {
		b.customers[i] = person.Customer
		b.first = min(b.first, person.FirstDay)
	}
	return nil
}

// asOf is the base as it was at the end of an earlier day, judged until end: at
// most about limit of the customers who had come by then, spread evenly.
func (b *customerBase) asOf(now, end, limit int) (*customerBase, error) {
	past := &customerBase{unit: b.unit, now: now, end: end, valued: b.valued, covariates: b.covariates, z: make([][]float64, len(b.z))}
	stride := len(b.orders)/limit + 1
	for i := 0; i < len(b.orders); i += stride {
		if int(b.orders[i].days[0]) > now {
			continue
		}
		past.orders = append(past.orders, b.orders[i])
		for j := range b.z {
			past.z[j] = append(past.z[j], b.z[j][i])
		}
	}
	return past, past.describe()
}

// cut finds the ends of calibration and holdout.
func (b *customerBase) cut(table *orderTable, opts CustomersOptions) error {
	now, end, err := opts.days()
	if err != nil {
		return err
	}
	b.now = int(table.last)
	if now != nil {
		b.now = int(*now)
	}
	b.end = max(b.now, int(table.last))
	if end != nil {
		b.end = int(*end)
	}
	switch {
	case b.now < int(table.first):
		return command.Data("no order until --calibrate-until %v: the first is of %v (choose a later day)", history.Day(b.now), table.first)
	case b.end > int(table.last) && end != nil:
		b.warnings = append(b.warnings, "the table ends "+table.last.String()+", before the holdout does: models seem to promise too much (choose an earlier --holdout-until)")
	case now != nil && b.now > int(table.last):
		b.warnings = append(b.warnings, "the table ends "+table.last.String()+", before --calibrate-until: customers seem to have stopped")
	}
	return nil
}

// append adds the orders to a log.
func (p *orderDays) append(log []btyd.Transaction) []btyd.Transaction {
	for i, day := range p.days {
		log = append(log, btyd.Transaction{Customer: p.id, Day: int(day), Amount: p.amounts[i]})
	}
	return log
}

// heldOutDays is the length of the holdout, 0 without one.
func (b *customerBase) heldOutDays() int { return b.end - b.now }

// units is a number of days in the unit of time.
func (b *customerBase) units(days int) float64 { return float64(days) / b.unit.days }

// log returns the orders of one customer.
func (b *customerBase) log(i int) []btyd.Transaction { return b.orders[i].append(nil) }

// frequencyClasses is 0 to 6 repeat orders, and 7 or more.
const frequencyClasses = 8

// frequencies returns how many customers have so many repeat orders.
func (b *customerBase) frequencies() []float64 {
	counts := make([]float64, frequencyClasses)
	for _, c := range b.customers {
		counts[min(c.Orders, frequencyClasses-1)]++
	}
	return counts
}

// repeats returns the repeat orders up to the end of each of days, which rise.
func (b *customerBase) repeats(days []int) []float64 {
	sums := make([]float64, len(days))
	for _, person := range b.orders {
		for _, day := range person.days[1:] {
			if k, _ := slices.BinarySearch(days, int(day)); k < len(days) {
				sums[k]++
			}
		}
	}
	for k := 1; k < len(sums); k++ {
		sums[k] += sums[k-1]
	}
	return sums
}

// cohorts counts customers by the day of their first order; group tells which of
// models is theirs, nil means the only one.
func (b *customerBase) cohorts(models []btyd.Model, group []int32) []picture.Cohort {
	days := b.now - b.first + 1
	counts := make(map[int64]int)
	for i, person := range b.people {
		g := int64(0)
		if group != nil {
			g = int64(group[i])
		}
		counts[g*int64(days)+int64(person.FirstDay-b.first)]++
	}
	keys := make([]int64, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	cohorts := make([]picture.Cohort, len(models))
	for g := range models {
		cohorts[g].Model = models[g]
	}
	for _, key := range keys {
		c := &cohorts[key/int64(days)]
		c.FirstDays = append(c.FirstDays, b.first+int(key%int64(days)))
		c.Customers = append(c.Customers, counts[key])
	}
	return cohorts
}

// oldest is the greatest age of a customer, in the unit of time.
func (b *customerBase) oldest() float64 {
	age := 0.0
	for _, c := range b.customers {
		age = math.Max(age, c.Age)
	}
	return age
}
