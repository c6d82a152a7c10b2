package purchase

import (
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
)

// learner is what stands behind the curve of a Model.
type learner interface {
	leaderboard.Model
	// Columns returns the columns that it reads.
	Columns() []string
	// Explain writes to dst[j][i] what column j of Columns adds to the log-odds of
	// row i, relative to a customer of the training rows.
	Explain(dst [][]float64, columns []string, x [][]float32) error
}

// trees is a boosted model as a learner.
type trees struct{ *gbdt.Model }

// Columns implements learner.
func (t trees) Columns() []string { return t.Model.Columns }
