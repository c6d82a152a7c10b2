package simulate

import (
	"math"
	"math/rand/v2"
)

// life is what became of a customer on her clock.
type life struct {
	gone   int       // day from whose first instant on she never orders again
	stages []float64 // operational times at which stages ended
	orders []float64 // operational times of orders
}

// forever is the day on which a loyal customer is gone.
const forever = math.MaxInt32

// live lets the customer live until the start of day until. With a later until
// and the same random numbers she lives the same life, and then goes on.
func (l *life) live(r *rand.Rand, t *traits, c *clock, until int) {
	l.gone = goneBy(r.ExpFloat64(), t)
	l.stages, l.orders = l.stages[:0], l.orders[:0]
	now := c.time(t.day, t.part)
	if !t.prospect {
		l.orders = append(l.orders, now)
	}
	stage := 1 / (t.rate * float64(t.shape)) // mean time of one
	for end := c.elapsed[min(l.gone, until)]; ; {
		now += stage * r.ExpFloat64()
		if now >= end {
			return
		}
		l.stages = append(l.stages, now)
		if len(l.stages)%t.shape == 0 {
			l.orders = append(l.orders, now)
		}
	}
}

// goneBy returns the day on which a customer is gone, given a unit exponential
// draw: each midnight after the sign-up takes her with probability dropout.
func goneBy(e float64, t *traits) int {
	switch t.dropout {
	case 0:
		return forever
	case 1:
		return t.day + 1
	}
	nights := math.Floor(e / -math.Log1p(-t.dropout))
	return t.day + 1 + int(min(nights, forever/2))
}

// state returns the hidden state at the start of day end, which is what the
// future depends on.
func (l *life) state(t *traits, end int) state {
	return state{
		alive:   l.gone >= end, // the midnight before day end is still to come
		rate:    t.rate,
		shape:   t.shape,
		stage:   len(l.stages) % t.shape,
		dropout: t.dropout,
	}
}
