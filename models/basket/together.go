package basket

import "slices"

// TogetherConfig says how pairs of one order are counted. The zero value is the
// default of every field.
type TogetherConfig struct {
	Support int     // orders a pair needs: default 10
	Shrink  float64 // pseudo-orders in which the item is as likely as ever: default 20
	Keep    int     // pairs kept of an item: default 10
}

// Together knows what is bought in the same order: for the e-mail about an order,
// not for what a customer buys next, where it does harm to repeats. It is
// immutable and safe to share.
type Together struct{ pairs [][]Pair }

// Fit counts the orders of hs, over items 0 to items-1.
func (c TogetherConfig) Fit(items int, hs *Histories) *Together {
	p := pairing{support: 10, shrink: 20, keep: 10}
	if c.Support > 0 {
		p.support = int32(c.Support)
	}
	if c.Shrink > 0 {
		p.shrink = c.Shrink
	}
	if c.Keep > 0 {
		p.keep = c.Keep
	}
	var visits []visit
	popularity := NewPopularity(items)
	for i := range hs.Len() {
		h := hs.At(i)
		for j := range h.Orders() {
			if v := (visit{h.Order(j), h.Order(j)}); len(v.given)*len(v.brings) <= mostPairs {
				visits = append(visits, v)
			}
			popularity.Add(h.Order(j))
		}
	}
	p.share = func(item int32) float64 {
		return float64(popularity.Holding(item)) / float64(popularity.Baskets())
	}
	return &Together{p.count(items, visits)}
}

// With returns what is bought together with item, the greatest excess first. The
// caller must not change it.
func (t *Together) With(item int32) []Pair { return t.pairs[item] }

// Rank appends up to k items to dst that go with an order, best first: by the sum
// of P(item | each) - P(item), then by id. Items of the order and those that
// allowed forbids are left out; nil allows all.
func (t *Together) Rank(dst []int32, order []int32, k int, allowed func(item int32) bool) []int32 {
	excess := make(map[int32]float64)
	for _, given := range order {
		for _, pair := range t.pairs[given] {
			excess[pair.Item] += pair.Excess
		}
	}
	best := newTop(k)
	for item, sum := range excess {
		if !slices.Contains(order, item) && (allowed == nil || allowed(item)) {
			best.offer(scored{item: item, score: sum})
		}
	}
	return best.appendItems(dst)
}
