package jobs

import (
	"math"

	"perennial/features"
	"perennial/models/churn"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/segment"
	"perennial/models/value"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// scorer scores buckets of a night. It is safe to share.
type scorer struct {
	shop      *shop
	models    *predictors
	what      *nextpurchase.What
	explainer *churn.Explainer
	explained explainable // nil: the churn model has no parts to explain
	columns   []string    // that the explainer knows
	gap       float64     // the shop's usual one, in days
	stamp     publish.Score
}

// explainable is a model that says what moved it.
type explainable interface {
	Columns() []string
	Explain(dst [][]float64, columns []string, x [][]float32) error
}

// newScorer returns the scorer of a night. stamp holds the columns that are
// the same in every row.
func newScorer(s *shop, models *predictors, what *nextpurchase.What, stamp publish.Score) *scorer {
	sc := &scorer{shop: s, models: models, what: what, gap: s.survey.populationGap(), stamp: stamp, columns: ruleColumns}
	switch m := models.churn.(type) {
	case explainable:
		sc.explained, sc.columns = m, m.Columns()
	case *purchase.BaseRate: // the same for everybody: nothing moved it
		sc.columns = nil
	}
	sc.explainer = churn.NewExplainer(s.set, sc.columns, models.reference, s.cfg.Currency)
	return sc
}

// ruleColumns are what rules and guesses look at.
var ruleColumns = []string{"recency_days", "overdue_ratio_own"}

// bucket scores every customer of a bucket: histories → features → rows in the
// order of customers.
func (sc *scorer) bucket(bucket *history.Bucket) (*features.Matrix, []customer, error) {
	m, err := sc.shop.featuresOf(bucket)
	if err != nil {
		return nil, nil, err
	}
	rows := make([]customer, m.Rows())
	curves, err := sc.models.when.Curves(m.Names, m.X, m.Rows())
	if err != nil {
		return nil, nil, err
	}
	var worth []value.Prediction
	if sc.models.value != nil {
		if worth, err = sc.models.value.Year(m.Names, m.X, m.Rows()); err != nil {
			return nil, nil, err
		}
	}
	parts, err := sc.contributions(m)
	if err != nil {
		return nil, nil, err
	}
	next := sc.what.Recommender()
	n := 0
	for i := range rows {
		for bucket.Histories[n].Customer != m.Customers[i] {
			n++
		}
		rows[i] = sc.customer(m, i, &bucket.Histories[n], next)
		if rows[i].Segment.Orders == 0 {
			continue // the models know buyers only
		}
		sc.probabilities(&rows[i].Score, curves, i)
		sc.reasons(&rows[i].Score, m, parts, i)
		if worth != nil {
			fillValue(&rows[i].Score, atLeast(worth[i], curves.Within(i, 180)))
		}
	}
	return m, rows, nil
}

// featuresOf returns the feature table of a bucket as of the night.
func (s *shop) featuresOf(bucket *history.Bucket) (*features.Matrix, error) {
	m := s.set.NewMatrix()
	if err := s.set.NewBuilder().Build(m, bucket.Histories, []history.Day{s.asOf}, features.Everybody); err != nil {
		return nil, err
	}
	s.base.Fill(m)
	return m, nil
}

// customer fills what needs no feature model.
func (sc *scorer) customer(m *features.Matrix, i int, h *history.History, next *nextpurchase.Recommender) customer {
	s := sc.shop
	view := h.At(s.asOf)
	usualGap := purchase.UsualGap(cell(m, "gap_mean_days", i), cell(m, "repeat_order_days", i), sc.gap)
	c := customer{
		Score:      sc.stamp,
		Segment:    segmentFacts(m, i, h.Profile, usualGap),
		Action:     actionFacts(m, i, h.Profile, &view, s.extract.Vocabulary(), usualGap),
		NewestFact: newestFact(&view),
	}
	c.Score.CustomerID = string(h.Customer)
	c.Score.Eligibility = segment.Eligibility(c.Segment, float64(s.asOf-s.survey.newest))
	c.Score.ScoreSource = sc.models.source
	c.Score.ChurnHorizonDays = int32(sc.models.churnDays)
	c.Segment.Revenue = revenue(&view) // the feature has seven digits only
	c.Score.HistoricRevenue = c.Segment.Revenue
	c.Score.HistoricOrders = int32(c.Segment.Orders)
	c.Score.OverdueRatio = known(c.Segment.OverdueRatio)
	next.Fill(&c.Score, &view)
	return c
}

// probabilities fills the churn and when columns.
func (sc *scorer) probabilities(row *publish.Score, curves *nextpurchase.Curves, i int) {
	within := func(days int) *float64 { p := curves.Within(i, days); return &p }
	churned := 1 - curves.Within(i, sc.models.churnDays)
	row.ChurnProbability = &churned
	row.PurchaseProbability30d, row.PurchaseProbability60d = within(30), within(60)
	row.PurchaseProbability90d, row.PurchaseProbability180d = within(90), within(180)
	if dates, likely := curves.Dates(i, sc.shop.asOf); likely {
		expected, earliest, latest := int32(dates.Expected), int32(dates.Earliest), int32(dates.Latest)
		row.ExpectedNextOrderDate, row.ExpectedNextOrderEarliest, row.ExpectedNextOrderLatest = &expected, &earliest, &latest
	}
}

// contributions returns what each of sc.columns adds to the log-odds of an
// order: from the model, or for rules the fact that they look at.
func (sc *scorer) contributions(m *features.Matrix) ([][]float64, error) {
	parts := make([][]float64, len(sc.columns))
	for j := range parts {
		parts[j] = make([]float64, m.Rows())
	}
	if sc.explained != nil {
		return parts, sc.explained.Explain(parts, m.Names, m.X)
	}
	for j, name := range sc.columns {
		usual, ok := sc.models.reference[name]
		if !ok {
			usual = 1
		}
		for i, v := range m.Column(name) {
			if v == v {
				parts[j][i] = math.Log((usual + 1) / (float64(v) + 1))
			}
		}
	}
	return parts, nil
}

func (sc *scorer) reasons(row *publish.Score, m *features.Matrix, parts [][]float64, i int) {
	contributions := make([]float64, len(parts))
	for j := range parts {
		contributions[j] = parts[j][i]
	}
	row.Reasons = sc.explainer.Reasons(contributions, func(name string) float64 { return cell(m, name, i) })
}

// atLeast raises the orders expected in a year to the probability of one within half
// of it, which they cannot be below, at the same worth of an order.
func atLeast(worth value.Prediction, probability float64) value.Prediction {
	if !(worth.Orders > 0 && worth.Orders < probability) {
		return worth
	}
	raised := probability / worth.Orders
	worth.Orders, worth.Revenue = probability, worth.Revenue*raised
	worth.Low, worth.High = worth.Low*raised, worth.High*raised
	return worth
}

func fillValue(row *publish.Score, worth value.Prediction) {
	row.PredictedOrders365d, row.PredictedRevenue365d = &worth.Orders, &worth.Revenue
	row.PredictedRevenueLow, row.PredictedRevenueHigh = &worth.Low, &worth.High
	if worth.Orders > 0 {
		row.PredictedOrderValue = known(worth.Revenue / worth.Orders)
	}
}

// segmentFacts reads what segments need from row i and the profile.
func segmentFacts(m *features.Matrix, i int, profile history.Profile, usualGap float64) segment.Facts {
	recency := cell(m, "recency_days", i)
	return segment.Facts{
		Orders:       int(cell(m, "orders_total", i)),
		Revenue:      cell(m, "revenue_total", i),
		RecencyDays:  recency,
		TenureDays:   cell(m, "tenure_days", i),
		LastGapDays:  cell(m, "gap_last_days", i),
		OverdueRatio: recency / usualGap,
		Excluded:     profile.Excluded,
	}
}

// cell returns the feature called name of row i.
func cell(m *features.Matrix, name string, i int) float64 {
	column := m.Column(name)
	if column == nil {
		return math.NaN()
	}
	return float64(column[i])
}

// known returns a pointer to v, nil for NaN.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// revenue returns what the lines of a view come to, net of returns, to a hundredth of
// a cent: beyond that it is what adding up has left behind.
func revenue(view *history.View) float64 {
	sum := 0.0
	for i := range view.Lines {
		sum += view.Lines[i].Amount
	}
	return math.Round(sum*1e4) / 1e4
}
