package publish

import (
	"math"

	"perennial/pipeline/history"
)

// addRanges checks that numbers and dates are possible, alone and together. Null
// is, and NaN is left to H2.
func (t *tally) addRanges(s *Score) {
	unbounded := math.Inf(1)
	out := func(format string, args ...any) { t.ranges.add(s.CustomerID, format, args...) }
	for _, p := range []struct {
		name string
		x    *float64
		high float64
	}{
		{"churn_probability", s.ChurnProbability, 1},
		{"propensity", s.Propensity, 1},
		{"predicted_orders_365d", s.PredictedOrders365d, unbounded},
		{"predicted_revenue_365d", s.PredictedRevenue365d, unbounded},
		{"predicted_revenue_365d_low", s.PredictedRevenueLow, unbounded},
		{"predicted_order_value", s.PredictedOrderValue, unbounded},
		{"predicted_revenue_365d_high", s.PredictedRevenueHigh, unbounded},
		{"overdue_ratio", s.OverdueRatio, unbounded},
	} {
		if p.x != nil && (*p.x < 0 || *p.x > p.high) {
			out("%s is %v", p.name, *p.x)
		}
	}
	for _, n := range []struct {
		name string
		x    *int32
		high int32
	}{
		{"churn_percentile", s.ChurnPercentile, 100},
		{"rfm_recency", s.RFMRecency, 5},
		{"rfm_frequency", s.RFMFrequency, 5},
		{"rfm_monetary", s.RFMMonetary, 5},
		{"action_priority", s.ActionPriority, math.MaxInt32},
	} {
		if n.x != nil && (*n.x < 1 || *n.x > n.high) {
			out("%s is %d", n.name, *n.x)
		}
	}
	if s.HistoricOrders < 0 {
		out("historic_orders is %d", s.HistoricOrders)
	}
	if s.ChurnHorizonDays < 1 {
		out("churn_horizon_days is %d", s.ChurnHorizonDays)
	}
	t.addOrder(s)
	t.addNext(s, "next_product", len(s.NextProducts), s.NextProductProbabilities, s.NextProductReasons)
	t.addNext(s, "next_category", len(s.NextCategories), s.NextCategoryProbabilities, s.NextCategoryReasons)
}

// addNext checks that what is said of n items is said of each: a reason of all or
// of none, and a probability that does not rise along the list.
func (t *tally) addNext(s *Score, what string, n int, probabilities []float64, reasons []string) {
	if k := len(probabilities); k > 0 && k != n {
		t.ranges.add(s.CustomerID, "%s_probabilities has %d elements for %d items", what, k, n)
	}
	if k := len(reasons); k > 0 && k != n {
		t.ranges.add(s.CustomerID, "%s_reasons has %d elements for %d items", what, k, n)
	}
	high := 1.0
	for _, p := range probabilities {
		if !within(p, 0, high) {
			t.ranges.add(s.CustomerID, "%s_probabilities: %v is below 0 or above %v", what, p, high)
			return
		}
		high = p
	}
	for _, reason := range reasons {
		if reason == "" {
			t.nulls.add(s.CustomerID, "%s_reasons has one without words", what)
		}
	}
}

// addOrder checks what must not fall from one column to the next.
func (t *tally) addOrder(s *Score) {
	rises(t, s, "purchase_probability", 0, 1, s.PurchaseProbability30d, s.PurchaseProbability60d, s.PurchaseProbability90d, s.PurchaseProbability180d)
	rises(t, s, "predicted_revenue_365d low to high", 0, math.Inf(1), s.PredictedRevenueLow, s.PredictedRevenueHigh)
	dates := []*int32{s.ExpectedNextOrderEarliest, s.ExpectedNextOrderDate, s.ExpectedNextOrderLatest}
	rises(t, s, "expected_next_order earliest, date and latest", s.AsOf, math.MaxInt32, dates...)
	if s.ReplenishDueDate != nil && *s.ReplenishDueDate < s.AsOf {
		t.ranges.add(s.CustomerID, "replenish_due_date is %v, before as_of", history.Day(*s.ReplenishDueDate))
	}
	if s.ActionExpiresOn != nil && *s.ActionExpiresOn < s.AsOf {
		t.ranges.add(s.CustomerID, "action_expires_on is %v, before as_of", history.Day(*s.ActionExpiresOn))
	}
}

// rises checks that the values, where not null, are within bounds and never fall.
func rises[T int32 | float64](t *tally, s *Score, what string, low, high T, values ...*T) {
	for _, x := range values {
		if x == nil {
			continue
		}
		if *x < low || *x > high {
			t.ranges.add(s.CustomerID, "%s: %v is below %v or above %v", what, *x, low, high)
			return
		}
		low = *x
	}
}
