package basket

import (
	"context"
	"math"
	"slices"
)

// candidates is how many of the most popular new items are examples for each
// customer: what is less popular is hardly ever recommended.
const candidates = 100

// learn sets the weights and the curve of m, whose rates and followers are those of
// one order back, by the sampled customers' latest orders.
func (m *Next) learn(ctx context.Context, sample *Histories) error {
	var own, fresh [2]blend
	for k := range own {
		own[k].prior, fresh[k].prior = ownPrior(), newPrior()
	}
	r := m.Ranker()
	for i := range sample.Len() {
		h := sample.At(i)
		if n := h.Orders(); n >= 2 {
			k := stageOf(n - 1)
			r.examples(&own[k], &fresh[k], h, mix(sample.Key(i)))
		}
	}
	for k := range m.stages {
		leaveOut(m.cfg.Without, &own[k], &fresh[k])
		var err error
		if m.stages[k].own, err = own[k].fit(ctx, m.cfg.Pull); err != nil {
			return err
		}
		if m.stages[k].new, err = fresh[k].fit(ctx, m.cfg.Pull); err != nil {
			return err
		}
	}
	m.derive()
	m.curve = m.calibrate(sample)
	return ctx.Err()
}

// examples adds what became of each candidate in the latest order of h.
func (r *Ranker) examples(own, fresh *blend, h History, draw uint64) {
	n := h.Orders()
	target, asOf := h.Last(), nightBefore(h, draw)
	h = h.Before(n - 1)
	c := r.read(h)
	// Recall is a mean over customers: a long order must not weigh many times as much.
	weight := 6 / math.Pow(float64(len(target)), .8)
	for i := range r.own {
		o := &r.own[i]
		pair, item := r.ownPair(h, &c, o, asOf), r.m.rates.ownItem(int(o.item))
		own.add(slices.Concat(c.features[:], pair[:], item[:]), slices.Contains(target, o.item), weight)
	}
	add := func(k int, item int32) {
		const oneIn = 5 // misses, of which there are so many that a part is enough
		weight := weight
		hit := slices.Contains(target, item)
		if !hit {
			if (draw+uint64(k))%oneIn != 0 {
				return
			}
			weight *= oneIn
		}
		items := r.m.rates.newItem(int(item))
		fresh.add(slices.Concat(c.features[:], []float64{r.followsOf(item)}, items[:]), hit, weight)
	}
	ranking := r.m.stages[stageOf(n-1)].ranking
	for k, item := range ranking[:min(candidates, len(ranking))] {
		if r.seenIn[item] != r.stamp && r.lifted[item] != r.stamp {
			add(k, item)
		}
	}
	for k, item := range r.brought {
		if r.seenIn[item] != r.stamp {
			add(k, item)
		}
	}
}

// calibrate learns how often recommendations of each score came true.
func (m *Next) calibrate(sample *Histories) Curve {
	const shown = 10
	var outcomes []outcome
	var items []Item
	r := m.Ranker()
	for i := range sample.Len() {
		h := sample.At(i)
		n := h.Orders()
		if n < 2 {
			continue
		}
		items = r.Rank(items[:0], h.Before(n-1), nightBefore(h, mix(sample.Key(i))), shown, nil)
		for _, item := range items {
			outcomes = append(outcomes, outcome{item.Score, slices.Contains(h.Last(), item.ID)})
		}
	}
	return fitCurve(outcomes)
}

// nightBefore returns a day after the last order but one of h and up to the last, as
// draw falls, 0 where days are not known. Lists are made in some night before an
// order, and how overdue an item is must mean the same when it is learnt.
func nightBefore(h History, draw uint64) int32 {
	if h.Days == nil {
		return 0
	}
	n := h.Orders()
	before, gap := h.Days[n-2], h.Days[n-1]-h.Days[n-2]
	if gap <= 0 {
		return before
	}
	return before + 1 + int32(draw>>32%uint64(gap))
}
