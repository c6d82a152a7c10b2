package segment_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/models/segment"
	"perennial/pipeline/publish"
)

// customer is a row before its segments are assigned.
type customer struct {
	facts segment.Facts
	score publish.Score
}

func bought(orders int, revenue, recency, probability float64) customer {
	predicted := revenue / 2
	return customer{
		segment.Facts{
			Orders: orders, Revenue: revenue, RecencyDays: recency, TenureDays: recency + 100,
			LastGapDays: math.NaN(), OverdueRatio: recency / 30,
		},
		publish.Score{ChurnProbability: &probability, PredictedRevenue365d: &predicted, ChurnHorizonDays: 90, HistoricOrders: int32(orders)},
	}
}

func prospect() customer {
	nan := math.NaN()
	return customer{facts: segment.Facts{RecencyDays: nan, TenureDays: nan, LastGapDays: nan, OverdueRatio: nan}}
}

func cutsOf(shop []customer) segment.Cuts {
	var s segment.Summary
	for i := range shop {
		s.Add(shop[i].facts, &shop[i].score)
	}
	return s.Cuts()
}

func assign(shop []customer) []publish.Score {
	cuts := cutsOf(shop)
	scores := make([]publish.Score, len(shop))
	for i, c := range shop {
		scores[i] = c.score
		cuts.Assign(c.facts, &scores[i], nil)
	}
	return scores
}

func randomShop(t *rapid.T) []customer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) customer {
		if rapid.IntRange(0, 9).Draw(t, "prospect") == 0 {
			return prospect()
		}
		return bought(
			rapid.IntRange(1, 6).Draw(t, "orders"),
			float64(rapid.IntRange(-10, 500).Draw(t, "revenue")),
			float64(rapid.IntRange(1, 400).Draw(t, "recency")),
			rapid.Float64Range(0, 1).Draw(t, "probability"))
	}), 1, 60).Draw(t, "shop")
}

func TestShardsAndOrderDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shop := randomShop(t)
		var whole segment.Summary
		for i := range shop {
			whole.Add(shop[i].facts, &shop[i].score)
		}
		shards := make([]segment.Summary, rapid.IntRange(1, 7).Draw(t, "shards"))
		for _, i := range rapid.Permutation(indexes(len(shop))).Draw(t, "order") {
			shard := rapid.IntRange(0, len(shards)-1).Draw(t, "shard")
			shards[shard].Add(shop[i].facts, &shop[i].score)
		}
		var merged segment.Summary
		for i := len(shards) - 1; i >= 0; i-- {
			merged.Merge(&shards[i])
		}
		if diff := cmp.Diff(whole, merged); diff != "" {
			t.Fatal(diff)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// Every column is filled or null as the contract says, whatever the shop.
func TestSegmentsAreWithinTheContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shop := randomShop(t)
		for i, s := range assign(shop) {
			buyer := shop[i].facts.Orders > 0
			if (s.LifecycleStage == "prospect") == buyer || (s.RFMGroup == "prospects") == buyer {
				t.Fatalf("orders %d: stage %s, group %s", shop[i].facts.Orders, s.LifecycleStage, s.RFMGroup)
			}
			if !buyer {
				if s.RFMRecency != nil || s.ChurnPercentile != nil || s.ChurnRisk != "" || s.ValueTier != "" {
					t.Fatalf("prospect has segments: %+v", s)
				}
				continue
			}
			for _, v := range []int32{*s.RFMRecency, *s.RFMFrequency, *s.RFMMonetary} {
				if v < 1 || v > 5 {
					t.Fatalf("RFM score %d", v)
				}
			}
			if *s.ChurnPercentile < 1 || *s.ChurnPercentile > 100 {
				t.Fatalf("percentile %d", *s.ChurnPercentile)
			}
		}
	})
}

