package features

import "math"

var orderQuantity = []string{"orders.ordered_at", "orders.quantity"}

var basket = Family{
	Name: "basket",
	Doc:  "What one order looks like.",
	Features: []Feature{
		{Name: "lines_per_order", Doc: "Mean lines of an order.", From: orderTimes, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 {
				return p.perOrder(func(o *order) float64 { return float64(o.lines) })
			}},
		{Name: "items_per_order", Doc: "Mean quantity of an order.", From: orderQuantity, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 { return p.perOrder(func(o *order) float64 { return o.quantity }) }},
		{Name: "last_order_lines", Doc: "Lines of the last order.", From: orderTimes, Unit: Count, Missing: noOrder,
			value: func(p *past) float64 {
				if len(p.orders) == 0 {
					return math.NaN()
				}
				return float64(p.orders[len(p.orders)-1].lines)
			}},
		{Name: "average_item_price", Doc: "Revenue before returns over quantity.", From: []string{"orders.amount", "orders.quantity"}, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 {
				var quantity float64
				for i := range p.orders {
					quantity += p.orders[i].quantity
				}
				return ratio(p.in[ever].revenue, quantity)
			}},
		{Name: "top_item_price", Doc: "Highest price paid for one item.", From: []string{"orders.amount", "orders.quantity"}, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 {
				top := math.NaN()
				for i := range p.orders {
					top = math.Max(p.orders[i].topPrice, orZero(top))
				}
				return top
			}},
		{Name: "single_line_share", Doc: "Share of orders with one line.", From: orderTimes, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				return p.perOrder(func(o *order) float64 {
					if o.lines == 1 {
						return 1
					}
					return 0
				})
			}},
	},
}

// perOrder returns the mean of value over the orders, NaN without one.
func (p *past) perOrder(value func(*order) float64) float64 {
	var sum float64
	for i := range p.orders {
		sum += value(&p.orders[i])
	}
	return ratio(sum, float64(len(p.orders)))
}

// orZero returns v, or 0 for NaN.
func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
