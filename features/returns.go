package features

import "math"

var orderReturns = []string{"orders.ordered_at", "orders.amount", "orders.quantity"}

var returns = Family{
	Name: "returns",
	Doc:  "What the customer sent back. A return counts on the day it happened.",
	Features: []Feature{
		{Name: "return_lines_total", Doc: "Lines taken back so far.", From: orderReturns, Unit: Count,
			Words: Words{Churn: +1, More: "{value} order lines sent back so far"},
			value: func(p *past) float64 { return float64(p.in[ever].returns) }},
		{Name: "return_lines_90d", Doc: "Lines taken back in the last 90 days.", From: orderReturns, Window: 90, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last90d].returns) }},
		{Name: "returned_share_total", Doc: "Money given back over revenue before returns, at most 1.", From: lineAmount, Unit: Share, Missing: "no revenue yet",
			value: func(p *past) float64 { return p.returnedShare(ever) }},
		{Name: "returned_share_365d", Doc: "Money given back over revenue before returns in the last 365 days, at most 1.", From: orderAmount, Window: 365, Unit: Share, Missing: "no revenue in 365 days",
			value: func(p *past) float64 { return p.returnedShare(last365d) }},
		{Name: "return_recency_days", Doc: "Days since the last return.", From: orderReturns, Unit: Days, Missing: "nothing returned",
			value: func(p *past) float64 { return p.since(p.lastReturn) }},
		{Name: "returned_after_last_order", Doc: "1 if something was returned on or after the last order day.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				switch {
				case len(p.days) == 0:
					return math.NaN()
				case p.lastReturn >= p.orderDay(1):
					return 1
				}
				return 0
			}},
	},
}

func (p *past) returnedShare(w window) float64 {
	return math.Min(1, ratio(math.Max(0, p.in[w].returned), p.in[w].revenue))
}
