package nextpurchase

import (
	"context"
	"fmt"

	"perennial/models/basket"
	"perennial/models/evaluate"
)

// Judged says how the candidates of a level did on a trial, champion or not.
type Judged struct {
	Level      string            `json:"level"`
	Champion   string            `json:"champion"`
	Customers  int               `json:"customers"`
	Candidates []JudgedCandidate `json:"candidates"` // from the floor up

	// Predicted is the mean of the champion's published probabilities, Observed the
	// share of them that came true, ECE the expected calibration error; null where the
	// champion has none.
	Predicted *float64 `json:"mean_probability"`
	Observed  *float64 `json:"observed_share"`
	ECE       *float64 `json:"ece"`
}

// JudgedCandidate is a candidate's measures, by how often customers had ordered.
type JudgedCandidate struct {
	Candidate string        `json:"candidate"`
	Groups    []JudgedGroup `json:"groups"` // all, then 1, 2 and 3+ orders
}

// JudgedGroup is the mean over some customers.
type JudgedGroup struct {
	Orders    string          `json:"orders"`
	Customers int             `json:"customers"`
	At5       evaluate.Basket `json:"at_5"`
	At10      evaluate.Basket `json:"at_10"`
}

// groups of customers by their orders before the cutoff.
var judgedGroups = []struct {
	name     string
	min, max int
}{{"all", 1, 1 << 30}, {"1", 1, 1}, {"2", 2, 2}, {"3+", 3, 1 << 30}}

// Judge fits every candidate and says how it did on the trial's cases. boards names
// the champions, which an earlier trial has chosen. A level without cases is left
// out.
func (t *Trial) Judge(ctx context.Context, boards []Board) ([]Judged, error) {
	var all []Judged
	for l := range levels {
		j, err := t.judge(ctx, l, &boards[l])
		if err != nil {
			return nil, fmt.Errorf("nextpurchase: judge who ranks each %s: %w", l, err)
		}
		if j.Customers > 0 {
			all = append(all, j)
		}
	}
	return all, nil
}

func (t *Trial) judge(ctx context.Context, l Level, board *Board) (Judged, error) {
	j := Judged{Level: l.String(), Champion: board.Champion}
	cases, err := t.cases[l].Histories()
	if err != nil || cases.Len() == 0 {
		return j, err
	}
	j.Customers = cases.Len()
	ranks, err := t.purchases.rankings(ctx, l)
	if err != nil {
		return j, err
	}
	for c, name := range candidates {
		at5, at10, outcomes := t.measure(cases, ranks[c](), l, board)
		candidate := JudgedCandidate{Candidate: name}
		for _, group := range judgedGroups {
			within := func(i int) bool { n := cases.At(i).Orders() - 1; return n >= group.min && n <= group.max }
			few, more := where(at5, within), where(at10, within)
			candidate.Groups = append(candidate.Groups, JudgedGroup{group.name, len(few), evaluate.MeanBasket(few), evaluate.MeanBasket(more)})
		}
		j.Candidates = append(j.Candidates, candidate)
		if name == board.Champion {
			j.calibrate(&outcomes)
		}
	}
	return j, nil
}

// outcomes are published probabilities and what became of them.
type outcomes struct{ hits, probabilities []float64 }

func (o *outcomes) add(p float64, hit bool) {
	o.probabilities, o.hits = append(o.probabilities, p), append(o.hits, 0)
	if hit {
		o.hits[len(o.hits)-1] = 1
	}
}

// measure returns the measures of every case at 5 and at 10, and what became of the
// items that a row would name.
func (t *Trial) measure(cases *basket.Histories, ranked rank, l Level, board *Board) (at5, at10 []evaluate.Basket, named outcomes) {
	var items []basket.Item
	var ids []int32
	s := served{level: l, board: *board}
	for i := range cases.Len() {
		whole := cases.At(i)
		h, bought := whole.Before(whole.Orders()-1), whole.Last()
		items, ids = ranked(items[:0], h, int32(t.purchases.cutoff), 10, nil), ids[:0]
		for _, item := range items {
			ids = append(ids, item.ID)
		}
		for place, p := range s.probabilities(items[:min(l.published(), len(items))], h.Orders()) {
			named.add(p, holds(bought, ids[place]))
		}
		at5 = append(at5, evaluate.NextBasket(ids, bought, h.Items, 5))
		at10 = append(at10, evaluate.NextBasket(ids, bought, h.Items, 10))
	}
	return at5, at10, named
}

// calibrate holds probabilities against what became of them.
func (j *Judged) calibrate(o *outcomes) {
	if len(o.hits) == 0 {
		return
	}
	predicted, observed, ece := mean(o.probabilities), mean(o.hits), evaluate.Binary(o.hits, o.probabilities).ECE
	j.Predicted, j.Observed, j.ECE = &predicted, &observed, &ece
}

func where(values []evaluate.Basket, within func(i int) bool) []evaluate.Basket {
	var kept []evaluate.Basket
	for i := range values {
		if within(i) {
			kept = append(kept, values[i])
		}
	}
	return kept
}
