package churn

import (
	"math"

	"perennial/features"
)

// Reference is what a feature's values are held against: the median among the
// training rows that have it.
type Reference map[string]float64

// NewReference takes the medians of columns, x[j][i] being row i of columns[j]
// and NaN missing; of an even number of values the lower middle one. A column
// without values has none.
func NewReference(columns []string, x [][]float32) Reference {
	r := Reference{}
	var known []float32
	for j, name := range columns {
		known = known[:0]
		for _, v := range x[j] {
			if v == v {
				known = append(known, v)
			}
		}
		if len(known) > 0 {
			r[name] = float64(median(known))
		}
	}
	return r
}

// of returns what f is held against, NaN where nothing is known. Features that
// compare a customer with herself are held against no change, whatever other
// customers do: who orders more often than before does so in a shrinking shop,
// too.
func (r Reference) of(f features.Feature) float64 {
	const noChange, onTime = 0, 1
	switch {
	case f.Unit == features.Log:
		return noChange
	case f.Name == "overdue_ratio_own":
		return onTime
	}
	if median, ok := r[f.Name]; ok {
		return median
	}
	return math.NaN()
}
