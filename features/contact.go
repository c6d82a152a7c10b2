package features

var sentActions = []string{"actions.sent_at"}

var contact = Family{
	Name: "contact",
	Doc:  "What was sent to the customer.",
	Features: []Feature{
		{Name: "actions_30d", Doc: "Actions sent in the last 30 days.", From: sentActions, Window: 30, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last30d].actions) }},
		{Name: "actions_90d", Doc: "Actions sent in the last 90 days.", From: sentActions, Window: 90, Unit: Count,
			value: func(p *past) float64 { return float64(p.in[last90d].actions) }},
		{Name: "action_recency_days", Doc: "Days since the last action was sent.", From: sentActions, Unit: Days, Missing: "nothing was ever sent",
			value: func(p *past) float64 { return p.since(p.lastAction) }},
	},
}
