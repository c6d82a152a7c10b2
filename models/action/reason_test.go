package action

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

func TestReasons(t *testing.T) {
	want := map[string]string{
		"service_recovery":   "Wrote to the shop's service 3 days ago: a person should look at it before anything is advertised.",
		"personal_call":      "5 orders worth 300.00 GBP; no order for 84 days; usually orders every 31 days.",
		"vip_care":           "5 orders worth 300.00 GBP; the last one 20 days ago.",
		"replenish":          "Due again on 2011-09-13: tea: bought in 3 orders, last 40 days ago; lasts about 43 days.",
		"welcome":            "First order 3 days ago.",
		"reactivated_thanks": "Back after a long break: 5 orders so far, the last one 3 days ago.",
		"second_order_nudge": "One order so far, 28 days ago; customers like this usually order again after 31 days.",
		"cross_sell":         "5 orders so far, the last one 20 days ago; a likely next category is bread.",
		"soft_checkin":       "No order for 84 days; usually orders every 31 days.",
		"price_offer":        "No order for 84 days; usually orders every 31 days; 75% of the orders were discounted.",
		"win_back":           "No order for 120 days; usually orders every 31 days.",
		"ask_consent":        "5 orders worth 300.00 GBP, and no answer about e-mail, SMS or phone on record.",
	}
	for _, name := range actionNames() {
		if got := decide(t, generous(), regular().with(exemplars[name])).ActionReason; got != want[name] {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want[name])
		}
	}
}

