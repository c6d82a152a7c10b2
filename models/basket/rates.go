package basket

import (
	"cmp"
	"math"
	"slices"
)

// rates are what a model knows of items at one point in time.
type rates struct {
	repeat  []float64 // P(an order after the owner's first of the item holds it)
	recent  []float64 // log of its share of all items in recent orders
	fresh   []float64 // log of its share of those that are new to the customer
	overall []float64 // log of its share of all items in all orders
	second  []float64 // log of its share of the new items in second orders
	holders []int64   // customers who bought it
	size    float64   // items in a recent order
	general float64   // repeat rate of all items together
}

// rates returns the item rates of t, shrunk so that an item seen once is not
// taken for a trend.
func (t *tally) rates() rates {
	repeats, chances := total(t.repeats), total(t.chances)
	// Shops where nobody has come back yet get a small rate rather than none.
	r := rates{general: (float64(repeats) + 1) / (float64(chances) + 20)}
	const steady = 50 // orders that weigh as much as the general rate
	for item := range t.repeats {
		r.repeat = append(r.repeat, (float64(t.repeats[item])+steady*r.general)/(float64(t.chances[item])+steady))
	}
	weight := float64(t.latest) / float64(max(t.lately, 1)) // of a recent order
	r.recent = logShares(t.recent, weight/2)
	r.fresh = logShares(t.fresh, weight/2)
	r.overall = logShares(t.holding, .5)
	r.second = logShares(t.second, .5)
	r.size = float64(total(t.recent)) / float64(max(t.latest, 1))
	r.holders = slices.Clone(t.owners)
	return r
}

// logShares returns the log of n's part in the sum of all, where extra stands in
// for what was never counted. Shares of items, unlike those of orders, do not fall
// because customers grow older and find less that is new to them.
func logShares(ns []int64, extra float64) []float64 {
	extra = max(extra, .5)
	of := float64(total(ns)) + extra
	logs := make([]float64, len(ns))
	for item, n := range ns {
		logs[item] = math.Log((float64(n) + extra) / of)
	}
	return logs
}

// recentShare returns the share of recent orders that hold item.
func (r *rates) recentShare(item int32) float64 { return r.size * math.Exp(r.recent[item]) }

func total(ns []int64) (sum int64) {
	for _, n := range ns {
		sum += n
	}
	return sum
}

// byScore returns items from the highest score to the lowest, equal ones by id.
func byScore(scores []float64) []int32 {
	items := make([]int32, len(scores))
	for item := range items {
		items[item] = int32(item)
	}
	slices.SortStableFunc(items, func(a, b int32) int { return cmp.Compare(scores[b], scores[a]) })
	return items
}

// placesOf returns the place of each item in a ranking.
func placesOf(ranking []int32) []int32 {
	places := make([]int32, len(ranking))
	for place, item := range ranking {
		places[item] = int32(place)
	}
	return places
}
