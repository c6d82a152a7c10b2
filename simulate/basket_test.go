package simulate

import (
	"math"
	"testing"
)

// eachCustomer simulates customers of a shop.
func eachCustomer(cfg Config, visit func(s *shop, c *customer)) {
	cfg = cfg.withDefaults()
	s, d := newShop(cfg), newDice()
	var c customer
	for index := 1; index <= cfg.Customers; index++ {
		c.simulate(s, d, index)
		visit(s, &c)
	}
}

func TestOrdersAreWellFormed(t *testing.T) {
	eachCustomer(Config{Customers: 1000, Seed: 4}, func(s *shop, c *customer) {
		if len(c.basket.orders) != len(c.life.orders) {
			t.Fatalf("%s: %d baskets for %d orders", c.id, len(c.basket.orders), len(c.life.orders))
		}
		previous := c.traits.signedUp()
		for _, o := range c.basket.orders {
			if o.at < previous || o.at.day() >= min(s.days, c.life.gone) {
				t.Fatalf("%s: order at %d s, after %d s, gone by day %d", c.id, o.at, previous, c.life.gone)
			}
			previous = o.at
			if n := len(o.lines); n < 1 || n > maxLines+stapleCount {
				t.Fatalf("%s: %d lines", c.id, n)
			}
			products := make(map[int32]bool)
			for _, l := range o.lines {
				if products[l.product] || !s.sold(l.product, o.at.day()) {
					t.Fatalf("%s: product %d is bought twice or not sold", c.id, l.product)
				}
				products[l.product] = true
				if l.quantity < 1 || l.amount < 1 || l.discount < 0 {
					t.Fatalf("%s: %+v", c.id, l)
				}
				if l.returned != 0 && (l.returned.day() < o.at.day()+3 || l.returned.day() >= s.days) {
					t.Fatalf("%s: bought on day %d, back on day %d", c.id, o.at.day(), l.returned.day())
				}
			}
		}
	})
}

// The gross value of an order is log-normal around the customer's level.
func TestOrderValues(t *testing.T) {
	var logs tally
	eachCustomer(Config{Customers: 3000, Seed: 6}, func(s *shop, c *customer) {
		for _, o := range c.basket.orders {
			gross := 0.0
			for _, l := range o.lines {
				gross += float64(l.amount + l.discount)
			}
			logs.add(math.Log(gross / c.traits.level))
		}
	})
	if z := logs.deviation(0); z > 4 {
		t.Errorf("median order value is %.1f standard errors off the level", z)
	}
	mean := logs.sum / logs.n
	if sd := math.Sqrt(logs.squares/logs.n - mean*mean); math.Abs(sd/valueSigma-1) > 0.03 {
		t.Errorf("log value has sd %.3f, want %v", sd, valueSigma)
	}
}

func TestStaplesFallDue(t *testing.T) {
	if due(-neverBought, 90) < 0.8499 {
		t.Error("a staple never bought is not due")
	}
	if p := due(0, 30); p != 0 {
		t.Errorf("a staple just bought is due with probability %v", p)
	}
	if early, late := due(10, 30), due(45, 30); early > 0.05 || late < 0.8 {
		t.Errorf("due with %.3f after a third of the interval, %.3f after one and a half", early, late)
	}
}

// Consumables are bought again at intervals: soon after a purchase a staple is
// rare in the next basket, later it is common.
func TestStaplesAreBoughtAgainWhenDue(t *testing.T) {
	var soon, late tally
	eachCustomer(Config{Customers: 3000, Seed: 6}, func(s *shop, c *customer) {
		p := c.traits.staples[0]
		if p < 0 {
			return
		}
		last := -1
		for _, o := range c.basket.orders {
			bought := false
			for _, l := range o.lines {
				bought = bought || l.product == p
			}
			if last >= 0 {
				switch waited := float64(o.at.day()-last) / s.products[p].interval; {
				case waited < 0.3:
					soon.add(indicator(bought))
				case waited > 1.5:
					late.add(indicator(bought))
				}
			}
			if bought {
				last = o.at.day()
			}
		}
	})
	if early, due := soon.sum/soon.n, late.sum/late.n; early > 0.35 || due < 0.75 {
		t.Errorf("staples are in %.2f of the baskets soon after, in %.2f when due", early, due)
	}
}
