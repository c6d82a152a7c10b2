package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestOffers(t *testing.T) {
	s := newShop(Config{}.withDefaults())
	promotion, plain := -1, -1
	for day := range s.days {
		if s.promotion[day] && promotion < 0 {
			promotion = day
		}
		if !s.promotion[day] && plain < 0 {
			plain = day
		}
	}
	c := customer{traits: traits{sensitivity: 0.5}}
	holder := customer{traits: c.traits, sent: []sentAction{{day: promotion - 1, action: voucher}}}
	for _, test := range []struct {
		name     string
		customer *customer
		day      int
		want     offer
	}{
		{"voucher before promotion", &holder, promotion, offer{0.10, 0.8}},
		{"promotion", &c, promotion, offer{0.15, 0.6}},
		{"coupon", &c, plain, offer{0.05, 0.1}},
	} {
		if got := offerOn(s, test.customer, test.day); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestDrawnDiscountAveragesItsMean(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	o := offer{rate: 0.2, probability: 0.3}
	mean, _ := moments(100_000, func() float64 { return o.draw(r) })
	if math.Abs(mean-0.06) > 0.002 {
		t.Errorf("mean discount %.4f, want 0.06", mean)
	}
}
