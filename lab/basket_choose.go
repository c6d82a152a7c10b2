package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"perennial/models/basket"
	"perennial/models/evaluate"
)

// nextSettings are what the recommender in use could be made with instead.
type nextSettings struct {
	counts basket.CountsConfig
	next   basket.NextConfig
}

// String names what differs from the recommender in use.
func (s nextSettings) String() string {
	var parts []string
	if s.counts.Even {
		parts = append(parts, "orders count evenly")
	}
	if s.next.Prior != 0 {
		parts = append(parts, fmt.Sprintf("prior %g", s.next.Prior))
	}
	if s.next.Pull != 0 {
		parts = append(parts, fmt.Sprintf("pull %g", s.next.Pull))
	}
	for _, p := range s.next.Without {
		parts = append(parts, "without "+string(p))
	}
	if len(parts) == 0 {
		return "as in use"
	}
	return strings.Join(parts, ", ")
}

// variants differ from s in one respect each.
func (s nextSettings) variants() []nextSettings {
	var all []nextSettings
	if !s.counts.Even {
		even := s
		even.counts.Even = true
		all = append(all, even)
	}
	for _, part := range basket.Parts() {
		if !slices.Contains(s.next.Without, part) {
			without := s
			without.next.Without = append(slices.Clone(s.next.Without), part)
			all = append(all, without)
		}
	}
	if s.next.Prior == 0 {
		for _, prior := range []float64{6, 24} {
			other := s
			other.next.Prior = prior
			all = append(all, other)
		}
	}
	if s.next.Pull == 0 {
		other := s
		other.next.Pull = 20
		all = append(all, other)
	}
	return all
}

// fit learns from the histories of those who are not tested.
func (s nextSettings) fit(ctx context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	sample, err := t.histories(slices.Concat(fold.train, fold.validation))
	if err != nil {
		return nil, err
	}
	m, err := s.next.Fit(ctx, t.counts(s.counts), sample)
	if err != nil {
		return nil, err
	}
	return func() func(basket.History, int) []int32 {
		r := m.Ranker()
		var items []basket.Item
		return func(h basket.History, k int) []int32 {
			items = r.Rank(items[:0], h, 0, k, nil)
			ids := make([]int32, len(items))
			for i := range items {
				ids[i] = items[i].ID
			}
			return ids
		}
	}, nil
}

// chosenAt is the length of the lists by whose recall settings are chosen.
const chosenAt = 10

// fitNextChosen chooses the settings anew, by the next baskets of those who are not
// tested, which nothing is learnt from: it goes on to the best variant as long as
// one is better. Those who are tested play no part.
func fitNextChosen(ctx context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	inner := &basketFold{train: fold.train, validation: fold.validation, test: slices.Concat(fold.train, fold.validation)}
	best := nextSettings{}
	model, recall, err := best.recall(ctx, t, inner)
	if err != nil {
		return nil, err
	}
	for {
		found := false
		for _, s := range best.variants() {
			m, r, err := s.recall(ctx, t, inner)
			if err != nil {
				return nil, err
			}
			if r > recall {
				best, model, recall, found = s, m, r, true
			}
		}
		if !found {
			t.chosen = append(t.chosen, fmt.Sprintf("%s: recall %.4f of those not tested", best, recall))
			return model, nil
		}
	}
}

// recall is that of the next baskets of a fold's test.
func (s nextSettings) recall(ctx context.Context, t *basketTask, fold *basketFold) (basketModel, float64, error) {
	m, err := s.fit(ctx, t, fold)
	if err != nil {
		return nil, 0, err
	}
	judged, err := t.judge(ctx, fold, m, []int{chosenAt})
	if err != nil {
		return nil, 0, err
	}
	var all []evaluate.Basket
	for _, j := range judged {
		all = append(all, j.at[0])
	}
	return m, evaluate.MeanBasket(all).Recall, nil
}
