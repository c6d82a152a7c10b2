package picture

import (
	"math"
	"slices"

	"perennial/models/btyd"
)

// Cohort is customers of one model, counted by the day of their first order.
type Cohort struct {
	Model     btyd.Model
	FirstDays []int
	Customers []int // Customers[i] came on FirstDays[i]
}

// Cumulative returns the repeat orders that all cohorts are expected to have made
// by the end of each of days, which may be in any order. It costs one
// Model.Expected for every age in days that a cohort passes.
func Cumulative(cohorts []Cohort, unitDays float64, days []int) []float64 {
	expected := make([]float64, len(days))
	for _, c := range cohorts {
		c.addCumulative(expected, unitDays, days)
	}
	return expected
}

func (c Cohort) addCumulative(dst []float64, unitDays float64, days []int) {
	if len(days) == 0 || len(c.FirstDays) == 0 {
		return
	}
	byAge := unknown(max(slices.Max(days)-slices.Min(c.FirstDays), 0) + 1)
	for k, first := range c.FirstDays {
		for i, day := range days {
			age := day - first
			if age <= 0 {
				continue
			}
			if math.IsNaN(byAge[age]) {
				byAge[age] = c.Model.Expected(btyd.Customer{}, float64(age)/unitDays)
			}
			dst[i] += float64(c.Customers[k]) * byAge[age]
		}
	}
}

// Frequencies returns how many customers are expected to have n repeat orders by
// the end of day now: cell n of classes, the last cell that many or more.
func Frequencies(cohorts []Cohort, unitDays float64, now, classes int) []float64 {
	expected, cell := make([]float64, classes), make([]float64, classes)
	for _, c := range cohorts {
		for k, first := range c.FirstDays {
			btyd.Distribution(cell, c.Model, btyd.Customer{}, float64(now-first)/unitDays)
			for n, p := range cell {
				expected[n] += float64(c.Customers[k]) * p
			}
		}
	}
	return expected
}

func unknown(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}
