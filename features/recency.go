package features

import "math"

// order_id is read where orders are counted, or where a line can count on the
// day of the first line of its order instead of its own.
var (
	lineDays    = []string{"orders.ordered_at"}
	lineAmount  = []string{"orders.ordered_at", "orders.amount"}
	orderDays   = []string{"orders.order_id", "orders.ordered_at"}
	orderAmount = []string{"orders.order_id", "orders.ordered_at", "orders.amount"}
)

const noOrder = "no order yet"

// priorDays is α of silence_log_odds, which keeps the first weeks from saying
// much: a quarter, a usual gap of shops.
const priorDays = 90

var recency = Family{
	Name: "recency",
	Doc:  "How long ago the customer last bought.",
	Features: []Feature{
		{Name: "recency_days", Doc: "Days from the last order to the cutoff.",
			From: orderDays, Unit: Days, Missing: noOrder,
			Words: Words{Churn: +1, More: "No order for {value} days; half of the customers here ordered within {reference}", Less: "Ordered {value} days ago"},
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
		{Name: "once_recency_days", Doc: "Days from the only order day to the cutoff: the first weeks decide whether she ever comes back.",
			From: orderDays, Unit: Days, Missing: "no order yet, or more than one order day",
			value: func(p *past) float64 {
				if len(p.days) != 1 {
					return math.NaN()
				}
				return p.since(p.orderDay(1))
			}},
		{Name: "repeat_recency_days", Doc: "Days from the last order to the cutoff of a customer who has come back.",
			From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 {
				if len(p.days) < 2 {
					return math.NaN()
				}
				return p.since(p.orderDay(1))
			}},
		{Name: "silence_log_odds", Doc: "What the silence says for having left: (x+1)·log((T+90)/(t_x+90)), the log odds of the BG/NBD model (Fader, Hardie and Lee 2005) but for a constant.",
			From: orderDays, Unit: Log, Missing: noOrder,
			value: func(p *past) float64 {
				silence := math.Log((p.tenure() + priorDays) / (p.lifetime() + priorDays))
				return float64(len(p.days)) * silence
			}},
	},
}
