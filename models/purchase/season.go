package purchase

import (
	"context"
	"errors"
	"fmt"
	"math"

	"perennial/models/leaderboard"
)

// LastYear is what customers did in the same weeks of last year: rows at the
// cutoff one year before the one that is to be predicted.
type LastYear struct {
	leaderboard.Rows           // labelled within the horizon
	First            []float64 // days from the cutoff to the next order, NaN without one; nil: only the labels are known
}

// Season moves a model to the weeks that follow tonight. A model learns from
// the cutoffs of some months and does not know that the shop's next weeks are
// the weeks before Christmas, or the summer. Last year's same weeks show it.
// Hazards have a pace for each of their intervals besides: half a year holds a
// quiet summer, which those who come often meet, and a busy autumn for the rest.
type Season struct {
	// Pace multiplies everybody's hazard of an order: P becomes 1 − (1−P)^Pace.
	// A year before, it would have made the mean prediction right.
	Pace float64 `json:"pace"`
	Rows int     `json:"rows"` // from which it was learnt
}

// seasonOutcomes is how many of each outcome last year must have had: the
// pace is then known to about a tenth.
const seasonOutcomes = 100

// maxPace bounds a pace on both sides: beyond it last year was another shop.
const maxPace = 20

// pacePrior is the precision of a normal prior on the logarithm of an interval's
// pace around that of all intervals, in orders: a spread of 0.2, about that of a
// month's sales around the year's.
const pacePrior = 25

func impossiblePace(pace float64) bool {
	return !(math.Abs(math.Log(pace)) <= math.Log(maxPace))
}

var errNoLastYear = errors.New("purchase: too few customers ordered, or did not, in the same weeks of last year")

// InSeason returns the model moved to the season of lastYear.
func (m *Model) InSeason(lastYear LastYear) (*Model, error) {
	if !lastYear.enough() {
		return nil, errNoLastYear
	}
	moved := m.Neutral()
	var err error
	if moved.learner, err = inSeasonOf(moved.learner, lastYear); err != nil {
		return nil, err
	}
	p := make([]float64, len(lastYear.Y))
	if err := moved.Predict(p, lastYear.Columns, lastYear.X); err != nil {
		return nil, err
	}
	pace, err := paceOf(p, lastYear.Positives())
	if err != nil {
		return nil, fmt.Errorf("purchase: last year %w", err)
	}
	moved.Season = &Season{Pace: pace, Rows: len(p)}
	return moved, nil
}

// Neutral returns the model in no season.
func (m *Model) Neutral() *Model {
	return &Model{learner: outOfSeason(m.learner), Curve: m.Curve}
}

// inSeasonOf returns l with the paces of its hazards learnt from lastYear.
func inSeasonOf(l learner, lastYear LastYear) (learner, error) {
	if lastYear.First == nil {
		return l, nil
	}
	return eachHazard(l, func(h *Hazard) (*Hazard, error) { return h.inSeason(lastYear) })
}

func outOfSeason(l learner) learner {
	l, _ = eachHazard(l, func(h *Hazard) (*Hazard, error) { // never an error
		neutral := *h
		neutral.Paces = nil
		return &neutral, nil
	})
	return l
}

// eachHazard returns l with its hazards replaced.
func eachHazard(l learner, replace func(*Hazard) (*Hazard, error)) (learner, error) {
	switch l := l.(type) {
	case *Hazard:
		return replace(l)
	case *Blend:
		var b Blend
		for i := range l.learners {
			var err error
			if b.learners[i], err = eachHazard(l.learners[i], replace); err != nil {
				return nil, err
			}
		}
		return &b, nil
	}
	return l, nil
}

// inSeason returns the hazard, which has no paces, with those of lastYear.
func (h *Hazard) inSeason(lastYear LastYear) (*Hazard, error) {
	hazards, err := h.hazards(make([]float64, len(lastYear.Y)), lastYear.Columns, lastYear.X)
	if err != nil {
		return nil, err
	}
	var all []float64 // of all intervals that were entered
	var entered [][]float64
	ordered, total := make([]int, len(h.Edges)), 0
	for k, end := range h.Edges {
		var p []float64
		for i, first := range lastYear.First {
			if first < float64(start(h.Edges, k)) {
				continue
			}
			p = append(p, hazards[k][i])
			if first < float64(end) {
				ordered[k]++
				total++
			}
		}
		entered, all = append(entered, p), append(all, p...)
	}
	overall, err := paceOf(all, total)
	if err != nil {
		return nil, fmt.Errorf("purchase: last year %w", err)
	}
	moved := *h
	for k, p := range entered {
		pace, err := paceOf(p, ordered[k])
		if err != nil { // too few orders to say anything
			pace = overall
		}
		weight := float64(ordered[k]) / float64(ordered[k]+pacePrior)
		moved.Paces = append(moved.Paces, overall*math.Pow(pace/overall, weight))
	}
	return &moved, nil
}

// twin returns the candidate beside name that moves its model to the season of
// lastYear; none where last year cannot tell it.
func twin(name string, rung leaderboard.Rung, lastYear LastYear, model func() (*Model, error)) []leaderboard.Candidate {
	if !lastYear.enough() {
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
// ordered: by Newton's method on its logarithm, between bounds that close in.
func paceOf(p []float64, ordered int) (float64, error) {
	hazards := make([]float64, len(p)) // at a pace of 1
	for i, p := range p {
		hazards[i] = -math.Log1p(-p)
	}
	low, high := -math.Log(maxPace), math.Log(maxPace)
	least, _ := expectedAt(hazards, math.Exp(low))
	most, _ := expectedAt(hazards, math.Exp(high))
	if least > float64(ordered) || most < float64(ordered) {
		return 0, fmt.Errorf("%d of %d customers ordered, which no season explains", ordered, len(p))
	}
	at := 0.0
	for range 60 { // as many bisections are exact to a double
		expected, slope := expectedAt(hazards, math.Exp(at))
		if expected < float64(ordered) {
			low = at
		} else {
			high = at
		}
		next := at + (float64(ordered)-expected)/slope
		if !(low <= next && next <= high) {
			next = (low + high) / 2
		}
		step := math.Abs(next - at)
		at = next
		if step < 1e-9 {
			break // the step is taken, and squares what is left
		}
	}
	return math.Exp(at), nil
}

// expectedAt returns the expected number of customers who order at a pace, and
// its derivative by the logarithm of the pace.
func expectedAt(hazards []float64, pace float64) (orders, slope float64) {
	for _, h := range hazards {
		p := -math.Expm1(-h * pace)
		orders += p
		if p < 1 {
			slope += (1 - p) * h * pace
		}
	}
	return orders, slope
}

// atPace returns 1 − (1−p)^pace.
func atPace(p, pace float64) float64 { return -math.Expm1(pace * math.Log1p(-p)) }

// enough reports whether the rows can tell a season.
func (y LastYear) enough() bool {
	positives := y.Positives()
	return min(positives, len(y.Y)-positives) >= seasonOutcomes
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
