package features

import (
	"math"

	"perennial/pipeline/history"
)

var signedUp = []string{"customers.signed_up_at"}

var tenure = Family{
	Name: "tenure",
	Doc:  "How long the customer has been one.",
	Features: []Feature{
		{Name: "tenure_days", Doc: "Days from the first order to the cutoff: T in customer-base models.", From: lineDays, Unit: Days, Missing: noOrder,
			Words: Words{Churn: -1, More: "Customer for {value} days", Less: "First order {value} days ago"},
			value: (*past).tenure},
		{Name: "lifetime_days", Doc: "Days from the first to the last order: t_x in customer-base models.", From: orderDays, Unit: Days, Missing: noOrder,
			value: (*past).lifetime},
		{Name: "signup_days", Doc: "Days since signing up.", From: signedUp, Unit: Days, Missing: "no sign-up date, or not before the cutoff",
			value: func(p *past) float64 { return p.since(p.signup()) }},
		{Name: "signup_to_order_days", Doc: "Days from signing up to the first order; 0 if the order came first.", From: []string{"customers.signed_up_at", "orders.ordered_at"}, Unit: Days, Missing: "no sign-up date, or no order yet",
			value: func(p *past) float64 { return math.Max(0, p.since(p.signup())-p.tenure()) }},
	},
}

func (p *past) signup() history.Day {
	if p.view.SignedUpAt == history.Never {
		return noDay
	}
	return p.view.SignedUpAt.Day()
}

// lifetime returns t_x in days from the first to the last order, NaN without an
// order.
func (p *past) lifetime() float64 { return p.tenure() - p.since(p.orderDay(1)) }
