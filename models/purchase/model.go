package purchase

import (
	"fmt"
	"io"

	"perennial/models/calibrate"
	"perennial/models/logistic"
)

// Model is a logistic regression behind a calibration curve, and maybe in a
// season. It is immutable and safe to share.
type Model struct {
	Logistic *logistic.Model
	Curve    *calibrate.Model
	Season   *Season // nil: of no season
}

// Predict implements leaderboard.Model.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.Logistic.Predict(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %w", err)
	}
	if err := m.Curve.Predict(dst, dst); err != nil {
		return err
	}
	m.Season.move(dst)
	return nil
}

// Explain writes to dst[j][i] what column j of Columns adds to the log-odds of
// an order by row i, before calibration, relative to the training mean.
// Calibration is monotone: it moves the sum, not the order of its parts.
func (m *Model) Explain(dst [][]float64, columns []string, x [][]float32) error {
	return m.Logistic.Explain(dst, columns, x)
}

// Columns returns the columns of the fit.
func (m *Model) Columns() []string { return m.Logistic.Columns() }

// Write implements leaderboard.Model.
func (m *Model) Write(w io.Writer) error {
	regression, err := marshal(m.Logistic)
	if err != nil {
		return err
	}
	curve, err := marshal(m.Curve)
	if err != nil {
		return err
	}
	return file{Learner: withLogistic, Logistic: regression, Calibration: curve, Season: m.Season}.write(w)
}
