package purchase

import (
	"io"
	"math"
	"slices"
)

// Blend is the mean of two learners' log-odds. A straight line and trees err in
// different places, so their mean is often better than either (Bates and Granger
// 1969). It is immutable and safe to share.
type Blend struct{ learners [2]learner }

// Columns implements learner: the columns of both.
func (b *Blend) Columns() []string {
	columns := slices.Clone(b.learners[0].Columns())
	for _, name := range b.learners[1].Columns() {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return columns
}

// Predict implements leaderboard.Model.
func (b *Blend) Predict(dst []float64, columns []string, x [][]float32) error {
	second := make([]float64, len(dst))
	if err := b.learners[0].Predict(dst, columns, x); err != nil {
		return err
	}
	if err := b.learners[1].Predict(second, columns, x); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = mixed(dst[i], second[i])
	}
	return nil
}

// mixed returns the probability between a and b in log-odds.
func mixed(a, b float64) float64 {
	return 1 / (1 + math.Exp(-(logOdds(a)+logOdds(b))/2))
}

// logOdds keeps certainty finite: in doubles it begins one in 10¹⁵ away from 0
// and 1.
func logOdds(p float64) float64 {
	const certain = 1e-15
	p = min(max(p, certain), 1-certain)
	return math.Log(p / (1 - p))
}

// Explain implements learner.
func (b *Blend) Explain(dst [][]float64, columns []string, x [][]float32) error {
	for j := range dst {
		clear(dst[j])
	}
	mine := b.Columns()
	for _, l := range b.learners {
		parts := make([][]float64, len(l.Columns()))
		for j := range parts {
			parts[j] = make([]float64, len(dst[0]))
		}
		if err := l.Explain(parts, columns, x); err != nil {
			return err
		}
		for j, name := range l.Columns() {
			to := dst[slices.Index(mine, name)]
			for i, part := range parts[j] {
				to[i] += part / 2
			}
		}
	}
	return nil
}

// Write saves the blend as a part of a model's file.
func (b *Blend) Write(w io.Writer) error { return writePart(w, b) }
