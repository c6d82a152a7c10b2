package simulate

import "math"

// Truth is a row of truth.parquet: what is true of a customer at the first
// instant of the end day, computed from the hidden state. The package comment
// has the formulas.
type Truth struct {
	CustomerID string `parquet:"customer_id"`

	OrderRatePerDay     float64 `parquet:"order_rate_per_day"`        // λ, orders per day of average pace while she stays
	GapShape            int32   `parquet:"gap_shape"`                 // k of the Erlang gaps: 1 is Poisson, high is regular
	StagesPassed        int32   `parquet:"stages_passed"`             // j of k since the last order
	DropoutProbability  float64 `parquet:"dropout_probability"`       // q, per midnight
	AliveUntil          *int32  `parquet:"alive_until,date,optional"` // first day without her; null: still there
	DiscountSensitivity float64 `parquet:"discount_sensitivity"`      // s, 0 to 1

	POrder30d  float64 `parquet:"p_order_30d"` // P(at least one order within 30 days), no further action being sent
	POrder60d  float64 `parquet:"p_order_60d"`
	POrder90d  float64 `parquet:"p_order_90d"`
	POrder180d float64 `parquet:"p_order_180d"`

	ExpectedOrders365d  float64 `parquet:"expected_orders_365d"`
	ExpectedOrderValue  float64 `parquet:"expected_order_value"`  // currency, before discount and returns
	ExpectedRevenue365d float64 `parquet:"expected_revenue_365d"` // of the orders of 365 days, net of discount and of all that comes back of them

	UpliftReminder30d float64 `parquet:"uplift_reminder_30d"` // what the action, sent on the end day, adds to POrder30d
	UpliftVoucher30d  float64 `parquet:"uplift_voucher_30d"`
}

// forecast computes truth rows; it holds the scratch of one.
type forecast struct {
	elapsed [truthDays + 1]float64
	orders  [truthDays]float64
}

// tell returns the truth about a customer. It extends her clock by the days ahead.
func (f *forecast) tell(s *shop, c *customer) Truth {
	now := c.life.state(&c.traits, s.days)
	row := Truth{
		CustomerID:          string(c.id),
		OrderRatePerDay:     now.rate,
		GapShape:            int32(now.shape),
		StagesPassed:        int32(now.stage),
		DropoutProbability:  now.dropout,
		DiscountSensitivity: c.traits.sensitivity,
		ExpectedOrderValue:  c.traits.level / 100 * math.Exp(valueSigma*valueSigma/2),
	}
	if !now.alive {
		gone := int32(s.start) + int32(c.life.gone)
		row.AliveUntil = &gone
		return row
	}
	c.clock.set(&s.calendar, &c.traits, c.sent, s.days+truthDays)
	c.clock.ahead(f.elapsed[:], s.days, 1)

	var p [4]float64
	now.orderProbability(p[:], []int{30, 60, 90, 180}, f.elapsed[:])
	row.POrder30d, row.POrder60d, row.POrder90d, row.POrder180d = p[0], p[1], p[2], p[3]
	row.ExpectedOrders365d, row.ExpectedRevenue365d = f.year(s, c, &now, row.ExpectedOrderValue)
	row.UpliftReminder30d = f.orderWithin30(s, c, &now, reminder) - p[0]
	row.UpliftVoucher30d = f.orderWithin30(s, c, &now, voucher) - p[0]
	return row
}

// year returns the orders expected in the year ahead, and their net revenue when
// the mean value of an order before discount is value.
func (f *forecast) year(s *shop, c *customer, now *state, value float64) (orders, revenue float64) {
	now.expectedOrders(f.orders[:], f.elapsed[:])
	for n, mean := range f.orders {
		orders += mean
		revenue += mean * value * (1 - meanDiscount(s, c, s.days+n))
	}
	return orders, revenue * (1 - c.traits.returnRate)
}

// orderWithin30 returns the probability of an order within 30 days if a is sent
// on the end day. It leaves its own clock time in the scratch.
func (f *forecast) orderWithin30(s *shop, c *customer, now *state, a action) float64 {
	c.clock.ahead(f.elapsed[:31], s.days, c.traits.ratio[a])
	var p [1]float64
	now.orderProbability(p[:], []int{30}, f.elapsed[:31])
	return p[0]
}
