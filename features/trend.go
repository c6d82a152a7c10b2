package features

import "math"

// A trend compares with a span before. It is missing for customers who were not
// there yet in all of it: a newcomer's rise from nothing is no trend, and would
// be read as one in every shop whose data begin shortly before the cutoff.
const tooNew = "first order is younger than the two spans compared"

var trend = Family{
	Name: "trend",
	Doc:  "Whether the customer buys more or less than before.",
	Features: []Feature{
		{Name: "orders_trend_90d", Doc: "log((orders of the last 90 days + 0.5) / (orders of the 90 days before + 0.5)).",
			From: orderDays, Window: 180, Unit: Log, Missing: tooNew,
			Words: Words{Churn: -1, More: "Orders more often than in the three months before", Less: "Orders less often than in the three months before"},
			value: func(p *past) float64 {
				recent := float64(p.in[last90d].orders)
				return p.ifThere(180, logRatio(recent, float64(p.in[last180d].orders)-recent, 0.5))
			}},
		{Name: "orders_trend_30d", Doc: "log of orders in the last 30 days against a third of those in the last 90 days, 0.5 added to both.",
			From: orderDays, Window: 90, Unit: Log, Missing: tooNew,
			value: func(p *past) float64 {
				return p.ifThere(90, logRatio(float64(p.in[last30d].orders), float64(p.in[last90d].orders)/3, 0.5))
			}},
		{Name: "orders_trend_180d", Doc: "log((orders of the last 180 days + 0.5) / (orders of the 185 days before + 0.5)).",
			From: orderDays, Window: 365, Unit: Log, Missing: tooNew,
			value: func(p *past) float64 {
				recent := float64(p.in[last180d].orders)
				return p.ifThere(365, logRatio(recent, float64(p.in[last365d].orders)-recent, 0.5))
			}},
		{Name: "revenue_trend_90d", Doc: "log of revenue before returns in the last 90 days against the 90 days before, one average order value so far added to both.",
			From: orderAmount, Unit: Log, Missing: tooNew + ", or no order of any value",
			value: func(p *past) float64 {
				recent := p.in[last90d].revenue
				return p.ifThere(180, logRatio(recent, p.in[last180d].revenue-recent, p.in[ever].revenue/float64(p.in[ever].orders)))
			}},
		{Name: "gap_trend", Doc: "log of the last gap against the mean gap, one day added to both.",
			From: orderDays, Unit: Log, Missing: noGap,
			value: func(p *past) float64 { return logRatio(p.rhythm.last, p.rhythm.mean, 1) }},
		{Name: "order_value_trend", Doc: "log of the last order's value against the mean, one hundredth of the mean added to both.",
			From: orderAmount, Unit: Log, Missing: "fewer than two orders, or none of any value",
			value: func(p *past) float64 {
				if len(p.orders) < 2 {
					return math.NaN()
				}
				mean := p.in[ever].revenue / float64(len(p.orders))
				return logRatio(p.orderValue(len(p.orders)-1), mean, mean/100)
			}},
	},
}

// ifThere returns value if the first order is at least days old, else NaN.
func (p *past) ifThere(days int, value float64) float64 {
	if !(p.tenure() >= float64(days)) {
		return math.NaN()
	}
	return value
}

// logRatio returns log((a+pad)/(b+pad)), NaN where pad is not above zero.
func logRatio(a, b, pad float64) float64 {
	if !(pad > 0) {
		return math.NaN()
	}
	return math.Log((a + pad) / (b + pad))
}
