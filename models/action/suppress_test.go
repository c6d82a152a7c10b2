package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

func TestSuppressions(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*row)
		want []string
	}{
		{"none", func(*row) {}, nil},
		{"unknown consent is no consent", func(r *row) {
			r.facts.EmailConsent, r.facts.SMSConsent, r.facts.PhoneConsent = history.ConsentUnknown, history.ConsentUnknown, history.ConsentNo
		}, []string{noConsent}},
		{"consent to one channel", func(r *row) { r.facts.EmailConsent, r.facts.SMSConsent = history.ConsentNo, history.ConsentUnknown }, nil},
		{"ticket two weeks ago", func(r *row) { r.facts.DaysSinceTicket = 14 }, []string{openTicket}},
		{"ticket long ago", func(r *row) { r.facts.DaysSinceTicket = 14.5 }, nil},
		{"parcel on its way back", func(r *row) { r.facts.DaysSinceReturn = 7 }, []string{recentReturn}},
		{"return long ago", func(r *row) { r.facts.DaysSinceReturn = 8 }, nil},
		{"contacted this week", func(r *row) { r.facts.Sent = []Sent{{"win_back", 100}, {"welcome", 6.9}} }, []string{recentContact}},
		{"contacted last week", func(r *row) { r.facts.Sent = []Sent{{"welcome", 7}} }, nil},
		{"contacted often", func(r *row) { r.facts.Sent = []Sent{{"a", 8}, {"b", 15}, {"c", 22}, {"d", 29}} }, []string{recentContact}},
		{"ordered this week", func(r *row) { r.facts.DaysSinceOrder = 6.9 }, []string{recentOrder}},
		{"stale", func(r *row) { r.score.Eligibility = "stale" }, []string{ineligible}},
		{"excluded", func(r *row) { r.score.Eligibility = "excluded" }, []string{ineligible}},
		{"new is eligible", func(r *row) { r.score.Eligibility = "new" }, nil},
		{"all, in order", func(r *row) {
			r.facts = Facts{Sent: []Sent{{"a", 1}}}
			r.score.Eligibility = "stale"
		}, []string{noConsent, openTicket, recentReturn, recentContact, recentOrder, ineligible}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := regular().with(test.edit)
			got := newPolicy(t, Config{}).suppressions(&r.facts, &r.score)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A shop that allows no contacts makes none, not even a first one.
func TestNoContactsAllowed(t *testing.T) {
	r := regular()
	r.facts.Sent = nil
	p := newPolicy(t, Config{Holdout: new(0.0), ContactsIn30Days: new(0)})
	s := night(p, []row{r})[0]
	if want := "Contacted 0 times in 30 days; the shop stops at 0."; s.SuppressedBy != recentContact || s.ActionReason != want {
		t.Errorf("suppressed by %q: %q, want %q", s.SuppressedBy, s.ActionReason, want)
	}
}

// On ninety nights in which everything proposed is sent, nobody hears from the shop more often than
// it says.
func TestContactLimitsOverNinetyNights(t *testing.T) {
	r := regular().with(func(r *row) { r.score.ReplenishDueDate = new(int32(0)) })
	p := newPolicy(t, Config{Holdout: new(0.0), Explore: new(0.0), DaysBetweenContacts: new(3), ContactsIn30Days: new(2)})
	var sentOn []int
	for n := range 90 {
		r.score.AsOf = int32(testNight + n)
		r.score.ReplenishDueDate = new(r.score.AsOf)
		r.score.LifecycleStage = []string{"active", "cooling", "at_risk", "lapsed"}[n%4]
		r.facts.Sent = nil
		for _, day := range sentOn {
			r.facts.Sent = append(r.facts.Sent, Sent{"newsletter", float64(n - day)})
		}
		if s := night(p, []row{r})[0]; s.Action != none.Name {
			sentOn = append(sentOn, n)
		}
	}
	if len(sentOn) < 5 {
		t.Fatalf("sent on nights %v only: the limits are not put to the test", sentOn)
	}
	for i, day := range sentOn {
		if i >= 1 && day-sentOn[i-1] < 3 || i >= 2 && day-sentOn[i-2] < 30 {
			t.Errorf("sent on nights %v", sentOn)
		}
	}
}
