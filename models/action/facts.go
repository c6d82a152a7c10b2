package action

import (
	"math"

	"perennial/pipeline/history"
)

// Facts is what the policy needs to know about a customer beside her scores.
// Consent is what the extract says tonight, so an objection counts at once.
type Facts struct {
	EmailConsent history.Consent
	SMSConsent   history.Consent
	PhoneConsent history.Consent

	DaysSinceOrder    float64 // NaN without an order
	DaysSinceReturn   float64 // NaN without a return or refund
	DaysSinceTicket   float64 // since she last wrote to the shop's service; NaN never
	UsualGapDays      float64 // between orders, shrunk to the shop's when hers are few; NaN unknown
	OwnGapDays        float64 // mean of her own; 0 where she has too few to call it usual
	AverageOrderValue float64 // shop currency; NaN without an order
	DiscountShare     float64 // of her orders that were discounted; NaN unknown

	Sent []Sent // actions that reached her, in any order
}

// Sent is one action that reached the customer.
type Sent struct {
	Action  string
	DaysAgo float64
}

// sentWithin reports whether action reached the customer in the last days.
func (f *Facts) sentWithin(action string, days int) bool {
	for _, s := range f.Sent {
		if s.Action == action && s.DaysAgo < float64(days) {
			return true
		}
	}
	return false
}

// contacts returns how many actions reached the customer in the last 30 days, and
// how many days ago the latest did, infinity if none ever did.
func (f *Facts) contacts() (in30Days int, daysAgo float64) {
	daysAgo = math.Inf(1)
	for _, s := range f.Sent {
		if s.DaysAgo < 30 {
			in30Days++
		}
		daysAgo = min(daysAgo, s.DaysAgo)
	}
	return in30Days, daysAgo
}

// consented reports an explicit yes for channel. Unknown is no.
func (f *Facts) consented(channel string) bool {
	switch channel {
	case "email":
		return f.EmailConsent == history.ConsentYes
	case "sms":
		return f.SMSConsent == history.ConsentYes
	case "phone":
		return f.PhoneConsent == history.ConsentYes
	}
	return false
}

// channel returns the first of a's channels that the customer consented to, or "".
func (f *Facts) channel(a *Action) string {
	for _, c := range a.Channels {
		if f.consented(c) {
			return c
		}
	}
	return ""
}
