// Package history is the vocabulary of a customer's past: order lines,
// engagements, sent actions, the profile, and the View that ends at a cutoff.
//
// A History holds everything that one extract read about one customer, in time
// order. Call History.At to get what was known at a cutoff; features are
// computed from that View alone.
package history

// CustomerID is the shop's own key of a customer.
type CustomerID string

// Line is one product in an order. A return or refund is a line with negative
// quantity or amount, dated when it happened, whatever order it names. Numbers
// are finite unless said otherwise.
type Line struct {
	At       Instant
	KnownAt  Instant // when At had passed and the shop's system had the fact
	Amount   float64 // revenue net of discount in the shop's currency
	Order    int32   // ordinal of its order within the history, from 0 without holes
	Product  Code
	Category Code
	Channel  Code
	Quantity float32
	Discount float32 // money taken off, >= 0; NaN when the source has none
}

// Return reports whether the line takes goods or money back.
func (l *Line) Return() bool { return l.Amount < 0 || l.Quantity < 0 }

// Engagement is anything a customer did other than buying.
type Engagement struct {
	At       Instant
	KnownAt  Instant
	Kind     Code
	Channel  Code
	Campaign Code
	Product  Code
	Value    float32 // NaN when the source has none
}

// Sent is an action that really reached the customer.
type Sent struct {
	At      Instant
	Action  Code
	Channel Code
}

// Consent is a customer's answer to being contacted. Unknown counts as no.
type Consent int8

// The answers.
const (
	ConsentUnknown Consent = iota
	ConsentNo
	ConsentYes
)

// Profile is what the customers table says. Consent holds as of the extract:
// it decides about actions and is never a feature, because its past is not known.
type Profile struct {
	SignedUpAt   Instant // Never when the source has none
	EmailConsent Consent
	SMSConsent   Consent
	PhoneConsent Consent
	Country      Code
	Excluded     bool // by the shop: a test account, a reseller, staff
}

// History is everything one extract holds about one customer. Rows are sorted
// by At.
type History struct {
	Customer    CustomerID
	Profile     Profile
	Lines       []Line
	Engagements []Engagement
	Actions     []Sent
}

// Bucket holds the histories of one hash bucket, sorted by customer.
type Bucket struct {
	Index     int
	Histories []History
}

// Product is a row of the products table, completed from the order lines.
type Product struct {
	Code       Code
	Category   Code
	Name       string // "" when the source has none
	Available  bool   // true unless the source says otherwise
	Consumable bool
}
