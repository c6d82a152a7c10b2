package action

import (
	"math"
	"testing"

	"perennial/pipeline/publish"
)

// Two mailings: replenish is worth .02*.4*60-.01 = .47, soft_checkin .006*.4*60-.01 = .134.
func dueAndLate() row {
	return regular().with(func(r *row) { r.score.ReplenishDueDate = new(int32(testNight + 3)) })
}

func TestTheBestActionIsTaken(t *testing.T) {
	if got := decide(t, everybody(), dueAndLate()).Action; got != "replenish" {
		t.Errorf("action = %s, want replenish", got)
	}
}

func TestYesterdaysActionStays(t *testing.T) {
	mail, nudge := actionNamed("soft_checkin"), actionNamed("second_order_nudge")
	for _, test := range []struct {
		name            string
		mail            float64 // worth tonight, the nudge being worth 10
		yesterday, then string  // action and stage
		want            string
	}{
		{"a little better is not enough", 11.9, "second_order_nudge", "at_risk", "second_order_nudge"},
		{"clearly better", 12.1, "second_order_nudge", "at_risk", "soft_checkin"},
		{"the same again", 11.9, "soft_checkin", "at_risk", "soft_checkin"},
		{"another stage", 11.9, "second_order_nudge", "cooling", "soft_checkin"},
		{"no longer possible", 11.9, "welcome", "at_risk", "soft_checkin"},
		{"nothing yesterday", 11.9, "none", "at_risk", "soft_checkin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			worth := []candidate{{action: &nudge, value: 10}, {action: &mail, value: test.mail}}
			// A comparison customer got nothing, but its would-be action dwells alike.
			previous := &publish.Score{Action: "none", WouldBeAction: test.yesterday, LifecycleStage: test.then}
			got := choose(worth, &publish.Score{LifecycleStage: "at_risk"}, previous)
			if got.action.Name != test.want {
				t.Errorf("action = %s, want %s", got.action.Name, test.want)
			}
		})
	}
}

func TestBaselineRule(t *testing.T) {
	config := everybody()
	config.Baseline, config.BaselineAction = new(1.0), "win_back"
	for _, test := range []struct {
		name string
		edit func(*row)
		want string
	}{
		{"before its day", func(r *row) { r.facts.DaysSinceOrder = 89 }, "none"},
		{"on its day, whatever the stage", func(r *row) { r.facts.DaysSinceOrder, r.score.LifecycleStage = 90, "active" }, "win_back"},
		{"no order", func(r *row) { r.facts.DaysSinceOrder = math.NaN() }, "none"},
		{"no consent", func(r *row) {
			r.facts.DaysSinceOrder, r.facts.EmailConsent, r.facts.SMSConsent = 95, 0, 0
		}, "none"},
		{"sent last month", func(r *row) {
			r.facts.DaysSinceOrder, r.facts.Sent = 95, []Sent{{"win_back", 30}}
		}, "none"},
		{"complaint", func(r *row) { r.facts.DaysSinceOrder, r.facts.DaysSinceTicket = 95, 2 }, "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := decide(t, config, regular().with(test.edit))
			if s.ExperimentGroup != GroupBaseline || s.Action != test.want {
				t.Errorf("%s: %s, want baseline: %s", s.ExperimentGroup, s.Action, test.want)
			}
		})
	}
}

// Chance decides neither about people's time, nor money, nor complaints, nor best customers.
func TestWhatIsNotLeftToALot(t *testing.T) {
	config := everybody()
	config.Explore, config.DiscountBudget = new(1.0), 1000
	p := newPolicy(t, config)
	for _, test := range []struct {
		name string
		edit func(*row)
		lot  bool
	}{
		{"a mailing", func(*row) {}, true},
		{"a call", func(r *row) { r.score.ValueTier, r.score.ChurnRisk, r.facts.AverageOrderValue = "gold", "high", 900 }, false},
		{"a best customer", func(r *row) { r.score.ValueTier = "platinum" }, false},
		{"a complaint", func(r *row) { r.facts.DaysSinceTicket = 1 }, false},
		{"money", func(r *row) {
			r.facts.DiscountShare, r.score.PurchaseProbability30d = 1, new(0.0)
		}, false},
		{"nothing to choose from", func(r *row) { r.facts.AverageOrderValue = 0.1 }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := regular().with(test.edit)
			proposal := p.Propose(r.facts, &r.score, nil)
			if got := len(proposal.byLot) > 0; got != test.lot {
				t.Errorf("left to a lot: %v, want %v (best %s)", got, test.lot, proposal.best.action.Name)
			}
		})
	}
}
