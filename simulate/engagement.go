package simulate

import (
	"math"
	"math/rand/v2"
)

// kind of engagement.
type kind int8

const (
	visit kind = iota
	view
	cart
	emailOpen
	emailClick
	ticket
	review
	nps
	kindCount
)

var kindNames = [kindCount]string{"visit", "view", "cart", "email_open", "email_click", "ticket", "review", "nps"}

// engagement is one thing that a customer did other than buying.
type engagement struct {
	at       instant
	kind     kind
	channel  channel
	campaign int   // newsletter number, 0 for none
	product  int32 // -1 for none
	value    int8  // -1 for none
}

const (
	newsletterEvery = 14
	newsletterDay   = 2    // of the fortnight
	ghostVisits     = 10.0 // days' worth of visits after the drift
	ghostDays       = 30.0 // mean time of them after it
	openDecayDays   = 60.0

	minute = 60
	hour   = 60 * minute
)

// trail is what a customer leaves besides orders.
type trail struct {
	rows  []engagement
	rng   *rand.Rand
	end   instant
	share float64 // of rows that are kept
}

// follow records what customer c did until the end.
func (t *trail) follow(r *rand.Rand, s *shop, c *customer) {
	t.rows, t.rng, t.end, t.share = t.rows[:0], r, instant(s.days)*secondsPerDay, s.engagementShare
	if t.share < 0 {
		return
	}
	t.browse(s, c)
	t.haunt(s, c)
	for i := range c.basket.orders {
		if i > 0 || c.traits.prospect { // nobody knows a visitor who has not signed up
			t.approach(&c.basket.orders[i], c.traits.signedUp())
		}
		t.followUp(&c.basket.orders[i])
	}
	if c.traits.email {
		t.read(s, c)
	}
}

// add records e unless it happens too late or the tracker misses it.
func (t *trail) add(e engagement) {
	if kept := t.rng.Float64() < t.share; kept && e.at < t.end {
		t.rows = append(t.rows, e)
	}
}

// browse records visits between orders; they come more often in the last of
// several stages before an order.
func (t *trail) browse(s *shop, c *customer) {
	from := c.clock.time(c.traits.day, c.traits.part)
	end := c.clock.elapsed[min(c.life.gone, s.days)]
	for i := range len(c.life.stages) + 1 {
		to := end
		if i < len(c.life.stages) {
			to = c.life.stages[i]
		}
		interest := 0.7
		if i%c.traits.shape == c.traits.shape-1 {
			interest = 1.6
		}
		for range poisson(t.rng, interest*c.traits.visitRate*(to-from)) {
			t.visit(s, c, c.clock.instant(from+(to-from)*t.rng.Float64()), interest)
		}
		from = to
	}
}

// haunt records the visits of a customer who has drifted away.
func (t *trail) haunt(s *shop, c *customer) {
	if c.life.gone >= s.days {
		return
	}
	for range poisson(t.rng, c.traits.visitRate*ghostVisits) {
		day := c.life.gone + int(ghostDays*t.rng.ExpFloat64())
		t.visit(s, c, at(day, t.rng.Float64()), 0.4)
	}
}

// visit records a visit and what is looked at; interest 1 is average.
func (t *trail) visit(s *shop, c *customer, when instant, interest float64) {
	where := c.traits.channel.online()
	t.add(engagement{at: when, kind: visit, channel: where, product: -1, value: -1})
	for range poisson(t.rng, 0.8*interest) {
		when += instant(20 + t.rng.IntN(2*minute))
		p := s.draw(t.rng, pick(c.traits.taste[:], t.rng.Float64()), when.day())
		t.add(engagement{at: when, kind: view, channel: where, product: p, value: -1})
		if t.rng.Float64() < 0.12*interest {
			t.add(engagement{at: when + 15, kind: cart, channel: where, product: p, value: -1})
		}
	}
}

// approach records the visit that leads to an order: on the same day, so that no
// visit before the end tells of an order after it.
func (t *trail) approach(o *order, signedUp instant) {
	if o.channel == store {
		return
	}
	cameAt := max(o.at-instant(minute+t.rng.IntN(20*minute)), instant(o.at.day())*secondsPerDay, signedUp)
	if t.rng.Float64() < 0.6 {
		t.add(engagement{at: cameAt, kind: visit, channel: o.channel, product: -1, value: -1})
	}
	if t.rng.Float64() < 0.5 {
		t.add(engagement{at: (cameAt + o.at) / 2, kind: cart, channel: o.channel, product: o.lines[0].product, value: -1})
	}
}

// followUp records tickets, reviews and nps answers about an order.
func (t *trail) followUp(o *order) {
	day, returned := o.at.day(), false
	for _, l := range o.lines {
		if l.returned == 0 {
			continue
		}
		returned = true
		if t.rng.Float64() < 0.4 {
			t.add(engagement{at: l.returned - 30*hour, kind: ticket, channel: email, product: l.product, value: -1})
		}
	}
	if t.rng.Float64() < 0.01 {
		t.add(engagement{at: t.days(day, 1, 5), kind: ticket, channel: email, product: -1, value: -1})
	}
	if t.rng.Float64() < 0.05 {
		t.add(engagement{at: t.days(day, 5, 15), kind: review, channel: web, product: o.lines[0].product, value: t.grade(5, returned)})
	}
	if t.rng.Float64() < 0.02 {
		t.add(engagement{at: t.days(day, 2, 10), kind: nps, channel: email, product: -1, value: t.grade(10, returned)})
	}
}

// days returns an instant at least low and at most high days after day.
func (t *trail) days(day, low, high int) instant {
	return at(day+low+t.rng.IntN(high-low+1), t.rng.Float64())
}

// grade returns a grade from 1 to best, worse after a return.
func (t *trail) grade(best int, returned bool) int8 {
	short := t.rng.ExpFloat64() * float64(best) / 8
	if returned {
		short += float64(best) / 3
	}
	return int8(max(best-int(short), 1))
}

// read records the newsletters that a customer opens.
func (t *trail) read(s *shop, c *customer) {
	for day := newsletterDay; day < s.days; day += newsletterEvery {
		if day <= c.traits.day {
			continue
		}
		p := c.traits.openRate
		if late := day - c.life.gone; late > 0 {
			p *= math.Exp(-float64(late) / openDecayDays)
		}
		if t.rng.Float64() >= p {
			continue
		}
		campaign := day/newsletterEvery + 1
		opened := instant(day)*secondsPerDay + 10*hour + instant(6*hour*t.rng.ExpFloat64())
		t.add(engagement{at: opened, kind: emailOpen, channel: email, campaign: campaign, product: -1, value: -1})
		if t.rng.Float64() < 0.2 {
			t.add(engagement{at: opened + minute/2, kind: emailClick, channel: email, campaign: campaign, product: -1, value: -1})
		}
	}
}
