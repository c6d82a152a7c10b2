package action

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// row is one customer before the policy decides.
type row struct {
	facts    Facts
	score    publish.Score
	previous *publish.Score
}

const testNight = 15227 // 2011-09-10

// regular is a consenting customer of middling value whose order is late. Tests
// change what they are about.
func regular() row {
	return row{
		facts: Facts{
			EmailConsent: history.ConsentYes, SMSConsent: history.ConsentYes, PhoneConsent: history.ConsentYes,
			DaysSinceOrder: 84, DaysSinceReturn: math.NaN(), DaysSinceTicket: math.NaN(),
			UsualGapDays: 31, OwnGapDays: 31, AverageOrderValue: 60, DiscountShare: 0,
		},
		score: publish.Score{
			CustomerID: "c1", AsOf: testNight, Eligibility: "ok",
			PurchaseProbability30d: new(0.02), PurchaseProbability60d: new(0.03), PurchaseProbability90d: new(0.04), PurchaseProbability180d: new(0.06),
			ChurnRisk: "medium", ValueTier: "medium", LifecycleStage: "at_risk",
			HistoricOrders: 5, HistoricRevenue: 300,
		},
	}
}

func (r row) with(edit func(*row)) row {
	edit(&r)
	return r
}

func manyRegulars(n int) []row {
	shop := make([]row, n)
	for i := range shop {
		shop[i] = regular()
		shop[i].score.CustomerID = fmt.Sprint("c", i)
	}
	return shop
}

// everybody is a policy without comparison groups or lots.
func everybody() Config {
	return Config{Holdout: new(0.0), Explore: new(0.0), Currency: "GBP"}
}

