package purchase

import (
	"fmt"
	"io"
	"math"
)

// Guess is P(order) for shops too small or too young to fit anything: orders
// come at random (exponential gaps) at the customer's usual gap, shrunk to the
// shop's, and chances halve for every usual gap that an order is overdue. It is
// a documented guess, never called more and never certain.
type Guess struct {
	HorizonDays       int
	PopulationGapDays float64
}

// leastCertain and mostCertain bound a guess.
const leastCertain, mostCertain = 0.01, 0.99

// NewGuess returns the guess for a horizon in a shop whose median gap between
// order days is populationGapDays.
func NewGuess(horizonDays int, populationGapDays float64) *Guess {
	return &Guess{horizonDays, populationGapDays}
}

// Predict implements leaderboard.Model. A customer without an order gets the
// chance of one whose order is one gap overdue.
func (m *Guess) Predict(dst []float64, columns []string, x [][]float32) error {
	cells, err := pick(dst, columns, x, recencyColumn, gapColumn, repeatColumn)
	if err != nil {
		return fmt.Errorf("purchase: %s: %w", byGuess, err)
	}
	for i := range dst {
		gap := UsualGap(float64(cells[1][i]), float64(cells[2][i]), m.PopulationGapDays)
		overdue := float64(cells[0][i])/gap - 1
		if math.IsNaN(overdue) {
			overdue = 1
		}
		p := -math.Expm1(-float64(m.HorizonDays)/gap) * math.Exp2(-math.Max(0, overdue))
		dst[i] = math.Min(mostCertain, math.Max(leastCertain, p))
	}
	return nil
}

// Write implements leaderboard.Model.
func (m *Guess) Write(w io.Writer) error {
	return file{part: part{Learner: byGuess}, HorizonDays: m.HorizonDays, PopulationGapDays: m.PopulationGapDays}.write(w)
}
