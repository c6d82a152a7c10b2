// Package basket ranks what a customer may have in her next order, says how likely
// that is and when she will need it again.
//
// Gather histories: Counts and Gaps sum over everybody, a Sample keeps some whole.
// Fit NextConfig on them, then call Ranker.Rank for each customer; fit
// ReplenishConfig for due dates. Items are products or categories alike, numbered
// from 0. Beside Next stand the floors that it must beat (Model, which counts
// baskets), its closed form (Repeat), the published peers of nearest neighbours
// (TIFUKNN, UPCF), and what is bought in one order (Together).
//
// Models know what they were fitted on: whoever fits on histories cut at an instant
// knows nothing after it.
package basket

import (
	"math"
	"slices"
)

// Model ranks items by personal frequency and by popularity. It is immutable and
// safe to share.
//
// Order is total, so that the same history always gives the same list: score
// descending, popularity descending, item id ascending. On Ta-Feng the rule
// for ties alone is worth .014 of recall@10.
type Model struct {
	baskets int64
	holding []int64 // by item
	ranking []int32 // items by popularity, most popular first
	rank    []int32 // place of an item in ranking
	bought  int     // leading items of ranking that some basket holds
}

// Fit returns the model of the baskets counted in p; p may go on counting.
func Fit(p *Popularity) *Model {
	m := &Model{
		baskets: p.baskets,
		holding: slices.Clone(p.holding),
		ranking: p.ranking(),
		rank:    make([]int32, len(p.holding)),
	}
	for place, item := range m.ranking {
		m.rank[item] = int32(place)
		if m.holding[item] > 0 {
			m.bought++
		}
	}
	return m
}

// Items returns the number of items; ids run from 0 to Items-1.
func (m *Model) Items() int { return len(m.ranking) }

// Popularity returns the share of baskets that hold item, 0 if there are none.
func (m *Model) Popularity(item int32) float64 {
	return float64(m.holding[item]) / float64(max(m.baskets, 1))
}

// Rank appends up to k items to dst, best first: the customer's own items by the
// number of her baskets that hold them, then the most popular others
// (GP-TopFreq of Li et al., TOIS 2023, with ties by popularity). A customer
// without history gets the most popular items.
//
// history holds her baskets in any order; an item that stands twice in one
// counts once. allowed says which items may be recommended, nil meaning all.
// Items that no counted basket holds are never recommended to those who have not
// bought them. It panics on an item outside the model.
//
// The cost is that of sorting the history, plus a step for every popular item
// passed over.
func (m *Model) Rank(dst []int32, history [][]int32, k int, allowed func(item int32) bool) []int32 {
	start := len(dst)
	dst = m.Personal(dst, history, k, allowed)
	own := dst[start:]
	for _, item := range m.ranking[:m.bought] {
		if len(dst)-start >= k {
			break
		}
		if !slices.Contains(own, item) && (allowed == nil || allowed(item)) {
			dst = append(dst, item)
		}
	}
	return dst
}

// Popular appends the k most popular allowed items to dst, the same for everybody
// (G-TopFreq).
func (m *Model) Popular(dst []int32, k int, allowed func(item int32) bool) []int32 {
	return m.Rank(dst, nil, k, allowed)
}

// Personal appends up to k of the customer's own items to dst, fewer if she has
// bought fewer (P-TopFreq). Arguments are those of Rank.
func (m *Model) Personal(dst []int32, history [][]int32, k int, allowed func(item int32) bool) []int32 {
	var room [256]uint64 // most histories fit; longer ones move to the heap
	ordered := m.byFrequency(m.lines(room[:0], history))
	for _, key := range ordered {
		if k <= 0 {
			break
		}
		item := m.ranking[uint32(key)]
		if allowed == nil || allowed(item) {
			dst = append(dst, item)
			k--
		}
	}
	return dst
}

// lines appends one key per line of the history: the item's place in the
// popularity ranking, then its basket.
func (m *Model) lines(keys []uint64, history [][]int32) []uint64 {
	for b, basket := range history {
		for _, item := range basket {
			keys = append(keys, uint64(m.rank[item])<<32|uint64(b))
		}
	}
	return keys
}

// byFrequency turns lines, in place, into one key per item whose order is the
// ranking's: frequency downwards, then the item's place in the popularity ranking.
func (m *Model) byFrequency(lines []uint64) []uint64 {
	slices.Sort(lines)
	lines = slices.Compact(lines)
	keys := lines[:0]
	for from := 0; from < len(lines); {
		place := lines[from] >> 32
		to := from + 1
		for to < len(lines) && lines[to]>>32 == place {
			to++
		}
		baskets := uint64(to - from)
		keys = append(keys, (math.MaxUint32-baskets)<<32|place)
		from = to
	}
	slices.Sort(keys)
	return keys
}
