package simulate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// future is one way in which the days after the end may go.
type future struct {
	first  int // day of the first order, truthDays for none
	orders int
}

// carryOn lives the days ahead one by one, without any formula of the truth.
func carryOn(r *rand.Rand, s state, pace []float64) future {
	f := future{first: truthDays}
	for day, p := range pace {
		if r.Float64() < s.dropout {
			return f
		}
		for range poisson(r, s.rate*float64(s.shape)*p) {
			if s.stage++; s.stage == s.shape {
				s.stage = 0
				f.orders++
				f.first = min(f.first, day)
			}
		}
	}
	return f
}

// tally sums up what happened against what was expected.
type tally struct{ n, sum, squares float64 }

func (t *tally) add(x float64) {
	t.n++
	t.sum += x
	t.squares += x * x
}

// deviation returns how many standard errors the mean is away from want. The
// first few events of a rare kind count for nothing: they have no normal law.
func (t *tally) deviation(want float64) float64 {
	const few = 4
	mean := t.sum / t.n
	off := max(math.Abs(mean-want)-few/t.n, 0)
	if off == 0 {
		return 0
	}
	return off / math.Sqrt((t.squares/t.n-mean*mean)/t.n)
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestTruthAgreesWithBruteForce(t *testing.T) {
	const customers, replicas, limit = 30, 2500, 4.5 // standard errors; 180 comparisons
	s := newShop(Config{Seed: 11}.withDefaults())
	d, r := newDice(), rand.New(rand.NewPCG(12, 13))
	var c customer
	var f forecast
	for index, checked := 1, 0; checked < customers; index++ {
		c.simulate(s, d, index)
		now := c.life.state(&c.traits, s.days)
		row := f.tell(s, &c)
		if !now.alive {
			continue
		}
		checked++
		pace := c.clock.pace[s.days : s.days+truthDays]
		nudged := append([]float64(nil), pace[:30]...)
		for day := 1; day <= actionDays; day++ {
			nudged[day] *= c.traits.ratio[voucher]
		}
		var within [4]tally
		var orders, nudgedWithin tally
		for range replicas {
			future := carryOn(r, now, pace)
			for i, h := range []int{30, 60, 90, 180} {
				within[i].add(indicator(future.first < h))
			}
			orders.add(float64(future.orders))
			nudgedWithin.add(indicator(carryOn(r, now, nudged).orders > 0))
		}
		for i, p := range []float64{row.POrder30d, row.POrder60d, row.POrder90d, row.POrder180d} {
			if z := within[i].deviation(p); z > limit {
				t.Errorf("%s: horizon %d: P = %.4f is %.1f standard errors off (%+v)", row.CustomerID, i, p, z, now)
			}
		}
		if z := orders.deviation(row.ExpectedOrders365d); z > limit {
			t.Errorf("%s: %.4f orders expected, %.1f standard errors off (%+v)", row.CustomerID, row.ExpectedOrders365d, z, now)
		}
		p := row.POrder30d + row.UpliftVoucher30d
		if z := nudgedWithin.deviation(p); z > limit {
			t.Errorf("%s: P = %.4f after a voucher is %.1f standard errors off (%+v)", row.CustomerID, p, z, now)
		}
	}
}

// The simulation itself, continued beyond the end, bears out the truth: over the
// shop, by outcome, in Brier score and in money.
func TestTruthAgreesWithTheSimulationContinued(t *testing.T) {
	const customers, limit = 10_000, 4.0
	s := newShop(Config{Seed: 5}.withDefaults())
	d := newDice()
	var c customer
	var f forecast
	var within [4]struct{ off, variance float64 }
	var brier struct{ off, variance float64 }
	var orders, revenue tally
	for index := 1; index <= customers; index++ {
		c.simulate(s, d, index)
		row := f.tell(s, &c)
		before := len(c.life.orders)
		c.clock.set(&s.calendar, &c.traits, c.sent, s.days+truthDays)
		d.reseed(s.seed, index)
		c.life.live(d.of(lifeStream), &c.traits, &c.clock, s.days+truthDays)
		c.basket.fill(d.of(basketStream), s, &c)

		next := truthDays
		if before < len(c.basket.orders) {
			next = c.basket.orders[before].at.day() - s.days
		}
		for i, p := range []float64{row.POrder30d, row.POrder60d, row.POrder90d, row.POrder180d} {
			y := indicator(next < []int{30, 60, 90, 180}[i])
			within[i].off += y - p
			within[i].variance += p * (1 - p)
			if i == 2 {
				brier.off += (y-p)*(y-p) - p*(1-p)
				brier.variance += p * (1 - p) * (1 - 2*p) * (1 - 2*p)
			}
		}
		spent := 0.0
		for _, o := range c.basket.orders[before:] {
			for _, l := range o.lines {
				spent += float64(l.amount) / 100 * (1 - c.traits.returnRate)
			}
		}
		orders.add(float64(len(c.basket.orders)-before) - row.ExpectedOrders365d)
		revenue.add(spent - row.ExpectedRevenue365d)
	}
	for i, sum := range within {
		if z := math.Abs(sum.off) / math.Sqrt(sum.variance); z > limit {
			t.Errorf("horizon %d: customers who ordered are %.1f standard errors off", i, z)
		}
	}
	if z := math.Abs(brier.off) / math.Sqrt(brier.variance); z > limit {
		t.Errorf("Brier score is %.1f standard errors off E[p(1-p)]", z)
	}
	if z := orders.deviation(0); z > limit {
		t.Errorf("orders are %.1f standard errors off", z)
	}
	if z := revenue.deviation(0); z > limit {
		t.Errorf("revenue is %.1f standard errors off", z)
	}
}

func TestUpliftHasTheSignOfTheEffect(t *testing.T) {
	s := newShop(Config{Seed: 2}.withDefaults())
	d := newDice()
	var c customer
	var f forecast
	for index := 1; index <= 1000; index++ {
		c.simulate(s, d, index)
		row := f.tell(s, &c)
		for a, uplift := range []float64{reminder: row.UpliftReminder30d, voucher: row.UpliftVoucher30d} {
			can := row.POrder30d > 0
			if can && (c.traits.ratio[a] > 1) != (uplift > 0) || !can && uplift != 0 {
				t.Fatalf("%s: %s multiplies the pace by %.3f and adds %.6f to %.6f", row.CustomerID,
					actionNames[a], c.traits.ratio[a], uplift, row.POrder30d)
			}
		}
	}
}
