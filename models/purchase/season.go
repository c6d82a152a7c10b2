package purchase

import (
	"errors"
	"fmt"
	"math"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
)

// Season moves a model to the weeks that follow tonight. A model learns from
// the cutoffs of some months and does not know that the shop's next weeks are
// the weeks before Christmas, or the summer. Last year's same weeks show it.
type Season struct {
	// Shift is added to the log-odds of everybody: what the model's mean
	// prediction was too low by a year before.
	Shift float64 `json:"shift"`
	Rows  int     `json:"rows"` // from which it was learnt
}

// seasonOutcomes is how many of each outcome last year must have had: the
// shift's standard error is then at most 0.15.
const seasonOutcomes = 100

// maxShift is a season that no shop has: odds a thousandfold.
const maxShift = 7

var errNoLastYear = errors.New("purchase: too few customers ordered, or did not, in the same weeks of last year")

// InSeason returns the model moved to the season that lastYear is from: rows at
// the cutoff one year before the one to be predicted, with their labels.
func (m *Model) InSeason(lastYear leaderboard.Rows) (*Model, error) {
	if !enoughOf(lastYear) {
		return nil, errNoLastYear
	}
	neutral := m.Neutral()
	p := make([]float64, len(lastYear.Y))
	if err := neutral.Predict(p, lastYear.Columns, lastYear.X); err != nil {
		return nil, err
	}
	shift := evaluate.InTheLarge(lastYear.Y, p, nil)
	if !(math.Abs(shift) <= maxShift) {
		return nil, fmt.Errorf("purchase: last year's customers ordered %g log-odds away from what the model says", shift)
	}
	neutral.Season = &Season{Shift: shift, Rows: len(p)}
	return neutral, nil
}

// Neutral returns the model in no season.
func (m *Model) Neutral() *Model {
	return &Model{Logistic: m.Logistic, Curve: m.Curve}
}

// enoughOf reports whether rows can tell a season.
func enoughOf(rows leaderboard.Rows) bool {
	positives := rows.Positives()
	return min(positives, len(rows.Y)-positives) >= seasonOutcomes
}

// shift moves probabilities by the season; nil is none.
func (s *Season) shift(p []float64) {
	if s == nil {
		return
	}
	odds := math.Exp(s.Shift)
	for i := range p {
		p[i] = p[i] * odds / (1 - p[i] + p[i]*odds)
	}
}
