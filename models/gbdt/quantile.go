package gbdt

import (
	"cmp"
	"slices"
)

// residual is what is left of a label, and the weight of its row.
type residual struct{ value, weight float64 }

// quantile returns the least value at or below which lies at least the share
// level of the weight. It sorts residuals, of which there is at least one.
func quantile(residuals []residual, level float64) float64 {
	slices.SortFunc(residuals, func(a, b residual) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.weight, b.weight))
	})
	total := 0.0
	for _, r := range residuals {
		total += r.weight
	}
	sum := 0.0
	for _, r := range residuals {
		sum += r.weight
		if sum >= level*total {
			return r.value
		}
	}
	return residuals[len(residuals)-1].value
}
