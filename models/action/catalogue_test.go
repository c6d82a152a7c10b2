package action

import (
	"slices"
	"strings"
	"testing"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

func TestEntriesAreWhole(t *testing.T) {
	names := actionNames()
	for _, a := range Catalogue() {
		t.Run(a.Name, func(t *testing.T) {
			if !strings.HasSuffix(a.Doc, ".") {
				t.Errorf("doc %q is no sentence", a.Doc)
			}
			if slices.Index(names, a.Name) != slices.IndexFunc(Catalogue(), func(b Action) bool { return b.Name == a.Name }) || a.Name == none.Name {
				t.Error("two actions have its name")
			}
			if a.because == nil {
				t.Error("it has no reason")
			}
			if !a.Service && len(a.Channels) == 0 {
				t.Error("it has no channel")
			}
			for _, c := range a.Channels {
				if !(&Facts{EmailConsent: history.ConsentYes, SMSConsent: history.ConsentYes, PhoneConsent: history.ConsentYes}).consented(c) {
					t.Errorf("there is no channel %q", c)
				}
			}
			if a.WindowDays < 1 || a.WindowDays > 180 || a.RepeatDays < a.WindowDays || a.Priority < 1 {
				t.Errorf("window %d, repeat %d days, priority %d", a.WindowDays, a.RepeatDays, a.Priority)
			}
			if len(a.Uplift) == 0 {
				t.Error("no stage gets it")
			}
			for stage, uplift := range a.Uplift {
				if !slices.Contains(testStages, stage) || !(uplift > 0 && uplift < 0.1) {
					t.Errorf("uplift of %v in stage %q", uplift, stage)
				}
			}
			for _, tier := range a.Tiers {
				if !slices.Contains(testTiers, tier) {
					t.Errorf("there is no value tier %q", tier)
				}
			}
		})
	}
}

// exemplars has a customer for each action.
var exemplars = map[string]func(*row){
	"service_recovery": func(r *row) { r.facts.DaysSinceTicket = 3 },
	"personal_call":    func(r *row) { r.score.ValueTier, r.score.ChurnRisk, r.facts.AverageOrderValue = "gold", "high", 900 },
	"vip_care":         func(r *row) { r.score.ValueTier, r.score.LifecycleStage, r.facts.DaysSinceOrder = "gold", "active", 20 },
	"replenish": func(r *row) {
		r.score.ReplenishDueDate, r.score.ReplenishReason = new(int32(testNight+3)), "tea: bought in 3 orders, last 40 days ago; lasts about 43 days"
	},
	"welcome":            func(r *row) { r.score.LifecycleStage, r.score.HistoricOrders, r.facts.DaysSinceOrder = "new", 1, 3 },
	"reactivated_thanks": func(r *row) { r.score.LifecycleStage, r.facts.DaysSinceOrder = "reactivated", 3 },
	"second_order_nudge": func(r *row) {
		r.score.LifecycleStage, r.score.HistoricOrders, r.facts.DaysSinceOrder, r.facts.OwnGapDays = "active", 1, 28, 0
	},
	"cross_sell": func(r *row) {
		r.score.LifecycleStage, r.score.NextCategories, r.facts.DaysSinceOrder = "active", []string{"bread"}, 20
	},
	"soft_checkin": func(*row) {},
	"price_offer":  func(r *row) { r.facts.DiscountShare, r.score.PurchaseProbability30d = 0.75, new(0.0) },
	"win_back":     func(r *row) { r.score.LifecycleStage, r.facts.DaysSinceOrder = "lapsed", 120 },
	"ask_consent": func(r *row) {
		r.facts.EmailConsent, r.facts.SMSConsent, r.facts.PhoneConsent = history.ConsentUnknown, history.ConsentUnknown, history.ConsentUnknown
		r.score.LifecycleStage, r.score.ValueTier = "active", "silver"
	},
}

// generous is a policy in which every action is possible.
func generous() Config {
	config := everybody()
	config.DiscountBudget = 1000
	return config
}

func TestEveryActionHasItsCustomer(t *testing.T) {
	for _, name := range actionNames() {
		edit, found := exemplars[name]
		if !found {
			t.Errorf("no customer for %s", name)
			continue
		}
		s := decide(t, generous(), regular().with(edit))
		if s.Action != name {
			t.Errorf("the customer for %s gets %s: %s", name, s.Action, s.ActionReason)
		}
	}
}

// What keeps an action away although its customer is there.
func TestGuards(t *testing.T) {
	for _, test := range []struct {
		action string
		why    string
		edit   func(*row)
	}{
		{"welcome", "something was sent back", func(r *row) { r.facts.DaysSinceReturn = 1 }},
		{"welcome", "the first order is three weeks old", func(r *row) { r.facts.DaysSinceOrder = 21 }},
		{"second_order_nudge", "too early", func(r *row) { r.facts.DaysSinceOrder = 14 }},
		{"second_order_nudge", "nudged lately", func(r *row) { r.facts.Sent = []Sent{{"second_order_nudge", 40}} }},
		{"price_offer", "pays the full price", func(r *row) { r.facts.DiscountShare = 0.2 }},
		{"price_offer", "would order anyway", func(r *row) { r.score.PurchaseProbability30d = new(0.3) }},
		{"personal_call", "not at risk", func(r *row) { r.score.ChurnRisk = "medium" }},
		{"personal_call", "costs more than it brings", func(r *row) { r.facts.AverageOrderValue = 200 }},
		{"personal_call", "no consent to calls", func(r *row) { r.facts.PhoneConsent = history.ConsentUnknown }},
		{"vip_care", "not a best customer", func(r *row) { r.score.ValueTier = "silver" }},
		{"replenish", "not due yet", func(r *row) { r.score.ReplenishDueDate = new(int32(testNight + 14)) }},
		{"replenish", "overdue since yesterday", func(r *row) { r.score.ReplenishDueDate = new(int32(testNight - 1)) }},
		{"win_back", "one series in half a year", func(r *row) { r.facts.Sent = []Sent{{"win_back", 170}} }},
		{"ask_consent", "said no", func(r *row) { r.facts.SMSConsent = history.ConsentNo }},
		{"service_recovery", "weeks ago", func(r *row) { r.facts.DaysSinceTicket = 20 }},
	} {
		t.Run(test.action+" "+test.why, func(t *testing.T) {
			s := decide(t, generous(), regular().with(exemplars[test.action]).with(test.edit))
			if s.Action == test.action {
				t.Errorf("she gets %s", s.Action)
			}
		})
	}
}

// An offer may depend on what she bought at a discount, never on how likely she is to leave.
func TestOffersDoNotDependOnChurnRisk(t *testing.T) {
	a := actionNamed("price_offer")
	r := regular().with(exemplars["price_offer"])
	for _, risk := range []string{"", "low", "medium", "high", "lost"} {
		if s := (publish.Score{LifecycleStage: "at_risk", ChurnRisk: risk}); !a.fits(&r.facts, &s) {
			t.Errorf("no offer at risk %q", risk)
		}
	}
}
