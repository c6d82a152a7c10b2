package simulate

import "math/rand/v2"

// offer is a discount that an order may take.
type offer struct {
	rate        float64 // share of the value taken off
	probability float64 // that the customer takes it
}

// offerOn returns what a customer may take off an order on day: the voucher she
// holds, else the promotion, else an occasional coupon.
func offerOn(s *shop, c *customer, day int) offer {
	switch sensitivity := c.traits.sensitivity; {
	case voucherActive(c.sent, day):
		return offer{rate: 0.10, probability: 0.8}
	case s.promotion[day]:
		return offer{rate: 0.15, probability: 0.3 + 0.6*sensitivity}
	default:
		return offer{rate: 0.05, probability: 0.2 * sensitivity}
	}
}

// meanDiscount returns the expected share taken off an order on day.
func meanDiscount(s *shop, c *customer, day int) float64 {
	o := offerOn(s, c, day)
	return o.rate * o.probability
}

// draw returns the share taken off one order.
func (o offer) draw(r *rand.Rand) float64 {
	if r.Float64() < o.probability {
		return o.rate
	}
	return 0
}