func newPolicy(t interface {
	Helper()
	Fatal(...any)
}, config Config) *Policy {
	t.Helper()
	p, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// night decides about a whole shop.
func night(p *Policy, shop []row) []publish.Score {
	budget := p.NewBudget()
	for _, r := range shop {
		budget.Add(p.Propose(r.facts, &r.score, r.previous))
	}
	thresholds := budget.Thresholds()
	scores := make([]publish.Score, len(shop))
	for i, r := range shop {
		scores[i] = r.score
		p.Decide(p.Propose(r.facts, &r.score, r.previous), thresholds, &scores[i])
	}
	return scores
}

func decide(t *testing.T, config Config, r row) publish.Score {
	t.Helper()
	return night(newPolicy(t, config), []row{r})[0]
}

var (
	testStages = []string{"prospect", "new", "active", "cooling", "at_risk", "lapsed", "lost", "reactivated"}
	testTiers  = []string{"platinum", "gold", "silver", "bronze", "medium", "low", ""}
)

// drawShop draws customers with every mix of consent, silence, value and past.
func drawShop(t *rapid.T) []row {
	n := rapid.IntRange(1, 40).Draw(t, "customers")
	shop := make([]row, n)
	for i := range shop {
		shop[i] = drawRow(t)
		shop[i].score.CustomerID = fmt.Sprint("c", i)
	}
	return shop
}

func drawRow(t *rapid.T) row {
	days := rapid.OneOf(rapid.Just(math.NaN()), rapid.Float64Range(0, 400))
	consent := rapid.SampledFrom([]history.Consent{history.ConsentUnknown, history.ConsentNo, history.ConsentYes, history.ConsentYes})
	share := rapid.Float64Range(0, 1)
	r := row{
		facts: Facts{
			EmailConsent: consent.Draw(t, "email"), SMSConsent: consent.Draw(t, "sms"), PhoneConsent: consent.Draw(t, "phone"),
			DaysSinceOrder: days.Draw(t, "order"), DaysSinceReturn: days.Draw(t, "return"), DaysSinceTicket: days.Draw(t, "ticket"),
			UsualGapDays: days.Draw(t, "gap"), OwnGapDays: rapid.SampledFrom([]float64{0, 12.5, 40}).Draw(t, "own gap"), AverageOrderValue: rapid.OneOf(rapid.Just(math.NaN()), rapid.Float64Range(-5, 2000)).Draw(t, "order value"),
			DiscountShare: rapid.OneOf(rapid.Just(math.NaN()), share).Draw(t, "discounts"),
		},
		score: publish.Score{
			AsOf: testNight, Eligibility: rapid.SampledFrom([]string{"ok", "ok", "ok", "new", "stale", "excluded"}).Draw(t, "eligibility"),
			ChurnRisk:      rapid.SampledFrom([]string{"", "low", "medium", "high", "lost"}).Draw(t, "risk"),
			ValueTier:      rapid.SampledFrom(testTiers).Draw(t, "tier"),
			LifecycleStage: rapid.SampledFrom(testStages[1:]).Draw(t, "stage"),
			HistoricOrders: int32(rapid.IntRange(1, 6).Draw(t, "orders")), HistoricRevenue: rapid.Float64Range(-50, 5000).Draw(t, "revenue"),
		},
	}
	if rapid.Bool().Draw(t, "scored") {
		p := share.Draw(t, "p")
		r.score.PurchaseProbability30d, r.score.PurchaseProbability60d = new(p/4), new(p/2)
		r.score.PurchaseProbability90d, r.score.PurchaseProbability180d = new(p*3/4), new(p)
	}
	if rapid.Bool().Draw(t, "category") {
		r.score.NextCategories = []string{"bread"}
	}
	if rapid.IntRange(0, 3).Draw(t, "due") == 0 {
		r.score.ReplenishDueDate = new(int32(testNight + rapid.IntRange(-5, 30).Draw(t, "due date")))
	}
	if math.IsNaN(r.facts.DaysSinceOrder) {
		r.facts.AverageOrderValue, r.facts.UsualGapDays, r.facts.DiscountShare = math.NaN(), math.NaN(), math.NaN()
		r.score.HistoricOrders, r.score.HistoricRevenue, r.score.LifecycleStage = 0, 0, "prospect"
	}
	drawPast(t, &r)
	return r
}

func drawPast(t *rapid.T, r *row) {
	names := append(actionNames(), none.Name)
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2, 5}).Draw(t, "sent") {
		r.facts.Sent = append(r.facts.Sent, Sent{
			Action:  rapid.SampledFrom(names).Draw(t, "sent action"),
			DaysAgo: rapid.Float64Range(0, 200).Draw(t, "sent days ago"),
		})
	}
	if rapid.Bool().Draw(t, "seen before") {
		name := rapid.SampledFrom(names).Draw(t, "previous action")
		r.previous = &publish.Score{
			Action: name, WouldBeAction: name, ActionExpiresOn: new(int32(testNight + rapid.IntRange(-3, 20).Draw(t, "previous expiry"))),
			LifecycleStage: rapid.SampledFrom(testStages).Draw(t, "previous stage"),
		}
	}
}

func actionNames() []string {
	var names []string
	for _, a := range Catalogue() {
		names = append(names, a.Name)
	}
	return names
}

// drawConfig draws policies with and without groups, lots and budgets.
func drawConfig(t *rapid.T) Config {
	return Config{
		Salt:           rapid.SampledFrom([]string{"", "2012", "2013"}).Draw(t, "salt"),
		Holdout:        new(rapid.Float64Range(0, 0.5).Draw(t, "holdout")),
		Baseline:       new(rapid.Float64Range(0, 0.5).Draw(t, "baseline")),
		Explore:        new(rapid.Float64Range(0, 1).Draw(t, "explore")),
		DiscountBudget: rapid.SampledFrom([]float64{0, 20, 300}).Draw(t, "discount budget"),
		Capacity:       map[string]int{"personal_call": rapid.IntRange(0, 3).Draw(t, "calls"), "cross_sell": 2},
		Currency:       "GBP",
	}
}
