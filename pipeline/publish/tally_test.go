package publish

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"perennial/pipeline/store"
)

// Each entry spoils some of 1,000 good rows; the set must be held back by the
// gate named.
func TestGatesHoldBadRowsBack(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	cases := map[string]struct {
		gate  string
		spoil func(rows []Score) []Score
	}{
		"a customer twice":           {"H1", func(rows []Score) []Score { return append(rows, rows[7]) }},
		"no customer id":             {"H2", one(func(s *Score) { s.CustomerID = "" })},
		"no lifecycle stage":         {"H2", one(func(s *Score) { s.LifecycleStage = "" })},
		"no decision id":             {"H2", one(func(s *Score) { s.DecisionID = "" })},
		"eligible without a score":   {"H2", one(func(s *Score) { s.Eligibility, s.ChurnProbability = "ok", nil })},
		"churn NaN":                  {"H2", one(func(s *Score) { s.ChurnProbability = &nan })},
		"revenue infinite":           {"H2", one(func(s *Score) { s.PredictedRevenue365d = &inf })},
		"historic revenue NaN":       {"H2", one(func(s *Score) { s.HistoricRevenue = nan })},
		"a reason's value NaN":       {"H2", one(func(s *Score) { s.Reasons = []Reason{{Code: "a", Value: &nan}} })},
		"a change of NaN":            {"H2", one(func(s *Score) { s.Change = &Change{Delta: nan} })},
		"churn above 1":              {"H3", one(func(s *Score) { s.ChurnProbability = new(1.01) })},
		"churn below 0":              {"H3", one(func(s *Score) { s.ChurnProbability = new(-0.01) })},
		"propensity above 1":         {"H3", one(func(s *Score) { s.Propensity = new(2.0) })},
		"purchase above 1":           {"H3", one(func(s *Score) { s.PurchaseProbability180d = new(1.5) })},
		"horizons that fall":         {"H3", one(func(s *Score) { s.PurchaseProbability60d = new(*s.PurchaseProbability90d + 1e-6) })},
		"revenue below 0":            {"H3", one(func(s *Score) { s.PredictedRevenue365d = new(-1.0) })},
		"revenue low above high":     {"H3", one(func(s *Score) { s.PredictedRevenueLow = new(*s.PredictedRevenueHigh + 1) })},
		"predicted orders below 0":   {"H3", one(func(s *Score) { s.PredictedOrders365d = new(-1.0) })},
		"historic orders below 0":    {"H3", one(func(s *Score) { s.HistoricOrders = -1 })},
		"percentile 101":             {"H3", one(func(s *Score) { s.ChurnPercentile = new(int32(101)) })},
		"RFM 0":                      {"H3", one(func(s *Score) { s.RFMMonetary = new(int32(0)) })},
		"next order in the past":     {"H3", one(func(s *Score) { s.ExpectedNextOrderEarliest = new(s.AsOf - 1) })},
		"latest before expected":     {"H3", one(func(s *Score) { s.ExpectedNextOrderLatest = new(*s.ExpectedNextOrderDate - 1) })},
		"an action that has expired": {"H3", one(func(s *Score) { s.ActionExpiresOn = new(s.AsOf - 1) })},
		"a product due in the past":  {"H3", one(func(s *Score) { s.ReplenishDueDate = new(s.AsOf - 1) })},
		"a next reason too few":      {"H3", one(func(s *Score) { s.NextProductReasons = s.NextProductReasons[1:] })},
		"a next reason missing":      {"H2", one(func(s *Score) { s.NextCategoryReasons[0] = "" })},
		"a probability too many":     {"H3", one(func(s *Score) { s.NextProductProbabilities = append(s.NextProductProbabilities, 0) })},
		"a product likelier than 1":  {"H3", one(func(s *Score) { s.NextCategoryProbabilities[0] = 1.2 })},
		"a product of NaN":           {"H3", one(func(s *Score) { s.NextCategoryProbabilities[0] = math.NaN() })},
		"the likelier product last":  {"H3", one(func(s *Score) { slices.Reverse(s.NextProductProbabilities) })},
		"no churn horizon":           {"H3", one(func(s *Score) { s.ChurnHorizonDays = 0 })},
		"another day":                {"H5", one(func(s *Score) { s.AsOf--; s.ExpectedNextOrderEarliest = nil })},
		"an unknown eligibility":     {"H5", one(func(s *Score) { s.Eligibility = "maybe" })},
		"an unknown strength":        {"H5", one(func(s *Score) { s.Reasons[0].Strength = "mighty" })},
		"an unknown cause":           {"H5", one(func(s *Score) { s.Change = &Change{Cause: "magic"} })},
		"a reason without words":     {"H2", one(func(s *Score) { s.Reasons[0].Text = "" })},
		"an unknown risk":            {"H5", one(func(s *Score) { s.ChurnRisk = "extreme" })},
		"a customer is missing":      {"H4", func(rows []Score) []Score { return rows[1:] }},
		"a customer too many":        {"H4", func(rows []Score) []Score { return append(rows, sampleScores(1001, 1)[1000]) }},
		"a customer exchanged":       {"H4", one(func(s *Score) { s.CustomerID = "X" })},
		"churn constant":             {"H12", all(func(s *Score) { s.ChurnProbability = new(0.5) })},
		"revenue constant for most":  {"H12", most(func(s *Score) { s.PredictedRevenue365d, s.PredictedRevenueLow = new(0.0), nil })},
		"purchase probability constant": {"H12", all(func(s *Score) {
			s.PurchaseProbability30d, s.PurchaseProbability60d, s.PurchaseProbability180d = nil, nil, nil
			s.PurchaseProbability90d = new(0.4)
		})},
	}
	for name, tc := range cases {
		rows := sampleScores(1000, 1)
		eligible := tallyOf(rows).ids
		spoiled := tallyOf(tc.spoil(rows))
		if tc.gate != "H4" {
			eligible = spoiled.ids
		}
		err := refusal("run", spoiled.absolute(eligible))
		held, isGate := errors.AsType[*GateError](err)
		if !isGate || len(held.Gates) != 1 || held.Gates[0].Name != tc.gate {
			t.Errorf("%s: %v, want it held back by %s alone", name, err, tc.gate)
		} else if g := held.Gates[0]; g.Detail == "" || g.Remedy == "" || !strings.Contains(err.Error(), g.Detail) {
			t.Errorf("%s: %v does not give figures and what to do", name, err)
		}
	}
}

