package publish

import "fmt"

// majority estimates the share of the commonest value in one pass and constant
// space (Boyer and Moore, MJRTY, 1981).
type majority struct {
	candidate float64
	lead      int64 // rows of the candidate left when unequal rows cancel in pairs
	n         int64
}

func (m *majority) add(x float64) { m.merge(majority{x, 1, 1}) }

func (m *majority) merge(other majority) {
	m.n += other.n
	switch {
	case m.candidate == other.candidate:
		m.lead += other.lead
	case m.lead >= other.lead:
		m.lead -= other.lead
	default:
		m.candidate, m.lead = other.candidate, other.lead-m.lead
	}
}

// share returns the candidate's share of the rows, exact when no two other
// values cancelled each other, else too large: with a lead of l a value has
// between l and (n+l)/2 of n rows.
func (m *majority) share() float64 { return (1 + float64(m.lead)/float64(m.n)) / 2 }

// Limits for a score that says the same about everyone. Shops below the second
// live by cohort priors and rules, which may.
const (
	maxConstantShare = 0.95
	minConstantRows  = 1000
)

// watched are the scores that must tell customers apart.
var watched = [...]struct {
	name  string
	value func(*Score) *float64
}{
	{"churn_probability", func(s *Score) *float64 { return s.ChurnProbability }},
	{"purchase_probability_90d", func(s *Score) *float64 { return s.PurchaseProbability90d }},
	{"predicted_revenue_365d", func(s *Score) *float64 { return s.PredictedRevenue365d }},
}

// constant is gate H12: no score is one value for nearly everyone.
func (t *tally) constant() Gate {
	g := Gate{Name: "H12", Title: "constant scores", Status: Skipped, Detail: fmt.Sprintf("fewer than %d rows", minConstantRows)}
	if t.rows < minConstantRows {
		return g
	}
	g.Status, g.Detail = Passed, "none"
	for i, m := range t.majorities {
		if m.n >= minConstantRows && m.share() > maxConstantShare {
			g.Status = Failed
			g.Detail = fmt.Sprintf("%s is %v for %.1f%% of %d customers", watched[i].name, m.candidate, 100*m.share(), m.n)
			g.Remedy = "look at the model and its features; if the score is right, accept H12 with a reason"
			break
		}
	}
	return g
}
