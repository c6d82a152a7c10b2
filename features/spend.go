package features

import "math"

var spend = Family{
	Name: "spend",
	Doc:  "How much the customer spends. Revenue is net of returns unless said otherwise.",
	Features: []Feature{
		{Name: "revenue_total", Doc: "Revenue so far, net of returns.", From: lineAmount, Unit: Money,
			Words: Words{Churn: -1, More: "Spent {value} so far, net of returns; {reference} is usual", Less: "Spent {value} so far, net of returns; {reference} is usual"},
			value: func(p *past) float64 { return p.in[ever].net() }},
		{Name: "revenue_30d", Doc: "Net revenue of the last 30 days.", From: orderAmount, Window: 30, Unit: Money,
			value: func(p *past) float64 { return p.in[last30d].net() }},
		{Name: "revenue_90d", Doc: "Net revenue of the last 90 days.", From: orderAmount, Window: 90, Unit: Money,
			Words: Words{Churn: -1, More: "Spent {value} in the last 90 days", Less: "Spent {value} in the last 90 days; {reference} is usual"},
			value: func(p *past) float64 { return p.in[last90d].net() }},
		{Name: "revenue_180d", Doc: "Net revenue of the last 180 days.", From: orderAmount, Window: 180, Unit: Money,
			value: func(p *past) float64 { return p.in[last180d].net() }},
		{Name: "revenue_365d", Doc: "Net revenue of the last 365 days.", From: orderAmount, Window: 365, Unit: Money,
			value: func(p *past) float64 { return p.in[last365d].net() }},
		{Name: "revenue_per_30d", Doc: "Net revenue per 30 days of tenure; a tenure under 30 days counts as 30.",
			From: lineAmount, Unit: Money, Missing: noOrder,
			value: func(p *past) float64 { return 30 * p.in[ever].net() / math.Max(30, p.tenure()) }},
		{Name: "average_order_value", Doc: "Mean value of an order before returns.", From: orderAmount, Unit: Money, Missing: noOrder,
			value: func(p *past) float64 { return ratio(p.in[ever].revenue, float64(p.in[ever].orders)) }},
		{Name: "average_order_value_365d", Doc: "Mean value of an order of the last 365 days before returns.",
			From: orderAmount, Window: 365, Unit: Money, Missing: "no order in 365 days",
			value: func(p *past) float64 { return ratio(p.in[last365d].revenue, float64(p.in[last365d].orders)) }},
		{Name: "last_order_value", Doc: "Value of the last order before returns.", From: orderAmount, Unit: Money, Missing: noOrder,
			value: func(p *past) float64 { return p.orderValue(len(p.orders) - 1) }},
		{Name: "first_order_value", Doc: "Value of the first order before returns.", From: orderAmount, Unit: Money, Missing: noOrder,
			value: func(p *past) float64 { return p.orderValue(0) }},
		{Name: "largest_order_value", Doc: "Value of the largest order before returns.", From: orderAmount, Unit: Money, Missing: noOrder,
			value: func(p *past) float64 {
				largest := p.orderValue(0)
				for i := range p.orders {
					largest = max(largest, p.orders[i].revenue)
				}
				return largest
			}},
		{Name: "order_value_cv", Doc: "Standard deviation of order values over their mean.", From: orderAmount, Unit: Ratio, Missing: "fewer than two orders, or none of any value",
			value: (*past).orderValueCV},
	},
}

// orderValue returns the revenue of order i, NaN if there is none.
func (p *past) orderValue(i int) float64 {
	if i < 0 || i >= len(p.orders) {
		return math.NaN()
	}
	return p.orders[i].revenue
}

// orderValueCV returns the coefficient of variation of the order values.
func (p *past) orderValueCV() float64 {
	values := p.scratch[:0]
	for i := range p.orders {
		values = append(values, p.orders[i].revenue)
	}
	p.scratch = values
	mean, sd := moments(values)
	return ratio(sd, mean)
}

// moments returns the mean and the sample standard deviation of values, NaN
// where there are too few for them.
func moments(values []float64) (mean, sd float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v
	}
	mean /= n
	if n < 2 {
		return mean, math.NaN()
	}
	for _, v := range values {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / (n - 1))
}
