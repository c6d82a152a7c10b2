package simulate

import "math"

// clock is one customer's operational time: elapsed[d] is the time, in days of
// average pace, from the start of the simulation until the start of day d.
type clock struct {
	elapsed []float64
	pace    []float64
}

// set computes the clock of a customer up to the start of day until, given the
// actions sent to her. Days before her sign-up count as well and do no harm.
func (c *clock) set(cal *calendar, t *traits, sent []sentAction, until int) {
	c.pace = append(c.pace[:0], cal.pace[:until]...)
	boost := 1 + promotionPull*t.sensitivity
	for d := range c.pace {
		if cal.promotion[d] {
			c.pace[d] *= boost
		}
	}
	for _, s := range sent {
		for d := s.day + 1; d <= s.day+actionDays && d < until; d++ {
			c.pace[d] *= t.ratio[s.action]
		}
	}
	c.elapsed = append(c.elapsed[:0], 0)
	total := 0.0
	for _, p := range c.pace {
		total += p
		c.elapsed = append(c.elapsed, total)
	}
}

// time returns the operational time when part of day has passed.
func (c *clock) time(day int, part float64) float64 {
	return c.elapsed[day] + part*c.pace[day]
}

// instant returns the instant at operational time u, which lies before the
// clock's last day ends.
func (c *clock) instant(u float64) instant {
	low, high := 0, len(c.pace)-1
	for low < high {
		mid := (low + high + 1) / 2
		if c.elapsed[mid] <= u {
			low = mid
		} else {
			high = mid - 1
		}
	}
	part := (u - c.elapsed[low]) / c.pace[low]
	return at(low, min(max(part, 0), math.Nextafter(1, 0)))
}

// ahead writes into dst[n] the operational time between the starts of day from
// and of the n-th day after it, if an action that multiplies the pace by ratio is
// sent on day from; ratio 1 is no action.
func (c *clock) ahead(dst []float64, from int, ratio float64) {
	dst[0] = 0
	for n := range dst[1:] {
		pace := c.pace[from+n]
		if 1 <= n && n <= actionDays {
			pace *= ratio
		}
		dst[n+1] = dst[n] + pace
	}
}
