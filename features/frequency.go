package features

import "math"

var frequency = Family{
	Name: "frequency",
	Doc:  "How often the customer buys.",
	Features: []Feature{
		{Name: "orders_total", Doc: "Orders so far; all lines of one order id are one order, on the day of the first.",
			From: orderDays, Unit: Count,
			Words: Words{Churn: -1, More: "{value} orders so far; usual here: {reference}", Less: "Only {value} orders so far; usual here: {reference}"},
			value: func(p *past) float64 { return float64(p.in[ever].orders) }},
		{Name: "repeat_order_days", Doc: "Days with an order after the first: x in customer-base models.",
			From: orderDays, Unit: Count, Missing: noOrder,
			value: func(p *past) float64 {
				if len(p.days) == 0 {
					return math.NaN()
				}
				return float64(len(p.days) - 1)
			}},
		{Name: "bought_once", Doc: "1 if there was exactly one order day.",
			From: orderDays, Unit: Share,
			value: func(p *past) float64 {
				if len(p.days) == 1 {
					return 1
				}
				return 0
			}},
		{Name: "orders_30d", Doc: "Orders in the last 30 days.", From: orderDays, Window: 30, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last30d].orders) }},
		{Name: "orders_90d", Doc: "Orders in the last 90 days.", From: orderDays, Window: 90, Unit: Count,
			Words: Words{Churn: -1, More: "{value} orders in the last 90 days", Less: "Orders in the last 90 days: {value}; usual here: {reference}"},
			value: func(p *past) float64 { return float64(p.in[last90d].orders) }},
		{Name: "orders_180d", Doc: "Orders in the last 180 days.", From: orderDays, Window: 180, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last180d].orders) }},
		{Name: "orders_365d", Doc: "Orders in the last 365 days.", From: orderDays, Window: 365, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last365d].orders) }},
		{Name: "order_days_per_30d", Doc: "Order days per 30 days of tenure; a tenure under 30 days counts as 30.",
			From: orderDays, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 { return 30 * float64(len(p.days)) / math.Max(30, p.tenure()) }},
		{Name: "active_months_360d", Doc: "Of the last twelve spans of 30 days, those with an order.",
			From: orderDays, Window: 360, Unit: Count,
			value: func(p *past) float64 {
				months, last := 0, int32(-1)
				for _, day := range p.days {
					month := (int32(p.cutoff-day) - 1) / 30
					if month < 12 && month != last {
						months++
						last = month
					}
				}
				return float64(months)
			}},
	},
}
