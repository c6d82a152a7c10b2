package purchase

import (
	"fmt"
	"io"
	"math"
)

// Guess is P(order) for shops too small or too young to fit anything: orders
// come at random (exponential gaps) at the customer's usual gap, shrunk to the
// shop's, and chances halve for every usual gap that an order is overdue. It is
// a documented guess and never called more.
type Guess struct {
	Learner           string  `json:"learner"`
	HorizonDays       int     `json:"horizon_days"`
	PopulationGapDays float64 `json:"population_gap_days"`
}

// NewGuess returns the guess for a horizon.
func NewGuess(horizonDays int, populationGapDays float64) *Guess {
	return &Guess{"guess", horizonDays, populationGapDays}
}

// Predict implements leaderboard.Model. A customer without an order gets the
// chance of one whose order is one gap overdue.
func (m *Guess) Predict(dst []float64, columns []string, x [][]float32) error {
	var cells [3][]float32
	for k, name := range []string{recencyColumn, gapColumn, repeatColumn} {
		var err error
		if cells[k], err = column(columns, x, name); err != nil {
			return fmt.Errorf("purchase: guess: %w", err)
		}
	}
	for i := range dst {
		gap := math.Max(1, UsualGap(float64(cells[1][i]), float64(cells[2][i]), m.PopulationGapDays))
		overdue := float64(cells[0][i])/gap - 1
		if math.IsNaN(overdue) {
			overdue = 1
		}
		dst[i] = -math.Expm1(-float64(m.HorizonDays)/gap) * math.Exp2(-math.Max(0, overdue))
	}
	return nil
}

// Write implements leaderboard.Model.
func (m *Guess) Write(w io.Writer) error { return writeJSON(w, m) }
