package simulate

import (
	"math"
	"math/rand/v2"
)

const (
	maxLines    = 40
	fillShare   = 0.90 // of its value at which a basket counts as filled
	repeatShare = 0.20 // of free choices that repeat one of the last products
	recentCount = 12   // products a customer remembers
	loyalty     = 0.85 // probability of taking along a staple that is long due
	channelStay = 0.85 // probability of ordering where she always does
)

// order is one purchase.
type order struct {
	at      instant
	channel channel
	lines   []line // shares the basket's storage
}

// line is one product of an order.
type line struct {
	product  int32
	quantity int32
	amount   int64   // cents, net of discount
	discount int64   // cents taken off
	returned instant // when it came back; 0: not before the end
}

// basket turns order times into orders. Between orders it holds what the
// customer remembers.
type basket struct {
	orders []order
	lines  []line

	bought     [stapleCount]int // day on which each staple was last bought
	recent     [recentCount]int32
	remembered int // products so far; recent holds the last of them
}

// neverBought is a day long before any interval.
const neverBought = -100_000

// fill fills the baskets of a customer's orders.
func (b *basket) fill(r *rand.Rand, s *shop, c *customer) {
	b.orders, b.lines, b.remembered = b.orders[:0], b.lines[:0], 0
	for i := range b.bought {
		b.bought[i] = neverBought
	}
	signUp := c.traits.signedUp()
	for _, u := range c.life.orders {
		o := order{at: max(c.clock.instant(u), signUp), channel: c.traits.channel}
		day := o.at.day()
		if r.Float64() >= channelStay {
			o.channel = drawChannel(r)
		}
		value := logNormal(r, c.traits.level, valueSigma)
		o.lines = b.choose(r, s, &c.traits, day, value)
		charge(o.lines, s, value, offerOn(s, c, day).draw(r))
		for i := range o.lines {
			o.lines[i].returned = drawReturn(r, c.traits.returnRate, day, s.days)
		}
		b.orders = append(b.orders, o)
	}
}

// choose returns the products of a basket worth value.
func (b *basket) choose(r *rand.Rand, s *shop, t *traits, day int, value float64) []line {
	first, listed := len(b.lines), 0.0
	add := func(p int32) {
		listed += b.add(r, s, first, p, value-listed)
		b.recent[b.remembered%recentCount] = p
		b.remembered++
	}
	for i, p := range t.staples {
		if p >= 0 && s.sold(p, day) && r.Float64() < due(day-b.bought[i], s.products[p].interval) {
			b.bought[i] = day
			add(p)
		}
	}
	for listed < fillShare*value && len(b.lines)-first < maxLines {
		add(b.next(r, s, t, day))
	}
	return b.lines[first:]
}

// due returns the probability of taking along a staple last bought days ago.
func due(days int, interval float64) float64 {
	x := float64(days) / interval
	return loyalty * -math.Expm1(-x*x*x)
}

// next returns a product of free choice.
func (b *basket) next(r *rand.Rand, s *shop, t *traits, day int) int32 {
	if known := min(b.remembered, recentCount); known > 0 && r.Float64() < repeatShare {
		if p := b.recent[r.IntN(known)]; s.sold(p, day) {
			return p
		}
	}
	return s.draw(r, pick(t.taste[:], r.Float64()), day)
}

// add puts product p into the basket that begins at line first, as a new line or
// as more of one, and returns its list price. A second unit is taken only while
// it costs no more than room, in cents.
func (b *basket) add(r *rand.Rand, s *shop, first int, p int32, room float64) (listed float64) {
	price, another := float64(s.products[p].cents), 0.1
	if s.products[p].consumable {
		another = 0.3
	}
	quantity := int32(1)
	for r.Float64() < another && price*float64(quantity+1) <= room {
		quantity++
	}
	for i := range b.lines[first:] {
		if l := &b.lines[first+i]; l.product == p {
			l.quantity += quantity
			return price * float64(quantity)
		}
	}
	b.lines = append(b.lines, line{product: p, quantity: quantity})
	return price * float64(quantity)
}

// charge spreads value, in cents, over lines in proportion to their list prices
// and takes off a share.
func charge(lines []line, s *shop, value, discount float64) {
	listed := 0.0
	for _, l := range lines {
		listed += float64(int64(l.quantity) * s.products[l.product].cents)
	}
	for i := range lines {
		l := &lines[i]
		gross := value * float64(int64(l.quantity)*s.products[l.product].cents) / listed
		l.discount = int64(math.Round(gross * discount))
		l.amount = max(int64(math.Round(gross))-l.discount, 1)
	}
}

// drawReturn returns when a line bought on day comes back, 0 if it does not
// before the end.
func drawReturn(r *rand.Rand, rate float64, day, end int) instant {
	if r.Float64() >= rate {
		return 0
	}
	day += 3 + r.IntN(19)
	back := at(day, r.Float64())
	if day >= end {
		return 0
	}
	return back
}
