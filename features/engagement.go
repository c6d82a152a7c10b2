package features

import (
	"fmt"
	"math"
)

var (
	engagementKinds = []string{"engagements.occurred_at", "engagements.kind"}
	engagementDays  = []string{"engagements.occurred_at"}
	sinceOrder      = []string{"engagements.occurred_at", "engagements.kind", "orders.order_id", "orders.ordered_at"}
	engagementValue = []string{"engagements.occurred_at", "engagements.kind", "engagements.value"}
)

var engagement = Family{
	Name: "engagement",
	Doc:  "What the customer did other than buying.",
	Features: []Feature{
		counted(visit, last7d, "Visits"),
		counted(visit, last30d, "Visits"),
		counted(visit, last90d, "Visits"),
		counted(view, last30d, "Products viewed"),
		counted(view, last90d, "Products viewed"),
		counted(cart, last30d, "Products put into the cart"),
		counted(cart, last90d, "Products put into the cart"),
		counted(emailOpen, last30d, "E-mails opened, also by programs that open every one,"),
		counted(emailOpen, last90d, "E-mails opened, also by programs that open every one,"),
		counted(emailClick, last30d, "E-mails clicked"),
		counted(emailClick, last90d, "E-mails clicked"),
		counted(ticket, last90d, "Support tickets"),
		counted(review, last365d, "Reviews written"),
		sinceKind(visit, "visit", Words{Churn: +1, More: "No visit for {value} days", Less: "Visited {value} days ago"}),
		sinceKind(cart, "product put into the cart", Words{}),
		sinceKind(emailClick, "e-mail clicked", Words{Churn: +1, More: "No e-mail clicked for {value} days", Less: "Clicked an e-mail {value} days ago"}),
		sinceKind(ticket, "support ticket", Words{}),
		{Name: "engaged_days_30d", Doc: "Days with any engagement in the last 30 days.", From: engagementDays, Window: 30, Unit: Count,
			Words: Words{Churn: -1, More: "Active on {value} of the last 30 days", Less: "Active on {value} of the last 30 days; {reference} is usual"},
			value: func(p *past) float64 { return float64(p.in[last30d].engaged) }},
		{Name: "engaged_days_90d", Doc: "Days with any engagement in the last 90 days.", From: engagementDays, Window: 90, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last90d].engaged) }},
		{Name: "engagement_recency_days", Doc: "Days since any engagement.", From: engagementDays, Unit: Days, Missing: "never engaged",
			value: func(p *past) float64 { return p.since(p.lastEngaged) }},
		{Name: "engagement_trend_30d", Doc: "log of engaged days in the last 30 days against a third of those in the last 90 days, 0.5 added to both.",
			From: engagementDays, Window: 90, Unit: Log, Missing: "first engagement is younger than 90 days",
			Words: Words{Churn: -1, More: "More active than in the months before", Less: "Less active than in the months before"},
			value: func(p *past) float64 {
				if len(p.view.Engagements) == 0 || p.cutoff-p.view.Engagements[0].At.Day() < 90 {
					return math.NaN()
				}
				return logRatio(float64(p.in[last30d].engaged), float64(p.in[last90d].engaged)/3, 0.5)
			}},
		{Name: "email_click_share_90d", Doc: "E-mails clicked per e-mail opened in the last 90 days, at most 1.", From: engagementKinds, Window: 90, Unit: Share, Missing: "no e-mail opened in 90 days",
			value: func(p *past) float64 {
				kinds := &p.in[last90d].kind
				return math.Min(1, ratio(float64(kinds[emailClick]), float64(kinds[emailOpen])))
			}},
		{Name: "visits_since_order", Doc: "Visits after the day of the last order; all of them without an order.", From: sinceOrder, Unit: Count,
			value: func(p *past) float64 { return float64(p.sinceOrder[visit]) }},
		{Name: "carts_since_order", Doc: "Products put into the cart after the day of the last order; all of them without an order.", From: sinceOrder, Unit: Count,
			value: func(p *past) float64 { return float64(p.sinceOrder[cart]) }},
		{Name: "nps_last", Doc: "The last answer to how likely a recommendation is, on the scale of the source.", From: engagementValue, Unit: Any, Missing: "never asked, or no answer",
			value: func(p *past) float64 { return p.lastNPS }},
	},
}

// counted declares the number of engagements of kind k within w.
func counted(k kind, w window, doc string) Feature {
	days := windowDays[w]
	return Feature{
		Name: fmt.Sprintf("%ss_%dd", kindNames[k], days),
		Doc:  fmt.Sprintf("%s in the last %d days.", doc, days),
		From: engagementKinds, Window: int(days), Unit: Count,
		value: func(p *past) float64 { return float64(p.in[w].kind[k]) },
	}
}

// sinceKind declares the days since the last engagement of kind k.
func sinceKind(k kind, noun string, words Words) Feature {
	return Feature{
		Name: kindNames[k] + "_recency_days",
		Doc:  fmt.Sprintf("Days since the last %s.", noun),
		From: engagementKinds, Unit: Days, Missing: "no " + noun, Words: words,
		value: func(p *past) float64 { return p.since(p.lastOf[k]) },
	}
}
