package action

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawClaims(t *rapid.T) []Claim {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Claim {
		return Claim{
			Gain: float64(rapid.IntRange(-2, 6).Draw(t, "gain")) / 3,
			Cost: rapid.SampledFrom([]float64{0.1, 0.7, 1, 3}).Draw(t, "cost"),
			Tie:  rapid.Uint64Range(0, 20).Draw(t, "tie"),
		}
	}), 0, 300).Draw(t, "claims")
}

func resourceOf(limit float64, claims []Claim) Resource {
	r := Resource{Limit: limit}
	for _, c := range claims {
		r.add(c)
	}
	return r
}

// The threshold admits the longest run of best claims that fits, as sorting them all shows.
func TestThresholdAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := drawClaims(t)
		limit := rapid.Float64Range(0, 100).Draw(t, "limit")
		r := resourceOf(limit, claims)
		threshold := r.threshold()

		sorted := slices.Clone(claims)
		slices.SortFunc(sorted, Claim.compare)
		spent, fits := 0.0, true
		for len(sorted) > 0 {
			same := 1
			for same < len(sorted) && sorted[same].compare(sorted[0]) == 0 {
				same++
			}
			for _, c := range sorted[:same] {
				spent += c.Cost
			}
			fits = fits && spent <= limit
			if got := threshold.admits(sorted[0]); got != fits {
				t.Fatalf("claim %+v: admitted %v, want %v at %v of %v", sorted[0], got, fits, spent, limit)
			}
			sorted = sorted[same:]
		}
	})
}

func TestMergedClaimsAreTheClaimsOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := drawClaims(t)
		limit := rapid.Float64Range(0, 100).Draw(t, "limit")
		whole := resourceOf(limit, claims)
		shards := make([]Budget, 3)
		for i := range shards {
			shards[i].Resources = []Resource{{Limit: limit}}
		}
		for _, c := range claims {
			shards[rapid.IntRange(0, 2).Draw(t, "shard")].Resources[0].add(c)
		}
		merged := Budget{Resources: []Resource{{Limit: limit}}}
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			merged.Merge(&shards[i])
		}
		if diff := cmp.Diff(whole.threshold(), merged.Resources[0].threshold()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestBudgetTravelsAsJSON(t *testing.T) {
	b := Budget{Resources: []Resource{resourceOf(2, []Claim{{1, 1, math.MaxUint64}, {2, 1, 5}, {3, 1, 9}})}}
	want := b.Thresholds()
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var arrived Budget
	if err := json.Unmarshal(text, &arrived); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, arrived.Thresholds()); diff != "" {
		t.Error(diff)
	}
}

// The size of a budget follows its limit, however many claim.
func TestClaimsThatCannotBeMetAreDropped(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	r := Resource{Limit: 100}
	for range 200_000 {
		r.add(Claim{Gain: random.Float64(), Cost: 1, Tie: random.Uint64()})
		if len(r.Claims) > 300 {
			t.Fatalf("%d claims are held for a limit of 100", len(r.Claims))
		}
	}
	if got := len(r.Claims); got < 101 {
		t.Errorf("%d claims are held, which does not tell what does not fit", got)
	}
}

func TestEqualCustomersAreDrawnByHash(t *testing.T) {
	config := everybody()
	config.Capacity = map[string]int{"soft_checkin": 7}
	config.BaselineAction = "win_back"
	shop := manyRegulars(100)
	got := map[string]bool{}
	for _, s := range night(newPolicy(t, config), shop) {
		if s.Action == "soft_checkin" {
			got[s.CustomerID] = true
		}
	}
	if len(got) != 7 {
		t.Errorf("%d customers get the action, want the 7 that are possible", len(got))
	}
	config.Salt = "another"
	same := 0
	for _, s := range night(newPolicy(t, config), shop) {
		if s.Action == "soft_checkin" && got[s.CustomerID] {
			same++
		}
	}
	if same == 7 {
		t.Error("another salt draws the same customers")
	}
}

// Who gains most from a call is called; the others get the next best.
func TestCallsGoWhereTheyGainMost(t *testing.T) {
	config := everybody()
	config.Capacity = map[string]int{"personal_call": 3}
	shop := manyRegulars(10)
	for i := range shop {
		shop[i].score.ValueTier, shop[i].score.ChurnRisk = "gold", "high"
		shop[i].facts.AverageOrderValue = 500 + 10*float64(i)
	}
	for i, s := range night(newPolicy(t, config), shop) {
		want := "soft_checkin"
		if i >= 7 {
			want = "personal_call"
		}
		if s.Action != want {
			t.Errorf("order value %v: %s, want %s", shop[i].facts.AverageOrderValue, s.Action, want)
		}
	}
}

// An offer dearer than the whole budget is none, and does not stand in the way of others.
func TestAnOfferThatNoBudgetHolds(t *testing.T) {
	config := everybody()
	config.DiscountBudget = 20
	shop := manyRegulars(2)
	for i := range shop {
		exemplars["price_offer"](&shop[i])
	}
	shop[0].facts.AverageOrderValue = 900
	scores := night(newPolicy(t, config), shop)
	if scores[0].WouldBeAction == "price_offer" || scores[1].Action != "price_offer" {
		t.Errorf("discounts of 90 and 6 from a budget of 20: %s and %s", scores[0].Action, scores[1].Action)
	}
}

// A comparison customer does not use a call up, and is told what the policy group gets.
func TestComparisonCustomersTakeNothingAway(t *testing.T) {
	config := everybody()
	config.Holdout = new(0.5)
	config.Capacity = map[string]int{"personal_call": 10}
	shop := manyRegulars(200)
	for i := range shop {
		shop[i].score.ValueTier, shop[i].score.ChurnRisk, shop[i].facts.AverageOrderValue = "gold", "high", 900
	}
	called, would := 0, 0
	for _, s := range night(newPolicy(t, config), shop) {
		if s.Action == "personal_call" {
			called++
		}
		if s.ExperimentGroup == GroupHoldout && s.WouldBeAction == "personal_call" {
			would++
		}
	}
	if called != 10 || would == 0 {
		t.Errorf("%d called, %d of the holdout would be; want 10 and some", called, would)
	}
}
