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
		{Name: "gap_mean_days", Doc: "Mean days between order days.", From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { return p.rhythm.mean }},
		{Name: "gap_median_days", Doc: "Median days between order days.", From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { return p.rhythm.median }},
		{Name: "gap_sd_days", Doc: "Standard deviation of the gaps.", From: orderDays, Unit: Days, Missing: noGaps,
			value: func(p *past) float64 { return p.rhythm.sd }},
		{Name: "gap_cv", Doc: "Standard deviation of the gaps over their mean: under 1 is more regular than chance.",
			From: orderDays, Unit: Ratio, Missing: noGaps,
			value: func(p *past) float64 { return p.rhythm.sd / p.rhythm.mean }},
		{Name: "gap_last_days", Doc: "Days between the last two order days.", From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { return p.rhythm.last }},
		{Name: "gap_longest_days", Doc: "The longest gap so far.", From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { return p.rhythm.longest }},
		{Name: "overdue_ratio_own", Doc: "Days since the last order over the mean gap: above 1 is overdue.",
			From: orderDays, Unit: Ratio, Missing: noGap,
			Words: Words{
				Churn: +1,
				More:  "No order for {recency_days} days; usually orders every {gap_mean_days} days",
				Less:  "Ordered {recency_days} days ago and usually orders every {gap_mean_days} days"},
			value: func(p *past) float64 { return p.since(p.orderDay(1)) / p.rhythm.mean }},
		{Name: "overdue_longest_ratio", Doc: "Days since the last order over the longest gap so far: above 1 has never happened before.",
			From: orderDays, Unit: Ratio, Missing: noGap,
			value: func(p *past) float64 { return p.since(p.orderDay(1)) / p.rhythm.longest }},
		{Name: "overdue_days", Doc: "Days since the last order beyond the mean gap; 0 if not overdue.", From: orderDays, Unit: Days, Missing: noGap,
			value: func(p *past) float64 { return math.Max(0, p.since(p.orderDay(1))-p.rhythm.mean) }},
	},
}

// gapStatistics describes the days between consecutive order days; each is at
// least one. All are NaN without a gap, and sd is with only one.
type gapStatistics struct {
	mean, sd, median, last, longest float64
}

func (p *past) gapStatistics() gapStatistics {
	n := len(p.gaps)
	if n == 0 {
		missing := math.NaN()
		return gapStatistics{missing, missing, missing, missing, missing}
	}
	sorted := append(p.scratch[:0], p.gaps...)
	p.scratch = sorted
	slices.Sort(sorted)
	mean, sd := moments(p.gaps)
	return gapStatistics{
		mean: mean, sd: sd,
		median:  (sorted[(n-1)/2] + sorted[n/2]) / 2,
		last:    p.gaps[n-1],
		longest: sorted[n-1],
	}
}
