// Package evaluate measures predictions against what happened: probabilities,
// rankings, amounts, times and next baskets.
//
// Binary computes the Report that a model of a yes or no is judged by. Every
// measure is a function of plain slices, too.
//
// Throughout, y[i] is what happened to row i and p[i] what was predicted;
// weights nil means ones, and weight 2 counts as two rows. Labels are 0 or 1. Where a
// measure is not defined (no rows, no weight, a single class, a prediction that
// is NaN) it is NaN. Slices of different lengths are a mistake of the program,
// and panic.
package evaluate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// level holds all rows that have the same prediction.
type level struct {
	predicted float64
	weight    float64 // Σ w
	outcome   float64 // Σ w·y: the positives, where y is a label
}

// levels returns the distinct predictions in descending order, so that a measure
// which treats them as one cannot depend on the order of rows. It returns nil
// where nothing is defined: no weight, or a prediction that is NaN.
func levels(y, p, weights []float64) []level {
	sameLength(y, p, weights)
	rows := make([]level, 0, len(p))
	for i := range p {
		if math.IsNaN(p[i]) {
			return nil
		}
		if w := weight(weights, i); w > 0 {
			rows = append(rows, level{p[i], w, w * y[i]})
		}
	}
	slices.SortFunc(rows, func(a, b level) int { return cmp.Compare(b.predicted, a.predicted) })
	merged := rows[:0]
	for _, r := range rows {
		if last := len(merged) - 1; last >= 0 && merged[last].predicted == r.predicted {
			merged[last].weight += r.weight
			merged[last].outcome += r.outcome
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// totals returns Σ weight and Σ outcome.
func totals(all []level) (weight, outcome float64) {
	for _, l := range all {
		weight += l.weight
		outcome += l.outcome
	}
	return weight, outcome
}

func weight(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// sameLength panics unless y and p, and weights if given, have one length.
func sameLength(y, p, weights []float64) {
	if len(y) != len(p) || (weights != nil && len(weights) != len(p)) {
		panic(fmt.Sprintf("evaluate: %d outcomes, %d predictions, %d weights", len(y), len(p), len(weights)))
	}
}

// mean returns Σ w·f(i) / Σ w over n rows.
func mean(n int, weights []float64, f func(i int) float64) float64 {
	sum, total := 0.0, 0.0
	for i := range n {
		w := weight(weights, i)
		sum += w * f(i)
		total += w
	}
	return sum / total
}
