package action

import (
	"slices"

	"perennial/pipeline/publish"
)

// Action is one thing that can be done about a customer.
type Action struct {
	Name       string
	Doc        string   `json:"-"` // who gets it, beside stages, tiers and risks; words are no part of the policy
	Channels   []string // in order of preference; the first one consented to is used
	WindowDays int      // in which it makes sense, and in which orders count as its effect
	RepeatDays int      // that pass before it is proposed again after it was sent
	Priority   int32    // 1 is first

	// Uplift is the number of extra orders that one customer brings in the window
	// because of the action, by lifecycle stage. A stage that is not listed does
	// not get the action.
	Uplift map[string]float64

	Tiers    []string // value tiers that get it; nil is all
	Risks    []string // churn risks that get it; nil is all
	Despite  []string // suppressions that do not apply to it
	Discount float64  // share of the order value given away
	Person   bool     // done by a person: limited a night, and approved first
	Service  bool     // not advertising
	Rule     bool     // done whenever it fits, whatever it is worth

	when    func(*Facts, *publish.Score) bool // further condition; nil is always
	because func(words) string                // the reason published with it
}

// rules is part of the policy version: raise it when conditions, texts or
// the way of choosing change, which no hash of data can see.
const rules = 2

// none is the action of doing nothing, worth nothing and always possible.
var none = Action{Name: "none", Service: true}

// Catalogue returns all actions but none, in the order that settles equal values.
//
// The uplifts are priors, documented guesses until a shop's own groups have been
// compared: an e-mail is taken to bring 3 to 10 extra orders per 1,000 customers,
// around the 3 and 7 that the two Hillstrom mailings brought in 14 days (MineThatData
// 2008, randomised, 64,000 customers), more where a product is due, and a call
// by a person several times that.
func Catalogue() []Action {
	return []Action{{
		Name: "service_recovery", Doc: "Who wrote to the shop's service within 14 days hears from a person first.",
		Channels: []string{"email", "phone"}, WindowDays: 14, RepeatDays: 14, Priority: 1,
		Uplift:  stages(0.02, "prospect", "new", "active", "cooling", "at_risk", "lapsed", "lost", "reactivated"),
		Despite: []string{noConsent, openTicket, recentReturn, recentContact, recentOrder}, Service: true, Rule: true,
		when: ticketOpen, because: becauseOfTicket,
	}, {
		Name: "personal_call", Doc: "A person calls who is worth much and has fallen silent.",
		Channels: []string{"phone"}, WindowDays: 30, RepeatDays: 90, Priority: 1,
		Uplift: map[string]float64{"cooling": 0.04, "at_risk": 0.06, "lapsed": 0.04},
		Tiers:  []string{"platinum", "gold", "silver"}, Risks: []string{"high", "lost"}, Person: true,
		because: becauseValuableAndSilent,
	}, {
		Name: "vip_care", Doc: "A person cares for who is worth most.",
		Channels: []string{"email", "phone"}, WindowDays: 90, RepeatDays: 90, Priority: 2,
		Uplift: stages(0.012, "active", "cooling"),
		Tiers:  []string{"platinum", "gold"}, Person: true,
		because: becauseValuable,
	}, {
		Name: "replenish", Doc: "A consumable bought before is due again within 14 days.",
		Channels: []string{"email", "sms"}, WindowDays: 14, RepeatDays: 14, Priority: 2,
		Uplift: stages(0.02, "new", "active", "cooling", "at_risk", "reactivated"),
		when:   replenishmentDue, because: becauseDue,
	}, {
		Name: "welcome", Doc: "The first order is at most 14 days old.",
		Channels: []string{"email"}, WindowDays: 14, RepeatDays: once, Priority: 2,
		Uplift: stages(0.005, "new"), Despite: []string{recentOrder},
		when: firstOrderIsFresh, because: becauseFirstOrder,
	}, {
		Name: "reactivated_thanks", Doc: "Who has come back after a long break.",
		Channels: []string{"email"}, WindowDays: 14, RepeatDays: 180, Priority: 2,
		Uplift: stages(0.005, "reactivated"), Despite: []string{recentOrder},
		because: becauseBack,
	}, {
		Name: "second_order_nudge", Doc: "Half the usual gap has passed since the only order.",
		Channels: []string{"email", "sms"}, WindowDays: 30, RepeatDays: 60, Priority: 3,
		Uplift: map[string]float64{"new": 0.007, "active": 0.008, "cooling": 0.008, "at_risk": 0.005},
		when:   secondOrderIsDue, because: becauseOneOrder,
	}, {
		Name: "cross_sell", Doc: "Who has ordered before and has a likely next category.",
		Channels: []string{"email"}, WindowDays: 30, RepeatDays: 30, Priority: 3,
		Uplift: stages(0.005, "active", "reactivated"),
		when:   repeatsAndHasNextCategory, because: becauseNextCategory,
	}, {
		Name: "soft_checkin", Doc: "Who has been silent for longer than usual.",
		Channels: []string{"email"}, WindowDays: 30, RepeatDays: 60, Priority: 3,
		Uplift:  stages(0.006, "cooling", "at_risk"),
		because: becauseSilent,
	}, {
		Name: "price_offer", Doc: "Who buys at a discount: at least half of the orders were. Takes a discount_budget.",
		Channels: []string{"email", "sms"}, WindowDays: 30, RepeatDays: 180, Priority: 3,
		Uplift: map[string]float64{"at_risk": 0.015, "lapsed": 0.012}, Discount: 0.10,
		when: buysAtDiscount, because: becauseSilentAndDiscounted,
	}, {
		Name: "win_back", Doc: "Who has been silent for very long.",
		Channels: []string{"email", "sms"}, WindowDays: 30, RepeatDays: 180, Priority: 3,
		Uplift:  map[string]float64{"lapsed": 0.005, "lost": 0.003},
		because: becauseSilent,
	}, {
		Name: "ask_consent", Doc: "Who was never asked whether the shop may write: at the next order, not by a message.",
		WindowDays: 90, RepeatDays: 90, Priority: 3,
		Uplift:  stages(0.003, "new", "active", "cooling", "reactivated"),
		Tiers:   []string{"platinum", "gold", "silver", "bronze"},
		Despite: []string{noConsent, recentOrder}, Service: true,
		when: neverAskedForConsent, because: becauseNeverAsked,
	}}
}

// once is longer than any shop remembers, in days.
const once = 36_500

// stages gives the same uplift to every stage named.
func stages(uplift float64, names ...string) map[string]float64 {
	m := make(map[string]float64, len(names))
	for _, name := range names {
		m[name] = uplift
	}
	return m
}

// fits reports whether a is meant for this customer, suppressions aside.
func (a *Action) fits(f *Facts, s *publish.Score) bool {
	_, stage := a.Uplift[s.LifecycleStage]
	return stage &&
		(a.Tiers == nil || slices.Contains(a.Tiers, s.ValueTier)) &&
		(a.Risks == nil || slices.Contains(a.Risks, s.ChurnRisk)) &&
		!f.sentWithin(a.Name, a.RepeatDays) &&
		(a.when == nil || a.when(f, s))
}
