package btyd

import "math"

// wait returns where ordered, the probability of an order within a time, reaches
// the share q of what it is at within; by bisection, in log(1+t).
func wait(ordered func(t float64) float64, q, within float64) float64 {
	within = duration(within)
	target := probability(q) * ordered(within)
	low, high := 0.0, math.Log1p(within)
	for high-low > 1e-15*high+1e-300 {
		if middle := low + (high-low)/2; ordered(math.Expm1(middle)) < target {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Expm1(high)
}
