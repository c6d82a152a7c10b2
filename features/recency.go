package features

// order_id is read where orders are counted, or where a line can count on the
// day of the first line of its order instead of its own.
var (
	lineDays    = []string{"orders.ordered_at"}
	lineAmount  = []string{"orders.ordered_at", "orders.amount"}
	orderDays   = []string{"orders.order_id", "orders.ordered_at"}
	orderAmount = []string{"orders.order_id", "orders.ordered_at", "orders.amount"}
)

const noOrder = "no order yet"

var recency = Family{
	Name: "recency",
	Doc:  "How long ago the customer last bought.",
	Features: []Feature{
		{Name: "recency_days", Doc: "Days from the last order to the cutoff.",
			From: orderDays, Unit: Days, Missing: noOrder,
			Words: Words{Churn: +1, More: "No order for {value} days; customers here typically ordered {reference} days ago", Less: "Ordered {value} days ago"},
			value: func(p *past) float64 { return p.since(p.orderDay(1)) }},
		{Name: "second_recency_days", Doc: "Days from the last but one order day to the cutoff.",
			From: orderDays, Unit: Days, Missing: "fewer than two order days",
			value: func(p *past) float64 { return p.since(p.orderDay(2)) }},
		{Name: "third_recency_days", Doc: "Days from the third last order day to the cutoff.",
			From: orderDays, Unit: Days, Missing: "fewer than three order days",
			value: func(p *past) float64 { return p.since(p.orderDay(3)) }},
		{Name: "recency_share", Doc: "Days since the last order over days since the first: near 0 has just ordered again, 1 never came back.",
			From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 { return ratio(p.since(p.orderDay(1)), p.tenure()) }},
	},
}
