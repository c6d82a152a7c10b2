package basket

import (
	"cmp"
	"slices"
)

// Pair says how much more often an item is bought given another.
type Pair struct {
	Item   int32
	Orders int32   // orders that show the pair
	Lift   float64 // P(item | other) over P(item), shrunk towards 1
	Excess float64 // P(item | other) - P(item), shrunk towards 0
}

// pairing is what a table of pairs is counted from.
type pairing struct {
	share   func(item int32) float64 // P(item)
	support int32                    // fewer orders are no evidence
	shrink  float64                  // pseudo-orders in which the item is as likely as ever
	keep    int                      // pairs kept of an item, those of the greatest excess
}

// mostPairs bounds the work on one visit: a reseller's order of hundreds of items
// says little about what goes with what.
const mostPairs = 10_000

// visit is an order that may show pairs: the items that condition, and those that
// they may bring.
type visit struct{ given, brings []int32 }

// count returns the pairs of each item. One item at a time is counted into a dense
// array, so that memory is that of the visits and of the result.
func (p pairing) count(items int, visits []visit) [][]Pair {
	at := postings(items, visits)
	together := make([]int32, items)
	var touched []int32
	result := make([][]Pair, items)
	for given := range result {
		touched = touched[:0]
		for _, v := range at[given] {
			for _, item := range visits[v].brings {
				if int(item) == given {
					continue
				}
				if together[item] == 0 {
					touched = append(touched, item)
				}
				together[item]++
			}
		}
		result[given] = p.best(touched, together, float64(len(at[given])))
		for _, item := range touched {
			together[item] = 0
		}
	}
	return result
}

// best returns the pairs worth keeping of an item that is in n visits.
func (p pairing) best(touched, together []int32, n float64) []Pair {
	var pairs []Pair
	for _, item := range touched {
		orders, share := together[item], p.share(item)
		if orders < p.support || share <= 0 {
			continue
		}
		conditional := (float64(orders) + p.shrink*share) / (n + p.shrink)
		if conditional <= share {
			continue
		}
		pairs = append(pairs, Pair{Item: item, Orders: orders, Lift: conditional / share, Excess: conditional - share})
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(b.Excess, a.Excess), cmp.Compare(a.Item, b.Item)) })
	return slices.Clone(pairs[:min(p.keep, len(pairs))])
}

// postings returns the visits in which each item conditions.
func postings(items int, visits []visit) [][]int32 {
	counts := make([]int32, items)
	total := 0
	for _, v := range visits {
		total += len(v.given)
		for _, item := range v.given {
			counts[item]++
		}
	}
	flat := make([]int32, total)
	at := make([][]int32, items)
	for item, n := range counts {
		at[item], flat = flat[:0:n], flat[n:]
	}
	for k, v := range visits {
		for _, item := range v.given {
			at[item] = append(at[item], int32(k))
		}
	}
	return at
}

// followed returns the visits "bought this, next order that" of the histories,
// without each customer's latest drop orders.
func followed(hs *Histories, drop int) []visit {
	var visits []visit
	for i := range hs.Len() {
		h := hs.At(i)
		for j := 1; j < h.Orders()-drop; j++ {
			if v := (visit{h.Order(j - 1), h.Order(j)}); len(v.given)*len(v.brings) <= mostPairs {
				visits = append(visits, v)
			}
		}
	}
	return visits
}
