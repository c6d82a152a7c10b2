package action

import (
	"math"

	"perennial/pipeline/publish"
)

// value returns what a is expected to bring over doing nothing, in the shop's
// currency:
//
//	uplift·margin·order value − contact cost − discount·order value·(base + uplift)
//
// The last term is the discount that customers take who would have ordered
// anyway, base being their probability of an order in the window. A service
// is owed whatever it costs, so its contact is not counted. The value is NaN where
// the order value, base for a discount, or the uplift in the customer's stage is
// unknown.
func (p *Policy) value(a *Action, channel string, f *Facts, s *publish.Score) float64 {
	uplift, known := a.Uplift[s.LifecycleStage]
	if !known {
		return math.NaN()
	}
	value := uplift * *p.config.Margin * f.AverageOrderValue
	if !a.Service {
		value -= p.contactCost(channel)
	}
	if a.Discount > 0 {
		buyers := math.Min(1, orderProbability(s, float64(a.WindowDays))+uplift)
		value -= a.Discount * f.AverageOrderValue * buyers
	}
	return value
}

func (p *Policy) contactCost(channel string) float64 {
	switch channel {
	case "email":
		return *p.config.EmailCost
	case "sms":
		return *p.config.SMSCost
	case "phone":
		return *p.config.PhoneCost
	}
	return 0
}

// orderProbability returns P(an order within days), days <= 180, between the
// published horizons at a constant rate, and NaN without published
// probabilities.
func orderProbability(s *publish.Score, days float64) float64 {
	silent, from := 1.0, 0.0 // P(no order) until from
	for _, h := range []struct {
		days float64
		p    *float64
	}{{30, s.PurchaseProbability30d}, {60, s.PurchaseProbability60d}, {90, s.PurchaseProbability90d}, {180, s.PurchaseProbability180d}} {
		switch {
		case h.p == nil:
			return math.NaN()
		case silent <= 0:
			return 1
		case days <= h.days:
			return 1 - silent*math.Pow((1-*h.p)/silent, (days-from)/(h.days-from))
		}
		silent, from = 1-*h.p, h.days
	}
	return 1 - silent
}
