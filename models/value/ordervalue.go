package value

import (
	"math"
	"slices"
)

// OrderValue says what an order of a customer will be worth.
type OrderValue struct {
	// Mean is the shop's, over customers.
	Mean float64 `json:"mean"`
	// Weight is the number of own orders that weigh as much as the shop's mean:
	// Bühlmann's k (Bühlmann 1967).
	Weight float64 `json:"weight"`
	// Scale is the revenue of training rows per predicted revenue.
	Scale float64 `json:"scale"`
}

// of returns the credibility-weighted mean of own orders and of the shop's.
func (v *OrderValue) of(c customer) float64 {
	return (c.orders*c.value + v.Weight*v.Mean) / (c.orders + v.Weight)
}

// weights returns the weights that fitOrderValue tries.
func weights() []float64 { return []float64{0.25, 0.5, 1, 2, 4, 8, 16, 32, 64} }

// fitOrderValue chooses the weight that best tells from the past what those who
// ordered then paid, given how often they did. Bühlmann's own estimate, the
// variance within customers over the variance between them, is ruled by the few
// largest orders: on public shops it is 5 to 100 where 1 to 8 predicts best.
// Scale is left at 1.
func fitOrderValue(c columns, labels Labels) OrderValue {
	v := OrderValue{Mean: shopMean(c), Weight: 2, Scale: 1}
	least := math.Inf(1)
	for _, weight := range weights() {
		if loss := valueLoss(OrderValue{Mean: v.Mean, Weight: weight}, c, labels); loss < least {
			least, v.Weight = loss, weight
		}
	}
	return v
}

// valueLoss returns the deviance of the revenue of those who ordered, their
// orders known and the total right; +Inf without any.
func valueLoss(v OrderValue, c columns, labels Labels) float64 {
	var actual, predicted, loss float64
	for i, orders := range labels.Orders {
		if orders > 0 {
			actual += math.Max(0, labels.Revenue[i])
			predicted += orders * v.of(c.customer(i))
		}
	}
	if !(actual > 0 && predicted > 0) {
		return math.Inf(1)
	}
	for i, orders := range labels.Orders {
		if orders > 0 {
			loss += deviance(labels.Revenue[i], actual/predicted*orders*v.of(c.customer(i)))
		}
	}
	return loss
}

// tailShare of the customers with the highest order values count as the next
// below them in the shop's mean: a wholesale order is nobody else's.
const tailShare = 0.01

// shopMean returns the mean over customers of their mean order value.
func shopMean(c columns) float64 {
	var values []float64
	for i := range c.orders {
		if customer := c.customer(i); customer.orders > 0 {
			values = append(values, customer.value)
		}
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	limit := values[int(float64(len(values)-1)*(1-tailShare))]
	var sum float64
	for _, v := range values {
		sum += math.Min(v, limit)
	}
	return sum / float64(len(values))
}
