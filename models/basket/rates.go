package basket

import (
	"cmp"
	"math"
	"slices"
)

// rates are what a model knows of items at one point in time.
type rates struct {
	repeat  []float64 // P(an order after the owner's first of the item holds it)
	recent  []float64 // log of the share of recent orders that hold it
	fresh   []float64 // log of the share of them in which it is new to the customer
	overall []float64 // log of the share of all orders that hold it
	second  []float64 // log of the share of second orders in which it is new
	holders []int64   // customers who bought it
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
	r.recent = logShares(t.recent, float64(t.latest), weight/2)
	r.fresh = logShares(t.fresh, float64(t.latest), weight/2)
	r.overall = logShares(t.holding, float64(t.orders), .5)
	r.second = logShares(t.second, float64(t.returned), .5)
	r.holders = t.owners
	return r
}

// logShares returns log((n + extra) / (of + 1)): where nothing was counted, that
// of very little.
func logShares(ns []int64, of, extra float64) []float64 {
	logs := make([]float64, len(ns))
	for item, n := range ns {
		logs[item] = math.Log((float64(n) + max(extra, .5)) / (of + 1))
	}
	return logs
}

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
