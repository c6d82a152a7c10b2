package evaluate

import (
	"math"
	"slices"
	"sort"
)

// MAE returns the mean absolute error, mean |p−y|, in the unit of y.
func MAE(y, p, weights []float64) float64 {
	sameLength(y, p, weights)
	return mean(len(p), weights, func(i int) float64 { return math.Abs(p[i] - y[i]) })
}

// RMSE returns the root of the mean squared error, √ mean (p−y)², in the unit of y.
func RMSE(y, p, weights []float64) float64 { return math.Sqrt(Brier(y, p, weights)) }

// Bias returns the ratio of the predicted to the true total, Σp/Σy: 1 is
// unbiased, 1.1 promises a tenth too much. It is NaN unless Σy is positive.
func Bias(y, p, weights []float64) float64 {
	sameLength(y, p, weights)
	predicted, truth := 0.0, 0.0
	for i := range p {
		predicted += weight(weights, i) * p[i]
		truth += weight(weights, i) * y[i]
	}
	if !(truth > 0) {
		return math.NaN()
	}
	return predicted / truth
}

// Spearman returns Spearman's rank correlation: Pearson's correlation of the
// ranks of y and p, tied values sharing their mean rank. It is NaN if either is
// constant or holds a NaN.
func Spearman(y, p []float64) float64 {
	sameLength(y, p, nil)
	a, b := ranks(y), ranks(p)
	middle := float64(len(y)+1) / 2
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - middle) * (b[i] - middle)
		aa += (a[i] - middle) * (a[i] - middle)
		bb += (b[i] - middle) * (b[i] - middle)
	}
	return ab / math.Sqrt(aa*bb)
}

// ranks returns the rank of each value from 1 on, the mean rank for ties, and NaN
// for all if one is NaN.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return v[order[a]] < v[order[b]] })
	r := make([]float64, len(v))
	for first := 0; first < len(order); {
		last := first + 1
		for last < len(order) && v[order[last]] == v[order[first]] {
			last++
		}
		for _, i := range order[first:last] {
			r[i] = float64(first+last+1) / 2
		}
		first = last
	}
	if slices.ContainsFunc(v, math.IsNaN) {
		for i := range r {
			r[i] = math.NaN()
		}
	}
	return r
}
