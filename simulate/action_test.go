package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestActionsAreSentAtRandom(t *testing.T) {
	cal := newCalendar(defaultEnd-730, 730)
	r := rand.New(rand.NewPCG(1, 1))
	var sent []sentAction
	const customers = 2000
	for range customers {
		sent = drawActions(sent, r, &cal, &traits{day: 100, email: true})
	}
	var n [actionCount]float64
	for _, s := range sent {
		n[s.action]++
		if s.day <= 100 || s.day != cal.waves[s.wave-1] {
			t.Fatalf("%+v: not on a wave after day 100", s)
		}
	}
	waves := 0.0
	for _, day := range cal.waves {
		if day > 100 {
			waves++
		}
	}
	for a := range n {
		if share := n[a] / (customers * waves); math.Abs(share-waveShare) > 0.006 {
			t.Errorf("%s reaches %.4f, want %v", actionNames[a], share, waveShare)
		}
	}
}

func TestNothingIsSentWithoutConsent(t *testing.T) {
	cal := newCalendar(defaultEnd-730, 730)
	if sent := drawActions(nil, rand.New(rand.NewPCG(1, 1)), &cal, &traits{}); len(sent) > 0 {
		t.Errorf("%d actions were sent", len(sent))
	}
}

func TestVoucherIsGoodForFourteenDays(t *testing.T) {
	sent := []sentAction{{day: 10, action: voucher}, {day: 50, action: reminder}}
	for day, want := range map[int]bool{10: false, 11: true, 24: true, 25: false, 51: false} {
		if voucherActive(sent, day) != want {
			t.Errorf("day %d: active %v, want %v", day, !want, want)
		}
	}
}

// Customers who were drawn for an action order more often within its 14 days
// than those who were drawn for nothing: the effect is there to be learnt.
func TestActionsBringOrders(t *testing.T) {
	s := newShop(Config{Seed: 8}.withDefaults())
	d := newDice()
	var c customer
	const nothing = actionCount
	var drawn, ordered [actionCount + 1]float64
	for index := 1; index <= 5000; index++ {
		c.simulate(s, d, index)
		if !c.traits.email {
			continue
		}
		for w, day := range s.waves {
			if day <= c.traits.day || day+actionDays >= s.days {
				continue
			}
			arm := nothing
			for _, a := range c.sent {
				if a.wave == w+1 {
					arm = a.action
				}
			}
			drawn[arm]++
			ordered[arm] += indicator(orderedWithin(&c, day+1, day+1+actionDays))
		}
	}
	rate := func(arm action) float64 { return ordered[arm] / drawn[arm] }
	for _, a := range []action{reminder, voucher} {
		p := rate(nothing)
		if z := (rate(a) - p) / math.Sqrt(p*(1-p)/drawn[a]); z < 3 {
			t.Errorf("%s: %.4f order, of the others %.4f: %.1f standard errors", actionNames[a], rate(a), p, z)
		}
	}
}

func orderedWithin(c *customer, from, to int) bool {
	for i := range c.basket.orders {
		if day := c.basket.orders[i].at.day(); day >= from && day < to {
			return true
		}
	}
	return false
}
