package purchase

import (
	"context"
	"fmt"
	"io"

	"perennial/models/leaderboard"
)

// BaseRate predicts the share of customers who ordered, for everybody.
type BaseRate struct{ Share float64 }

// FitBaseRate returns the share of positives in train, with half a customer of
// each kind added (Jeffreys' prior) so that no shop is certain.
func FitBaseRate(_ context.Context, train leaderboard.Rows) (leaderboard.Model, error) {
	return &BaseRate{(float64(train.Positives()) + 0.5) / float64(len(train.Y)+1)}, nil
}

// Predict implements leaderboard.Model.
func (m *BaseRate) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := checkTable(dst, columns, x); err != nil {
		return fmt.Errorf("purchase: %s: %w", baseRate, err)
	}
	for i := range dst {
		dst[i] = m.Share
	}
	return nil
}

// Write implements leaderboard.Model.
func (m *BaseRate) Write(w io.Writer) error {
	return file{part: part{Learner: baseRate}, Share: &m.Share}.write(w)
}
