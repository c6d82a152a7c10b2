package btyd

import "math"

// wait is NextOrder by bisection: of log(1+t), until its neighbours are the same
// number.
func wait(m Model, c Customer, q, within float64) float64 {
	within = duration(within)
	target := probability(q) * m.AtLeast(c, within, 1)
	low, high := 0.0, math.Log1p(within)
	for {
		middle := low + (high-low)/2
		if high-low <= 1e-15*high+1e-300 {
			return math.Expm1(high)
		}
		if m.AtLeast(c, math.Expm1(middle), 1) < target {
			low = middle
		} else {
			high = middle
		}
	}
}
