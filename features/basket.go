package features

import "math"

var (
	orderQuantity = []string{"orders.order_id", "orders.ordered_at", "orders.quantity"}
	itemPrice     = []string{"orders.ordered_at", "orders.amount", "orders.quantity"}
)

const noQuantity = "no purchase with a quantity"

var basket = Family{
	Name: "basket",
	Doc:  "What one order looks like.",
	Features: []Feature{
		{Name: "lines_per_order", Doc: "Mean lines of an order.", From: orderDays, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 {
				return p.perOrder(func(o *order) float64 { return float64(o.lines) })
			}},
		{Name: "items_per_order", Doc: "Mean quantity of an order.", From: orderQuantity, Unit: Ratio, Missing: noOrder,
			value: func(p *past) float64 { return p.perOrder(func(o *order) float64 { return o.quantity }) }},
		{Name: "last_order_lines", Doc: "Lines of the last order.", From: orderDays, Unit: Count, Missing: noOrder,
			value: func(p *past) float64 {
				if len(p.orders) == 0 {
					return math.NaN()
				}
				return float64(p.orders[len(p.orders)-1].lines)
			}},
		{Name: "average_item_price", Doc: "Revenue before returns over quantity.", From: itemPrice, Unit: Money, Missing: noQuantity,
			value: func(p *past) float64 {
				var quantity float64
				for i := range p.orders {
					quantity += p.orders[i].quantity
				}
				return ratio(p.in[ever].revenue, quantity)
			}},
		{Name: "top_item_price", Doc: "Highest price paid for one item.", From: itemPrice, Unit: Money, Missing: noQuantity,
			value: func(p *past) float64 { return p.topPrice }},
		{Name: "single_line_share", Doc: "Share of orders with one line.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 { return p.orderShare(func(o *order) bool { return o.lines == 1 }) }},
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

// orderShare returns the share of orders for which is holds, NaN without one.
func (p *past) orderShare(is func(*order) bool) float64 {
	n := 0
	for i := range p.orders {
		if is(&p.orders[i]) {
			n++
		}
	}
	return ratio(float64(n), float64(len(p.orders)))
}
