package simulate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEngagementStaysWithinTheSimulation(t *testing.T) {
	eachCustomer(Config{Customers: 2000, Seed: 4}, func(s *shop, c *customer) {
		for _, e := range c.trail.rows {
			if e.at < c.traits.signedUp()-1 || e.at.day() >= s.days {
				t.Fatalf("%s: %s at %d s, signed up at %d s", c.id, kindNames[e.kind], e.at, c.traits.signedUp())
			}
			mail := e.kind == emailOpen || e.kind == emailClick
			if mail != (e.campaign > 0) || mail && !c.traits.email {
				t.Fatalf("%s: %+v with consent %v", c.id, e, c.traits.email)
			}
			if e.kind == review && (e.value < 1 || e.value > 5) || e.kind == nps && (e.value < 1 || e.value > 10) {
				t.Fatalf("%s: %s of %d", c.id, kindNames[e.kind], e.value)
			}
		}
	})
}

func TestAShareOfEngagementIsASubset(t *testing.T) {
	rows := func(share float64) map[engagement]int {
		kept := make(map[engagement]int)
		eachCustomer(Config{Customers: 300, Seed: 4, EngagementShare: share}, func(_ *shop, c *customer) {
			for _, e := range c.trail.rows {
				kept[e]++
			}
		})
		return kept
	}
	all, some, none := rows(1), rows(0.3), rows(-1)
	if n := float64(len(some)) / float64(len(all)); n < 0.25 || n > 0.35 {
		t.Errorf("%.2f of the rows are kept, want 0.3", n)
	}
	for e, n := range some {
		if n > all[e] {
			t.Fatalf("%+v appears only in the share", e)
		}
	}
	if len(none) != 0 {
		t.Errorf("%d rows without engagement", len(none))
	}
}

func TestOrdersDoNotDependOnEngagement(t *testing.T) {
	orders := func(share float64) (all []order) {
		eachCustomer(Config{Customers: 100, Seed: 4, EngagementShare: share}, func(_ *shop, c *customer) {
			for _, o := range c.basket.orders {
				o.lines = append([]line(nil), o.lines...)
				all = append(all, o)
			}
		})
		return all
	}
	if diff := cmp.Diff(orders(1), orders(-1), cmp.AllowUnexported(order{}, line{})); diff != "" {
		t.Error(diff)
	}
}

// Engagement tells something: it rises before an order and falls after the drift.
func TestEngagementIsInformative(t *testing.T) {
	var close, far, here, gone tally // visits and opens per day
	eachCustomer(Config{Customers: 5000, Seed: 4}, func(s *shop, c *customer) {
		perDay := make([]float64, s.days)
		opens := make([]float64, s.days)
		for _, e := range c.trail.rows {
			switch e.kind {
			case visit:
				perDay[e.at.day()]++
			case emailOpen:
				opens[e.at.day()]++
			}
		}
		for i := 1; i < len(c.basket.orders); i++ {
			from, to := c.basket.orders[i-1].at.day(), c.basket.orders[i].at.day()
			if to-from < 40 {
				continue
			}
			for d := 1; d <= 10; d++ { // the day of the order itself is left out
				close.add(perDay[to-d])
				far.add(perDay[from+d])
			}
		}
		if c.traits.email && c.life.gone > c.traits.day+60 && c.life.gone+60 < s.days {
			for d := 1; d <= 60; d++ {
				here.add(opens[c.life.gone-d] + perDay[c.life.gone-d])
				gone.add(opens[c.life.gone+d] + perDay[c.life.gone+d])
			}
		}
	})
	if before, after := close.sum/close.n, far.sum/far.n; before < 1.25*after {
		t.Errorf("%.4f visits a day before an order, %.4f after one", before, after)
	}
	if here, gone := here.sum/here.n, gone.sum/gone.n; gone > 0.8*here || gone == 0 {
		t.Errorf("%.4f engagements a day before the drift, %.4f after it", here, gone)
	}
}
