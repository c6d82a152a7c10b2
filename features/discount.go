package features

import "math"

var (
	orderDiscount       = []string{"orders.order_id", "orders.ordered_at", "orders.discount"}
	orderDiscountAmount = []string{"orders.order_id", "orders.ordered_at", "orders.amount", "orders.discount"}
	lineDiscountAmount  = []string{"orders.ordered_at", "orders.amount", "orders.discount"}
)

const noDiscounts = "no purchase says what was taken off"

var discount = Family{
	Name: "discount",
	Doc:  "How much the customer buys at a discount.",
	Features: []Feature{
		{Name: "discount_share_total", Doc: "Money taken off over money before discount.", From: lineDiscountAmount, Unit: Share, Missing: noDiscounts + ", or none of any value",
			Words: Words{Churn: +1, More: "Buys at {value} discount on average; {reference} is usual", Less: "Buys at {value} discount on average"},
			value: func(p *past) float64 { return p.discountShare(ever) }},
		{Name: "discount_share_365d", Doc: "Money taken off over money before discount in the last 365 days.", From: orderDiscountAmount, Window: 365, Unit: Share, Missing: noDiscounts + ", or none of any value in 365 days",
			value: func(p *past) float64 { return p.discountShare(last365d) }},
		{Name: "discounted_order_share", Doc: "Share of orders with a discount.", From: orderDiscount, Unit: Share, Missing: noDiscounts,
			value: func(p *past) float64 { return p.discountedShare(ever) }},
		{Name: "discounted_order_share_90d", Doc: "Share of the orders of the last 90 days with a discount.", From: orderDiscount, Window: 90, Unit: Share, Missing: noDiscounts + ", or no order in 90 days",
			value: func(p *past) float64 { return p.discountedShare(last90d) }},
		{Name: "last_order_discounted", Doc: "1 if the last order had a discount.", From: orderDiscount, Unit: Share, Missing: noDiscounts,
			value: func(p *past) float64 {
				switch {
				case !p.hasDiscount:
					return math.NaN()
				case p.orders[len(p.orders)-1].discount > 0:
					return 1
				}
				return 0
			}},
		{Name: "discount_recency_days", Doc: "Days since the last order with a discount.", From: orderDiscount, Unit: Days, Missing: "no order with a discount",
			value: func(p *past) float64 { return p.since(p.lastDiscounted) }},
	},
}

func (p *past) discountShare(w window) float64 {
	if !p.hasDiscount {
		return math.NaN()
	}
	t := &p.in[w]
	return ratio(t.discount, t.discount+t.revenue)
}

func (p *past) discountedShare(w window) float64 {
	if !p.hasDiscount {
		return math.NaN()
	}
	return ratio(float64(p.in[w].discounted), float64(p.in[w].orders))
}
