package value

import (
	"fmt"
	"math"
	"slices"
)

// columns are the feature columns that the model reads.
type columns struct {
	orders, revenue, tenure, averageValue, valueCV []float32
}

func readColumns(names []string, x [][]float32) (c columns, err error) {
	for _, want := range []struct {
		name string
		into *[]float32
	}{
		{"orders_total", &c.orders}, {"revenue_total", &c.revenue}, {"tenure_days", &c.tenure},
		{"average_order_value", &c.averageValue}, {"order_value_cv", &c.valueCV},
	} {
		j := slices.Index(names, want.name)
		if j < 0 {
			return c, fmt.Errorf("column %s is missing", want.name)
		}
		*want.into = x[j]
	}
	return c, nil
}

// netValue returns the mean value of row i's orders net of returns, not below
// zero, and the number of orders.
func (c *columns) netValue(i int) (value, orders float64) {
	orders = float64(c.orders[i])
	if !(orders > 0) {
		return 0, 0
	}
	return math.Max(0, float64(c.revenue[i])/orders), orders
}

// tailShare is cut off the largest order values before variances are taken:
// a single wholesale order would otherwise hide how much customers differ.
const tailShare = 0.01

// credibility returns the shop's mean order value, and the number of own orders
// that weigh as much as it: Bühlmann's k, the variance of orders within a
// customer over the variance of means between customers (Bühlmann 1967).
func credibility(c columns) (shopMean, weight float64) {
	var values []float64
	for i := range c.orders {
		if value, orders := c.netValue(i); orders > 0 {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return 0, 1
	}
	sorted := slices.Sorted(slices.Values(values))
	limit := sorted[int(float64(len(sorted)-1)*(1-tailShare))]
	for _, v := range values {
		shopMean += math.Min(v, limit)
	}
	shopMean /= float64(len(values))
	within, between := variances(c, shopMean, limit)
	const fewest, most = 0.1, 100
	if !(between > 0) {
		return shopMean, most
	}
	return shopMean, math.Min(most, math.Max(fewest, within/between))
}

// variances returns the mean variance of order values within customers, and of
// customers' true means, by the method of moments.
func variances(c columns, shopMean, limit float64) (within, between float64) {
	var repeaters, n, noise float64
	for i := range c.orders {
		value, orders := c.netValue(i)
		if orders == 0 {
			continue
		}
		value = math.Min(value, limit)
		d := value - shopMean
		between += d * d
		noise += 1 / orders
		n++
		if cv := float64(c.valueCV[i]); cv >= 0 {
			sd := cv * math.Min(float64(c.averageValue[i]), limit)
			within += sd * sd
			repeaters++
		}
	}
	if repeaters > 0 {
		within /= repeaters
	}
	return within, between/n - within*noise/n
}