func TestGoodRowsPassEveryGate(t *testing.T) {
	good := tallyOf(sampleScores(1000, 1))
	for _, g := range good.absolute(good.ids) {
		if g.Status != Passed {
			t.Errorf("%+v", g)
		}
	}
}

// tallyOf tallies rows as the parts of a staged set.
func tallyOf(rows []Score) *tally {
	total := new(tally)
	set := sampleSet(nil, 1)
	for k, bucket := range byBucket(rows, sampleBuckets) {
		part, previous := new(tally), ""
		for i := range bucket {
			bucket[i].RunID, bucket[i].SchemaVersion, bucket[i].RowHash = set.RunID, SchemaVersion, RowHash(&bucket[i])
			part.add(&bucket[i], previous, k, expected{set.RunID, sampleDay, sampleBuckets})
			previous = bucket[i].CustomerID
		}
		total.merge(part)
	}
	return total
}

// one spoils a single row, all every row, most 96 of 100.
func one(spoil func(*Score)) func([]Score) []Score {
	return every(spoil, func(i int) bool { return i == 11 })
}
func all(spoil func(*Score)) func([]Score) []Score {
	return every(spoil, func(int) bool { return true })
}
func most(spoil func(*Score)) func([]Score) []Score {
	return every(spoil, func(i int) bool { return i%100 >= 4 })
}

func every(spoil func(*Score), chosen func(i int) bool) func([]Score) []Score {
	return func(rows []Score) []Score {
		for i := range rows {
			if chosen(i) {
				spoil(&rows[i])
			}
		}
		return rows
	}
}

func TestASetHeldBackIsNotVisible(t *testing.T) {
	st := store.NewMemory()
	set := sampleSet(st, 1)
	d := set.stage(t, sampleScores(50, 1))
	d.Eligible.Add("someone else")
	_, err := set.Commit(t.Context(), d)
	held, isGate := errors.AsType[*GateError](err)
	if !isGate || held.RunID != set.RunID || len(held.Gates) != 1 || held.Gates[0].Name != "H4" {
		t.Errorf("Commit: %v, want it held back by H4", err)
	}
	if _, err := Head(t.Context(), st); !errors.Is(err, ErrNoCommit) {
		t.Errorf("after the refusal: %v, want ErrNoCommit", err)
	}
}

func TestRowsInTheWrongPlaceAreRefusedWhenStaged(t *testing.T) {
	set := sampleSet(store.NewMemory(), 1)
	bucket := byBucket(sampleScores(50, 1), sampleBuckets)[1]
	slices.Reverse(bucket)
	if _, err := set.WritePart(t.Context(), 1, bucket); err == nil || !strings.Contains(err.Error(), "sort the rows") {
		t.Errorf("unsorted rows: %v", err)
	}
	if _, err := set.WritePart(t.Context(), 0, bucket); err == nil || !strings.Contains(err.Error(), "belongs to bucket 1") {
		t.Errorf("another bucket's rows: %v", err)
	}
	if _, err := set.WritePart(t.Context(), sampleBuckets, nil); err == nil {
		t.Error("a bucket too many was accepted")
	}
}

func TestAPartIsStagedOnce(t *testing.T) {
	set := sampleSet(store.NewMemory(), 1)
	bucket := byBucket(sampleScores(50, 1), sampleBuckets)[1]
	first, err := set.WritePart(t.Context(), 1, bucket)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := set.WritePart(t.Context(), 1, bucket); err != nil || again != first {
		t.Errorf("the same rows again: %+v, %v, want %+v", again, err, first)
	}
	if _, err := set.WritePart(t.Context(), 1, bucket[1:]); !errors.Is(err, store.ErrExists) {
		t.Errorf("other rows under the same run: %v, want ErrExists", err)
	}
}

func TestAFileOfAnotherSchemaBreaksTheContract(t *testing.T) {
	type narrow struct {
		CustomerID string `parquet:"customer_id"`
	}
	body := parquetOf(t, []narrow{{"C1"}})
	p := Part{Key: "sets/a/part-00000.parquet", Rows: 1}
	tl, err := p.tally(body, 0, expected{buckets: 1}, nil)
	if err != nil || tl.misfits.count == 0 || !strings.Contains(tl.misfits.first, "schema") {
		t.Errorf("tally: %+v, %v, want a schema misfit", tl, err)
	}
}
