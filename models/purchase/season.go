package purchase

import (
	"context"
	"errors"
	"fmt"
	"math"

	"perennial/models/leaderboard"
)

// Season moves a model to the weeks that follow tonight. A model learns from
// the cutoffs of some months and does not know that the shop's next weeks are
// the weeks before Christmas, or the summer. Last year's same weeks show it.
type Season struct {
	// Pace multiplies everybody's hazard of an order: P becomes 1 − (1−P)^Pace.
	// A year before, it would have made the mean prediction right.
	Pace float64 `json:"pace"`
	Rows int     `json:"rows"` // from which it was learnt
}

// seasonOutcomes is how many of each outcome last year must have had: the
// pace is then known to about a tenth.
const seasonOutcomes = 100

// maxPace bounds the pace on both sides: beyond it last year was another shop.
const maxPace = 20

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
	pace, err := paceOf(p, lastYear.Positives())
	if err != nil {
		return nil, err
	}
	neutral.Season = &Season{Pace: pace, Rows: len(p)}
	return neutral, nil
}

// twin returns the candidate beside name that moves its model to the season of
// lastYear; none where last year cannot tell it.
func twin(name string, rung leaderboard.Rung, lastYear leaderboard.Rows, model func() (*Model, error)) []leaderboard.Candidate {
	if !enoughOf(lastYear) {
		return nil
	}
	return []leaderboard.Candidate{{Name: name + inSeason, Rung: rung, Before: name, Fit: func(context.Context, leaderboard.Rows) (leaderboard.Model, error) {
		m, err := model()
		if err != nil {
			return nil, err
		}
		return m.InSeason(lastYear)
	}}}
}

// paceOf returns the pace at which the probabilities p sum to the customers who
// ordered, by bisection on its logarithm.
func paceOf(p []float64, ordered int) (float64, error) {
	low, high := -math.Log(maxPace), math.Log(maxPace)
	if expected(p, math.Exp(low)) > float64(ordered) || expected(p, math.Exp(high)) < float64(ordered) {
		return 0, fmt.Errorf("purchase: last year %d of %d customers ordered, which no season explains", ordered, len(p))
	}
	for range 60 { // until the logarithm is exact to a double
		if middle := (low + high) / 2; expected(p, math.Exp(middle)) < float64(ordered) {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(low), nil
}

// expected returns the expected number of customers who order at a pace.
func expected(p []float64, pace float64) float64 {
	var sum float64
	for _, p := range p {
		sum += atPace(p, pace)
	}
	return sum
}

// atPace returns 1 − (1−p)^pace.
func atPace(p, pace float64) float64 { return -math.Expm1(pace * math.Log1p(-p)) }

// Neutral returns the model in no season.
func (m *Model) Neutral() *Model {
	return &Model{learner: m.learner, Curve: m.Curve}
}

// enoughOf reports whether rows can tell a season.
func enoughOf(rows leaderboard.Rows) bool {
	positives := rows.Positives()
	return min(positives, len(rows.Y)-positives) >= seasonOutcomes
}

// move moves probabilities to the season; nil is none.
func (s *Season) move(p []float64) {
	if s == nil {
		return
	}
	for i := range p {
		p[i] = atPace(p[i], s.Pace)
	}
}
