package purchase

import "math"

const (
	// gapWeight is the number of own gaps that weigh as much as the shop's median
	// in a usual gap.
	gapWeight = 2
	// shortestGap is the least number of days between order days.
	shortestGap = 1
)

// UsualGap returns a customer's days between orders, shrunk to the shop's
// median gap: her own mean weighs as repeats do to gapWeight = 2. Without a gap
// of her own (repeats 0 or missing, or meanDays no number) it is the shop's. It
// is one day at least.
func UsualGap(meanDays, repeats, populationDays float64) float64 {
	if !(repeats > 0) || math.IsNaN(meanDays-meanDays) { // Inf-Inf is NaN
		return math.Max(shortestGap, populationDays)
	}
	shop := gapWeight / (repeats + gapWeight)
	return math.Max(shortestGap, (1-shop)*meanDays+shop*populationDays)
}
