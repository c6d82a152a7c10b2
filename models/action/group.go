package action

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
)

// The groups of the experiment that every shop runs.
const (
	GroupPolicy   = "policy"   // gets what is worthwhile
	GroupBaseline = "baseline" // gets the shop's own rule
	GroupHoldout  = "holdout"  // gets nothing
)

// slots is the resolution of shares: 0.01%.
const slots = 10_000

// Group draws the customer's group from SHA-256(salt ":" customer). The holdout
// takes the lowest slots, so raising its share only adds customers to it.
func (p *Policy) Group(customer string) string {
	holdout := slotsOf(*p.config.Holdout)
	switch slot := draw(p.config.Salt+":"+customer) % slots; {
	case slot < holdout:
		return GroupHoldout
	case slot < holdout+slotsOf(*p.config.Baseline):
		return GroupBaseline
	}
	return GroupPolicy
}

// lot is the outcome of the exploration draw.
type lot struct {
	explore bool
	pick    uint64 // uniform; modulo the number of actions
}

// lotDays is how long a draw stands, so that a customer is not drawn another
// action every night.
const lotDays = 14

// lot draws whether the customer's action is chosen by lot in this fortnight.
func (p *Policy) lot(customer string, asOf int32) lot {
	fortnight := strconv.Itoa(int(math.Floor(float64(asOf) / lotDays)))
	seed := p.config.Salt + ":explore:" + fortnight + ":" + customer
	return lot{
		explore: draw(seed)%slots < slotsOf(*p.config.Explore),
		pick:    draw(seed + ":pick"),
	}
}

// tie orders customers whose claims are worth the same.
func (p *Policy) tie(customer string) uint64 { return draw(p.config.Salt + ":tie:" + customer) }

func slotsOf(share float64) uint64 { return uint64(math.Round(share * slots)) }

// draw returns 64 uniform bits of text.
func draw(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:8])
}
