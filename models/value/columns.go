package value

import (
	"fmt"
	"slices"
)

// columns are the feature columns that the model reads.
type columns struct {
	orders, revenue, tenure []float32
}

// readColumns finds the columns, each of n rows.
func readColumns(names []string, x [][]float32, n int) (c columns, err error) {
	if len(names) != len(x) {
		return c, fmt.Errorf("%d names for %d columns", len(names), len(x))
	}
	for _, want := range []struct {
		name string
		into *[]float32
	}{
		{"orders_total", &c.orders}, {"revenue_total", &c.revenue}, {"tenure_days", &c.tenure},
	} {
		j := slices.Index(names, want.name)
		if j < 0 {
			return c, fmt.Errorf("column %s is missing", want.name)
		}
		if len(x[j]) != n {
			return c, fmt.Errorf("column %s has %d rows, not %d", want.name, len(x[j]), n)
		}
		*want.into = x[j]
	}
	return c, nil
}

// customer is a row of the columns.
type customer struct {
	orders  float64
	value   float64 // mean of an order net of returns, not below 0; 0 without an order
	repeats float64 // orders after the first
	tenure  float64 // days since the first order, 0 without an order
}

func (c *columns) customer(i int) customer {
	orders := positive(c.orders[i])
	if orders == 0 {
		return customer{}
	}
	return customer{
		orders:  orders,
		value:   positive(c.revenue[i]) / orders,
		repeats: max(0, orders-1),
		tenure:  positive(c.tenure[i]),
	}
}

// positive returns v, and 0 for what is below it or no number.
func positive(v float32) float64 {
	if v > 0 && v-v == 0 { // Inf-Inf is NaN
		return float64(v)
	}
	return 0
}
