package features

import (
	"math"
	"slices"
)

const (
	noGap  = "fewer than two order days"
	noGaps = "fewer than three order days"
)

var rhythm = Family{
	Name: "rhythm",
	Doc:  "The gaps between order days, how regular they are, and whether the next order is overdue.",
	Features: []Feature{
		{Name: "gap_mean_days", Doc: "Mean days between order days.", From: orderTimes, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { mean, _ := p.gapMoments(); return mean }},
		{Name: "gap_median_days", Doc: "Median days between order days.", From: orderTimes, Unit: Days, Missing: noGap,
			value: (*past).gapMedian},
		{Name: "gap_sd_days", Doc: "Standard deviation of the gaps.", From: orderTimes, Unit: Days, Missing: noGaps,
			value: func(p *past) float64 { _, sd := p.gapMoments(); return sd }},
		{Name: "gap_cv", Doc: "Standard deviation of the gaps over their mean: under 1 is more regular than chance.",
			From: orderTimes, Unit: Ratio, Missing: noGaps,
			value: func(p *past) float64 { mean, sd := p.gapMoments(); return ratio(sd, mean) }},
		{Name: "gap_last_days", Doc: "Days between the last two order days.", From: orderTimes, Unit: Days, Missing: noGap,
			value: func(p *past) float64 {
				if len(p.gaps) == 0 {
					return math.NaN()
				}
				return p.gaps[len(p.gaps)-1]
			}},
		{Name: "gap_longest_days", Doc: "The longest gap so far.", From: orderTimes, Unit: Days, Missing: noGap,
			value: func(p *past) float64 {
				if len(p.gaps) == 0 {
					return math.NaN()
				}
				return slices.Max(p.gaps)
			}},
		{Name: "overdue_ratio_own", Doc: "Days since the last order over the mean gap: above 1 is overdue.",
			From: orderTimes, Unit: Ratio, Missing: noGap,
			Words: Words{
				More: "No order for {recency_days} days; usually orders every {gap_mean_days} days",
				Less: "Ordered {recency_days} days ago and usually orders every {gap_mean_days} days"},
			value: func(p *past) float64 {
				mean, _ := p.gapMoments()
				return ratio(p.since(p.lastOrder()), mean)
			}},
		{Name: "overdue_longest_ratio", Doc: "Days since the last order over the longest gap so far: above 1 has never happened before.",
			From: orderTimes, Unit: Ratio, Missing: noGap,
			value: func(p *past) float64 {
				if len(p.gaps) == 0 {
					return math.NaN()
				}
				return ratio(p.since(p.lastOrder()), slices.Max(p.gaps))
			}},
		{Name: "overdue_days", Doc: "Days since the last order beyond the mean gap; 0 if not overdue.", From: orderTimes, Unit: Days, Missing: noGap,
			value: func(p *past) float64 {
				mean, _ := p.gapMoments()
				return math.Max(0, p.since(p.lastOrder())-mean)
			}},
	},
}

func (p *past) gapMoments() (mean, sd float64) {
	return moments(len(p.gaps), func(i int) float64 { return p.gaps[i] })
}

// gapMedian sorts the gaps, so it must be the last to need their order; it
// works on a copy.
func (p *past) gapMedian() float64 {
	n := len(p.gaps)
	if n == 0 {
		return math.NaN()
	}
	sorted := append(p.sorted[:0], p.gaps...)
	p.sorted = sorted
	slices.Sort(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
