package nextpurchase

import (
	"context"
	"fmt"
	"math"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

// Board says how well the candidates of a level did on a trial, and which is
// champion.
type Board struct {
	Level     string           `json:"level"`
	Cutoff    history.Day      `json:"cutoff"`    // candidates knew what was before it
	Customers int              `json:"customers"` // judged: those who had ordered and did again
	K         int              `json:"k"`         // length of the lists
	Champion  string           `json:"champion"`
	Why       string           `json:"why"`
	Recall    []CandidateScore `json:"recall"` // at K, from the floor up; none where too few were judged

	places placeRates // of the champion
}

// CandidateScore is the mean over customers of a candidate's measure.
type CandidateScore struct {
	Candidate string  `json:"candidate"`
	Mean      float64 `json:"mean"`
}

// fewestCases is how many customers it takes to tell candidates apart, or to say
// how often a place in a list comes true.
const fewestCases = 100

// Choose returns the board of each level: its champion is the highest candidate
// that names more of the next order than the one below, by more than a standard
// error of the difference over the same customers. Where too few customers can be
// judged it is personal frequency.
func (t *Trial) Choose(ctx context.Context) ([]Board, error) {
	boards := make([]Board, levels)
	for l := range levels {
		var err error
		if boards[l], err = t.choose(ctx, l); err != nil {
			return nil, fmt.Errorf("nextpurchase: choose who ranks each %s: %w", l, err)
		}
	}
	return boards, nil
}

func (t *Trial) choose(ctx context.Context, l Level) (Board, error) {
	cases, err := t.cases[l].Histories()
	if err != nil {
		return Board{}, err
	}
	b := Board{Level: l.String(), Cutoff: t.purchases.cutoff, Customers: cases.Len(), K: l.published()}
	if cases.Len() < fewestCases {
		b.Champion = Frequency
		b.Why = fmt.Sprintf("too few customers ordered again to judge anything else (it takes %d)", fewestCases)
		return b, nil
	}
	ranks, err := t.purchases.rankings(ctx, l)
	if err != nil {
		return b, err
	}
	cutoff := int32(t.purchases.cutoff)
	var champion []float64
	for c, name := range candidates {
		recalls, places := judge(cases, ranks[c](), cutoff, b.K)
		b.Recall = append(b.Recall, CandidateScore{name, mean(recalls)})
		if better, margin := beats(recalls, champion); c == 0 || better > margin {
			if c > 0 {
				b.Why = fmt.Sprintf("names %.4f more of the next order than %s, standard error %.4f", better, b.Champion, margin)
			}
			b.Champion, champion, b.places = name, recalls, places
		}
	}
	if b.Champion == candidates[0] {
		b.Why = "nothing names more of the next order"
	}
	return b, nil
}

// rankings fits all candidates of a level.
func (p *Purchases) rankings(ctx context.Context, l Level) ([]func() rank, error) {
	ledger := &p.ledgers[l]
	lasting, err := ledger.lasting(p.groups(l))
	if err != nil {
		return nil, err
	}
	ranks := make([]func() rank, len(candidates))
	for c, name := range candidates {
		if ranks[c], err = ledger.fit(ctx, name, lasting); err != nil {
			return nil, err
		}
	}
	return ranks, nil
}

// groups returns what items of a level are like each other in how long they last.
func (p *Purchases) groups(l Level) []int32 {
	if l == Products {
		return p.assortment.groups
	}
	return nil
}

// judge returns the recall at k of every case, and how often each place came true.
func judge(cases *basket.Histories, ranked rank, cutoff int32, k int) ([]float64, placeRates) {
	recalls := make([]float64, cases.Len())
	var places placeRates
	var items []basket.Item
	for i := range recalls {
		whole := cases.At(i)
		h, bought := whole.Before(whole.Orders()-1), whole.Last()
		items = ranked(items[:0], h, cutoff, k, nil)
		hits := 0
		for place := range items {
			hit := holds(bought, items[place].ID)
			places.add(h.Orders(), place, hit)
			if hit {
				hits++
			}
		}
		recalls[i] = float64(hits) / float64(len(bought))
	}
	return recalls, places
}

// beats returns the mean of a less b, and its standard error.
func beats(a, b []float64) (better, margin float64) {
	if len(b) == 0 {
		return 0, 0
	}
	n := float64(len(a))
	var sum, square float64
	for i := range a {
		d := a[i] - b[i]
		sum += d
		square += d * d
	}
	better = sum / n
	return better, math.Sqrt(max(square/n-better*better, 0) / n)
}

func mean(values []float64) float64 {
	sum := 0.
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
