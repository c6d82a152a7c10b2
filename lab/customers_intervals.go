package lab

import (
	"context"

	"perennial/command"
	"perennial/models/btyd"
)

// customerRanges is an interval for every customer.
type customerRanges struct{ low, high []float64 }

func newCustomerRanges(n int) customerRanges {
	return customerRanges{make([]float64, n), make([]float64, n)}
}

const coverage = 0.8 // of all intervals

// orderRanges are the intervals of the orders in horizon, by chance and by what is
// not known of the parameters. Customers who are alike share one.
func (t *customerTrial) orderRanges(ctx context.Context, b *customerBase, horizon float64, progress command.Progress) (customerRanges, error) {
	of, first := t.alike(b)
	uncertain, err := t.uncertain(b)
	if err != nil {
		return customerRanges{}, err
	}
	distinct := newCustomerRanges(len(first))
	tick := progress.Step("intervals", blocks(len(first)))
	err = eachBlock(ctx, len(first), func(from, to int) error {
		for k := from; k < to; k++ {
			m, err := uncertain(first[k])
			if err != nil {
				return err
			}
			low, high := btyd.OrdersInterval(m, b.customers[first[k]], horizon, coverage)
			distinct.low[k], distinct.high[k] = float64(low), float64(high)
		}
		tick()
		return nil
	})
	ranges := newCustomerRanges(len(of))
	for i, place := range of {
		ranges.low[i], ranges.high[i] = distinct.low[place], distinct.high[place]
	}
	return ranges, err
}

// alike groups customers of whom the model says the same: of[i] is the group of
// customer i, first[g] its first customer.
func (t *customerTrial) alike(b *customerBase) (of, first []int) {
	type like struct {
		group     int32
		orders    int
		last, age float64
	}
	places := map[like]int{}
	of = make([]int, len(b.customers))
	for i, c := range b.customers {
		key := like{orders: c.Orders, last: c.Last, age: c.Age}
		if t.group != nil {
			key.group = t.group[i]
		}
		place, known := places[key]
		if !known {
			place = len(first)
			places[key], first = place, append(first, i)
		}
		of[i] = place
	}
	return of, first
}

// uncertain returns what gives the model of a customer that knows how uncertain
// it is.
func (t *customerTrial) uncertain(b *customerBase) (func(i int) (btyd.Model, error), error) {
	if t.group != nil {
		return func(i int) (btyd.Model, error) {
			values := make([]float64, len(b.z))
			for j := range values {
				values[j] = b.z[j][i]
			}
			return t.fit.Uncertain(values...)
		}, nil
	}
	m, err := t.fit.Uncertain()
	return func(int) (btyd.Model, error) { return m, nil }, err
}

// revenueRanges are those of the sum of the order values in horizon.
func (t *customerTrial) revenueRanges(ctx context.Context, b *customerBase, spend []btyd.GammaGamma, horizon float64, tick func()) (customerRanges, error) {
	ranges := newCustomerRanges(len(b.customers))
	err := eachBlock(ctx, len(b.customers), func(from, to int) error {
		for i := from; i < to; i++ {
			ranges.low[i], ranges.high[i] = btyd.ValueInterval(t.modelOf(i), spend, b.customers[i], horizon, coverage)
		}
		tick()
		return nil
	})
	return ranges, err
}

func (t *customerTrial) modelOf(i int) btyd.Model {
	if t.group == nil {
		return t.models[0]
	}
	return t.models[t.group[i]]
}
