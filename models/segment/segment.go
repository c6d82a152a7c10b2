// Package segment turns scores into segments: RFM groups, lifecycle stage,
// value tier, churn percentile and churn risk.
//
// Segments compare a customer with her shop. Add every customer to a Summary
// (one per bucket, merged in any order), call Summary.Cuts once, then
// Cuts.Assign for each customer. Eligibility says how far a row can be trusted.
package segment

import (
	"math"

	"perennial/pipeline/publish"
)

// Facts is what segments need to know about a customer, from the feature table.
type Facts struct {
	Orders       int     // so far; an order of returns only is none
	Revenue      float64 // so far, net of returns, shop currency
	RecencyDays  float64 // since the last order; NaN without one
	TenureDays   float64 // since the first order; NaN without one
	LastGapDays  float64 // between the last two order days; NaN with fewer
	OverdueRatio float64 // RecencyDays over the usual gap; NaN when unknown
	Excluded     bool    // by the shop: test accounts, resellers, staff
}

// Summary counts the customers of a shop, or of a part of it. The fields are
// exported to travel between machines; the zero Summary is empty and ready.
type Summary struct {
	RecencyDays      Counts `json:"recency_days"`      // of customers with an order
	Orders           Counts `json:"orders"`            // of customers with an order
	Revenue          Counts `json:"revenue"`           // of customers with an order
	ChurnProbability Counts `json:"churn_probability"` // of customers with one
	PredictedRevenue Counts `json:"predicted_revenue"` // of customers with one, over 365 days
}

// Add counts one customer.
func (s *Summary) Add(f Facts, score *publish.Score) {
	s.makeCounts()
	if f.Orders > 0 {
		s.RecencyDays.add(f.RecencyDays)
		s.Orders.add(float64(f.Orders))
		s.Revenue.add(f.Revenue)
	}
	s.ChurnProbability.add(orNaN(score.ChurnProbability))
	s.PredictedRevenue.add(orNaN(score.PredictedRevenue365d))
}

// Merge adds the customers of other, which stays as it is.
func (s *Summary) Merge(other *Summary) {
	s.makeCounts()
	s.RecencyDays.merge(other.RecencyDays)
	s.Orders.merge(other.Orders)
	s.Revenue.merge(other.Revenue)
	s.ChurnProbability.merge(other.ChurnProbability)
	s.PredictedRevenue.merge(other.PredictedRevenue)
}

func (s *Summary) makeCounts() {
	for _, c := range []*Counts{&s.RecencyDays, &s.Orders, &s.Revenue, &s.ChurnProbability, &s.PredictedRevenue} {
		if *c == nil {
			*c = Counts{}
		}
	}
}

// Cuts places a customer among all customers of the shop. It is immutable.
type Cuts struct {
	recency, orders, revenue, churn, predicted distribution
}

// Cuts sorts what was counted.
func (s *Summary) Cuts() Cuts {
	return Cuts{
		recency:   newDistribution(s.RecencyDays),
		orders:    newDistribution(s.Orders),
		revenue:   newDistribution(s.Revenue),
		churn:     newDistribution(s.ChurnProbability),
		predicted: newDistribution(s.PredictedRevenue),
	}
}

// Assign fills the segment columns of score: churn_percentile, churn_risk, the
// RFM scores and group, value_tier and lifecycle_stage. The customer must have
// been counted in the Summary behind c. previous is her row of the commit
// before, nil if there is none; it steadies churn_risk.
func (c Cuts) Assign(f Facts, score *publish.Score, previous *publish.Score) {
	score.ChurnPercentile = c.churnPercentile(orNaN(score.ChurnProbability))
	score.ChurnRisk = churnRisk(f, score, previous)
	c.assignRFM(f, score)
	score.ValueTier = c.valueTier(orNaN(score.PredictedRevenue365d))
	score.LifecycleStage = lifecycleStage(f, score.ChurnRisk)
}

// churnPercentile returns 1 to 100, 100 for the customer most at risk, equal
// customers sharing the middle of their ranks; nil without a probability.
func (c Cuts) churnPercentile(probability float64) *int32 {
	if math.IsNaN(probability) {
		return nil
	}
	percentile := int32(max(1, math.Ceil(100*c.churn.rank(probability))))
	return &percentile
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