// A customer who is ahead in a fact is never behind in its score, and equals are equal.
func TestScoresFollowFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shop []customer
		for _, c := range randomShop(t) {
			if c.facts.Orders > 0 {
				shop = append(shop, c)
			}
		}
		scores := assign(shop)
		for i := range shop {
			for j := range shop {
				a, b, sa, sb := shop[i], shop[j], scores[i], scores[j]
				follows := func(what string, factA, factB float64, scoreA, scoreB int32) {
					if factA < factB && scoreA > scoreB || factA == factB && scoreA != scoreB {
						t.Fatalf("%s: %v scores %d, %v scores %d", what, factA, scoreA, factB, scoreB)
					}
				}
				follows("recency", -a.facts.RecencyDays, -b.facts.RecencyDays, *sa.RFMRecency, *sb.RFMRecency)
				follows("frequency", float64(a.facts.Orders), float64(b.facts.Orders), *sa.RFMFrequency, *sb.RFMFrequency)
				follows("monetary", a.facts.Revenue, b.facts.Revenue, *sa.RFMMonetary, *sb.RFMMonetary)
				follows("churn", *a.score.ChurnProbability, *b.score.ChurnProbability, *sa.ChurnPercentile, *sb.ChurnPercentile)
			}
		}
	})
}

func TestPercentilesOfAHundredDistinctCustomers(t *testing.T) {
	var shop []customer
	for i := range 100 {
		shop = append(shop, bought(1, 10, 10, (float64(i)+0.5)/100))
	}
	for i, s := range assign(shop) {
		if got := *s.ChurnPercentile; got != int32(i+1) {
			t.Errorf("customer %d from below has percentile %d", i+1, got)
		}
	}
}

func TestTinyShops(t *testing.T) {
	equal := bought(2, 50, 20, 0.3)
	for _, test := range []struct {
		name string
		shop []customer
	}{
		{"one customer", []customer{equal}},
		{"five equal customers", []customer{equal, equal, equal, equal, equal}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, s := range assign(test.shop) {
				got := fmt.Sprintln(*s.ChurnPercentile, s.ChurnRisk, *s.RFMRecency, *s.RFMFrequency, *s.RFMMonetary, s.RFMGroup, s.ValueTier, s.LifecycleStage)
				if want := "50 low 5 1 1 new medium active\n"; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
}

func TestNobodyIsCounted(t *testing.T) {
	scores := assign([]customer{prospect()})
	if got := scores[0].LifecycleStage; got != "prospect" {
		t.Errorf("stage = %s, want prospect", got)
	}
	var empty segment.Summary
	empty.Merge(&segment.Summary{})
	empty.Cuts()
}

func ExampleCuts_Assign() {
	shop := []customer{
		bought(9, 420, 6, 0.10), bought(6, 300, 15, 0.15), bought(4, 150, 40, 0.45),
		bought(2, 60, 50, 0.75), bought(1, 20, 200, 0.93), prospect(),
	}
	var summary segment.Summary
	for i := range shop {
		summary.Add(shop[i].facts, &shop[i].score)
	}
	cuts := summary.Cuts()
	for i := range shop {
		s := &shop[i].score
		cuts.Assign(shop[i].facts, s, nil)
		fmt.Printf("%s, churn risk %q, %s, value %q\n", s.LifecycleStage, s.ChurnRisk, s.RFMGroup, s.ValueTier)
	}
	// Output:
	// active, churn risk "low", champions, value "silver"
	// active, churn risk "low", loyal, value "medium"
	// active, churn risk "medium", needs_attention, value "medium"
	// at_risk, churn risk "high", dormant, value "low"
	// lost, churn risk "lost", dormant, value "low"
	// prospect, churn risk "", prospects, value ""
}

func BenchmarkAdd(b *testing.B) {
	b.ReportAllocs()
	shop := benchmarkShop(10_000)
	var s segment.Summary
	i := 0
	for b.Loop() {
		c := &shop[i%len(shop)]
		s.Add(c.facts, &c.score)
		i++
	}
}

func BenchmarkAssign(b *testing.B) {
	b.ReportAllocs()
	shop := benchmarkShop(10_000)
	cuts := cutsOf(shop)
	i := 0
	for b.Loop() {
		c := &shop[i%len(shop)]
		cuts.Assign(c.facts, &c.score, nil)
		i++
	}
}

func benchmarkShop(n int) []customer {
	random := rand.New(rand.NewPCG(1, 2))
	shop := make([]customer, n)
	for i := range shop {
		shop[i] = bought(1+random.IntN(20), 500*random.Float64(), 400*random.Float64(), random.Float64())
	}
	return shop
}