func TestReasonsForNothing(t *testing.T) {
	noConsentAtAll := func(r *row) { r.facts.EmailConsent, r.facts.SMSConsent, r.facts.PhoneConsent = 0, 1, 1 }
	holdout, baseline, calls := everybody(), everybody(), everybody()
	holdout.Holdout, baseline.Baseline = new(1.0), new(1.0)
	calls.Capacity = map[string]int{"personal_call": 1}
	for _, test := range []struct {
		name   string
		config Config
		edit   func(*row)
		want   string
	}{
		{"holdout", holdout, func(*row) {}, "In the comparison group that gets nothing, so that what the actions bring can be measured."},
		{"no consent", everybody(), noConsentAtAll, "No consent to e-mail, SMS or phone on record."},
		{"return", everybody(), func(r *row) { r.facts.DaysSinceReturn = 1 }, "Sent something back 1 day ago; no advertising for 7 days after that."},
		{"contact", everybody(), func(r *row) { r.facts.Sent = []Sent{{"welcome", 2}} }, "Last contacted 2 days ago; the shop waits 7 days between contacts."},
		{"contacts", everybody(), func(r *row) { r.facts.Sent = []Sent{{"a", 8}, {"b", 9}, {"c", 10}, {"d", 11}} }, "Contacted 4 times in 30 days; the shop stops at 4."},
		{"order", everybody(), func(r *row) { r.facts.DaysSinceOrder = 0.2 }, "Ordered less than a day ago; no advertising for 7 days after an order."},
		{"complaint in the baseline", baseline, func(r *row) { r.facts.DaysSinceTicket = 2 }, "Wrote to the shop's service 2 days ago; no advertising for 14 days after that."},
		{"stale", everybody(), func(r *row) { r.score.Eligibility = "stale" }, "The shop's data is out of date."},
		{"excluded", everybody(), func(r *row) { r.score.Eligibility = "excluded" }, "Taken out by the shop."},
		{"not worth it", everybody(), func(r *row) { r.facts.AverageOrderValue = 0.1 }, "Nothing that is worth its cost: no order for 84 days; usually orders every 31 days."},
		{"prospect", everybody(), func(r *row) {
			r.score.LifecycleStage, r.facts.DaysSinceOrder = "prospect", math.NaN()
		}, "Nothing that is worth its cost: no order yet."},
		{"rhythm unknown", everybody(), func(r *row) {
			r.facts.AverageOrderValue, r.facts.UsualGapDays = 0.1, math.NaN()
		}, "Nothing that is worth its cost: no order for 84 days."},
		{"baseline waits", baseline, func(*row) {}, "The shop's own rule asks for nothing: no order for 84 days; usually orders every 31 days."},
		{"baseline", baseline, func(r *row) { r.facts.DaysSinceOrder = 91 }, "The shop's own rule: no order for 91 days."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := decide(t, test.config, regular().with(test.edit)).ActionReason; got != test.want {
				t.Errorf("\ngot  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestReasonWhenTheLimitIsUsedUp(t *testing.T) {
	config := everybody()
	config.Capacity = map[string]int{"personal_call": 1}
	shop := manyRegulars(2)
	for i := range shop {
		shop[i].score.ValueTier, shop[i].score.ChurnRisk, shop[i].facts.AverageOrderValue = "gold", "high", 900+float64(i)
		shop[i].facts.EmailConsent, shop[i].facts.SMSConsent = history.ConsentNo, history.ConsentNo
	}
	got := night(newPolicy(t, config), shop)[0].ActionReason
	want := "Tonight's limit for personal call went to others: no order for 84 days; usually orders every 31 days."
	if got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

func TestReasonOfALot(t *testing.T) {
	config := everybody()
	config.Explore = new(1.0)
	got := map[string]string{}
	for _, s := range night(newPolicy(t, config), manyRegulars(20)) {
		got[s.Action] = s.ActionReason
	}
	want := map[string]string{
		"soft_checkin": "No order for 84 days; usually orders every 31 days. Chosen by lot, to learn what works.",
		"none":         "Left alone by lot, to learn what works: no order for 84 days; usually orders every 31 days.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// Every number in a reason is a fact of the customer or a limit of the shop; no word
// presses, and none is a statistician's.
func TestReasonsStateFactsPlainly(t *testing.T) {
	words := regexp.MustCompile(`(?i)\b(hurry|last chance|act now|only|urgent|miss|before it|expires?|must|immediately|` +
		`uplift|probab\w+|score\w*|model\w*|percentile|predict\w*|churn|propensity|segment|nan|inf)\b`)
	rapid.Check(t, func(t *rapid.T) {
		p := newPolicy(t, drawConfig(t))
		shop := drawShop(t)
		for i, s := range night(p, shop) {
			if found := words.FindString(s.ActionReason); found != "" {
				t.Fatalf("%q in %q", found, s.ActionReason)
			}
			if len(s.ActionReason) > 160 {
				t.Fatalf("%d letters: %q", len(s.ActionReason), s.ActionReason)
			}
			facts := factsInWords(p, &shop[i])
			for _, n := range number.FindAllString(s.ActionReason, -1) {
				if !facts[n] {
					t.Fatalf("%s in %q is no fact of %+v", n, s.ActionReason, shop[i].facts)
				}
			}
		}
	})
}

// factsInWords returns the numbers that a reason may hold, as it writes them.
func factsInWords(p *Policy, r *row) map[string]bool {
	f := &r.facts
	in30Days, daysAgo := f.contacts()
	facts := map[string]bool{
		"30": true, fmt.Sprint(ticketDays): true, fmt.Sprint(returnDays): true,
		fmt.Sprint(*p.config.DaysBetweenContacts): true, fmt.Sprint(*p.config.ContactsIn30Days): true, fmt.Sprint(*p.config.QuietDaysAfterOrder): true,
		fmt.Sprint(in30Days): true, fmt.Sprint(r.score.HistoricOrders): true,
		fmt.Sprintf("%.2f", math.Abs(r.score.HistoricRevenue)): true,
		fmt.Sprintf("%.0f", 100*f.DiscountShare):               true,
	}
	for _, days := range []float64{f.DaysSinceOrder, f.DaysSinceReturn, f.DaysSinceTicket, f.UsualGapDays, f.OwnGapDays, daysAgo} {
		facts[fmt.Sprintf("%.0f", math.Round(days))] = true
	}
	if due := r.score.ReplenishDueDate; due != nil {
		for _, part := range strings.Split(history.Day(*due).String(), "-") {
			facts[part] = true
		}
	}
	return facts
}
