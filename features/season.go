package features

import (
	"math"
	"time"
)

var season = Family{
	Name: "season",
	Doc:  "When in the day, the week and the year the customer buys.",
	Features: []Feature{
		{Name: "weekend_order_share", Doc: "Share of orders on Saturday or Sunday.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				return p.orderShare(func(o *order) bool {
					weekday := o.day.Weekday()
					return weekday == time.Saturday || weekday == time.Sunday
				})
			}},
		{Name: "evening_order_share", Doc: "Share of orders at 18:00 or later; where the source has dates only, 0.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 { return p.orderShare(func(o *order) bool { return o.hour >= 18 }) }},
		{Name: "main_weekday_share", Doc: "Share of orders on the weekday used most.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				var on [7]int
				most := 0
				for i := range p.orders {
					weekday := p.orders[i].day.Weekday()
					on[weekday]++
					most = max(most, on[weekday])
				}
				return ratio(float64(most), float64(len(p.orders)))
			}},
		{Name: "orders_next_90d_last_year", Doc: "Orders a year ago in the 90 days that now follow the cutoff.", From: orderDays, Window: 365, Unit: Count, Missing: "first order less than 365 days ago",
			value: func(p *past) float64 {
				if !(p.tenure() >= 365) {
					return math.NaN()
				}
				return float64(p.ordersBetween(365-90, 365))
			}},
		{Name: "fourth_quarter_share", Doc: "Share of orders in October to December.", From: orderDays, Unit: Share, Missing: noOrder,
			value: func(p *past) float64 {
				return p.orderShare(func(o *order) bool { return o.day.Date().Month() >= time.October })
			}},
	},
}

// ordersBetween counts the orders that are more than from and at most to days old.
func (p *past) ordersBetween(from, to int) int {
	n := 0
	for i := range p.orders {
		if age := int(p.cutoff - p.orders[i].day); age > from && age <= to {
			n++
		}
	}
	return n
}
