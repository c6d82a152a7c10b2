package purchase

import (
	"fmt"
	"io"

	"perennial/models/calibrate"
)

// Model is a learner behind a calibration curve, and maybe in a season. It is
// immutable and safe to share.
type Model struct {
	learner learner
	Curve   *calibrate.Model
	Season  *Season // nil: of no season
}

// Predict implements leaderboard.Model.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.learner.Predict(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %w", err)
	}
	if err := m.Curve.Predict(dst, dst); err != nil {
		return err
	}
	m.Season.move(dst)
	return nil
}

// Explain writes to dst[j][i] what column j of Columns adds to the log-odds of
// an order by row i, before calibration, relative to a customer of the training
// rows. Calibration is monotone: it moves the sum, not the order of its parts.
func (m *Model) Explain(dst [][]float64, columns []string, x [][]float32) error {
	if err := m.learner.Explain(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: explain: %w", err)
	}
	return nil
}

// Columns returns the columns that the model reads.
func (m *Model) Columns() []string { return m.learner.Columns() }

// Write implements leaderboard.Model.
func (m *Model) Write(w io.Writer) error {
	learner, err := partOf(m.learner)
	if err != nil {
		return err
	}
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return file{part: learner, Calibration: curve, Season: m.Season}.write(w)
}
