package publish

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// sampleBuckets is small because a part of sixty columns costs milliseconds.
const sampleBuckets = 2

var sampleDay = history.DayOf(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))

// sampleScores returns n rows that pass every gate, sorted by customer.
func sampleScores(n int, seed uint64) []Score {
	rng := rand.New(rand.NewPCG(seed, 0))
	rows := make([]Score, n)
	for i := range rows {
		rows[i] = sampleScore(rng, fmt.Sprintf("C%07d", i))
	}
	return rows
}

func sampleScore(rng *rand.Rand, customerID string) Score {
	day := int32(sampleDay)
	pick := func(values ...string) string { return values[rng.IntN(len(values))] }
	p := rng.Float64()
	revenue := 300 * rng.ExpFloat64()
	return Score{
		CustomerID:   customerID,
		AsOf:         day,
		ScoredAt:     time.Date(2026, 11, 21, 2, 15, 0, 123456000, time.UTC),
		ModelVersion: "churn=7,value=3",

		Eligibility: pick("ok", "new"),
		ScoreSource: "model",

		ChurnProbability: new(p),
		ChurnHorizonDays: 90,
		ChurnPercentile:  new(1 + rng.Int32N(100)),
		ChurnRisk:        pick("low", "medium", "high", "lost"),

		PurchaseProbability30d:    new(0.4 * (1 - p)),
		PurchaseProbability60d:    new(0.7 * (1 - p)),
		PurchaseProbability90d:    new(1 - p),
		PurchaseProbability180d:   new(1 - p*p),
		ExpectedNextOrderDate:     new(day + 10 + rng.Int32N(30)),
		ExpectedNextOrderEarliest: new(day),
		ExpectedNextOrderLatest:   new(day + 90),
		OverdueRatio:              new(3 * rng.Float64()),

		NextProducts:   []string{"85123A", "a&b", pick("22423", "47566")},
		NextCategories: []string{"bread"},

		ReplenishDueDate:          new(day + 10 + rng.Int32N(30)),
		ReplenishProduct:          pick("85123A", "22423"),
		ReplenishReason:           "WHITE LANTERN: bought in 4 orders, last 20 days ago; lasts about 31 days",
		NextProductProbabilities:  []float64{0.4, 0.2, 0.1 * rng.Float64()},
		NextProductReasons:        []string{fmt.Sprintf("Bought in %d of the last 9 orders; last 4 days ago", 1+rng.IntN(8)), "Often follows tea", "In 12 of the 310 orders here"},
		NextCategoryProbabilities: []float64{rng.Float64()},
		NextCategoryReasons:       []string{"Bought in the last order, 4 days ago"},

		HistoricRevenue:      revenue - 10,
		HistoricOrders:       rng.Int32N(40),
		PredictedOrders365d:  new(10 * rng.Float64()),
		PredictedRevenue365d: new(revenue),
		PredictedOrderValue:  new(revenue / 3),
		PredictedRevenueLow:  new(revenue / 2),
		PredictedRevenueHigh: new(revenue * 2),
		ValueTier:            pick("gold", "low", ""),

		RFMRecency:     new(1 + rng.Int32N(5)),
		RFMFrequency:   new(1 + rng.Int32N(5)),
		RFMMonetary:    new(1 + rng.Int32N(5)),
		RFMGroup:       pick("loyal", "dormant"),
		LifecycleStage: pick("active", "lapsed"),

		Reasons: []Reason{{
			Code:      "overdue",
			Text:      fmt.Sprintf("No order for %d days; usually orders every %d days", rng.IntN(300), 1+rng.IntN(40)),
			Value:     new(float64(rng.IntN(300))),
			Reference: new(31.0),
			Strength:  "high",
		}, {Code: "no_email", Text: "Opened no email in 60 days", Strength: "low"}},
		Change: &Change{Previous: p / 2, Delta: p / 2, Cause: "data"},

		Action:              pick("none", "win_back"),
		ActionChannel:       pick("email", ""),
		ActionPriority:      new(1 + rng.Int32N(1000)),
		ActionExpiresOn:     new(day + 14),
		ActionExpectedValue: new(rng.NormFloat64()),
		NeedsApproval:       rng.IntN(2) == 0,

		ExperimentGroup: "policy",
		WouldBeAction:   "win_back",
		Propensity:      new(1.0),
		PolicyVersion:   "3",
		DecisionID:      fmt.Sprintf("%016x", rng.Uint64()),
	}
}

// sampleSet returns a set for st under its own run id.
func sampleSet(st store.Store, nonce uint64) Set {
	return Set{Store: st, RunID: NewRunID(time.Date(2026, 11, 21, 2, 15, 0, 0, time.UTC), nonce), Buckets: sampleBuckets}
}

// stage writes rows as parts and returns the draft that commits them.
func (s Set) stage(t testing.TB, rows []Score) Draft {
	t.Helper()
	d, err := s.tryStage(t, rows)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s Set) tryStage(t testing.TB, rows []Score) (Draft, error) {
	d := Draft{AsOf: sampleDay, IdempotencyKey: "key of " + s.RunID, Models: map[string]string{"churn": "7"}}
	for k, bucket := range byBucket(rows, s.Buckets) {
		part, err := s.WritePart(t.Context(), k, bucket)
		if err != nil {
			return Draft{}, err
		}
		d.Parts = append(d.Parts, part)
		for i := range bucket {
			d.Eligible.Add(bucket[i].CustomerID)
		}
	}
	return d, nil
}

// publish stages and commits rows and returns the commit.
func publish(t testing.TB, st store.Store, nonce uint64, rows []Score) *Commit {
	t.Helper()
	set := sampleSet(st, nonce)
	result, err := set.Commit(t.Context(), set.stage(t, rows))
	if err != nil || result.Warning != nil {
		t.Fatal(err, result.Warning)
	}
	return result.Commit
}

// byBucket deals rows to hash buckets, sorted by customer within each.
func byBucket(rows []Score, buckets int) [][]Score {
	dealt := make([][]Score, buckets)
	for _, s := range rows {
		k := BucketOf(s.CustomerID, buckets)
		dealt[k] = append(dealt[k], s)
	}
	for _, bucket := range dealt {
		slices.SortStableFunc(bucket, func(a, b Score) int { return cmp.Compare(a.CustomerID, b.CustomerID) })
	}
	return dealt
}

// readAll returns the rows of a reader, sorted by customer.
func readAll(t testing.TB, r *Reader) []Score {
	t.Helper()
	rows, err := tryReadAll(t, r)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func tryReadAll(t testing.TB, r *Reader) ([]Score, error) {
	var rows []Score
	for s, err := range r.Scores(t.Context()) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, *s)
	}
	slices.SortFunc(rows, func(a, b Score) int { return cmp.Compare(a.CustomerID, b.CustomerID) })
	return rows, nil
}
