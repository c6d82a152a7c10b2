package value

import (
	"math"
	"slices"
)

// groups is the number of groups of rows that have intervals of their own.
const groups = 10

// Interval holds how far revenue strays from its prediction. Low[g] to High[g]
// holds 80% of actual over predicted revenue among the training rows whose
// prediction is in the g-th tenth: from the 10% quantile to that of 90%, or where
// more than a tenth bought nothing, from 0 to that of 80%.
type Interval struct {
	Limits []float64 `json:"limits"` // upper ends of the first nine tenths
	Low    []float64 `json:"low"`
	High   []float64 `json:"high"`
}

// around returns the ends of the interval around predicted, which they enclose.
func (n *Interval) around(predicted float64) (low, high float64) {
	g, _ := slices.BinarySearch(n.Limits, predicted)
	return math.Min(1, n.Low[g]) * predicted, math.Max(1, n.High[g]) * predicted
}

// fitInterval measures predictions against the revenue of at least one row.
func fitInterval(predicted, revenue []float64) Interval {
	sorted := slices.Sorted(slices.Values(predicted))
	n := Interval{Low: make([]float64, groups), High: make([]float64, groups)}
	for g := 1; g < groups; g++ {
		n.Limits = append(n.Limits, sorted[g*(len(sorted)-1)/groups])
	}
	ratios := make([][]float64, groups)
	for i := range revenue {
		if predicted[i] > 0 {
			g, _ := slices.BinarySearch(n.Limits, predicted[i])
			ratios[g] = append(ratios[g], math.Max(0, revenue[i])/predicted[i])
		}
	}
	for g := range ratios {
		slices.Sort(ratios[g])
		n.Low[g], n.High[g] = quantile(ratios[g], 0.1), quantile(ratios[g], 0.9)
		if n.Low[g] == 0 {
			n.High[g] = quantile(ratios[g], 0.8)
		}
	}
	return n
}

// quantile returns the q-quantile of sorted values, 1 without any.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 1
	}
	return sorted[int(math.Round(q*float64(len(sorted)-1)))]
}
