package features

import "math"

var returns = Family{
	Name: "returns",
	Doc:  "What the customer sent back. A return counts on the day it happened.",
	Features: []Feature{
		{Name: "return_lines_total", Doc: "Lines taken back so far.", From: orderQuantity, Unit: Count,
			Words: Words{More: "Sent back {value} items so far"},
			value: func(p *past) float64 { return float64(p.in[ever].returns) }},
		{Name: "return_lines_90d", Doc: "Lines taken back in the last 90 days.", From: orderQuantity, Window: 90, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last90d].returns) }},
		{Name: "returned_share_total", Doc: "Money given back over revenue before returns, at most 1.", From: orderAmount, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 { return p.returnedShare(ever) }},
		{Name: "returned_share_365d", Doc: "The same over the last 365 days.", From: orderAmount, Window: 365, Unit: Share, Missing: "no revenue in 365 days",
			value: func(p *past) float64 { return p.returnedShare(last365d) }},
		{Name: "return_recency_days", Doc: "Days since the last return.", From: orderTimes, Unit: Days, Missing: "nothing returned",
			value: func(p *past) float64 { return p.since(p.lastReturn) }},
		{Name: "returned_after_last_order", Doc: "1 if something was returned on or after the last order day.", From: orderTimes, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				switch {
				case len(p.days) == 0:
					return math.NaN()
				case p.lastReturn >= p.lastOrder():
					return 1
				}
				return 0
			}},
	},
}

func (p *past) returnedShare(w window) float64 {
	return math.Min(1, ratio(math.Max(0, p.in[w].returned), p.in[w].revenue))
}
