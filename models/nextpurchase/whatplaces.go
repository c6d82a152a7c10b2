package nextpurchase

import "math"

// placeRates counts how often the items at each place of a list came true: the
// probabilities of a candidate that has none of its own. Customers with one order
// are apart from those with more.
type placeRates struct {
	shown, hit [2][maxPlaces]int
}

// maxPlaces is the length of the longest published list.
const maxPlaces = 5

func stageOf(orders int) int { return min(max(orders, 1), 2) - 1 }

func (r *placeRates) add(orders, place int, hit bool) {
	stage := stageOf(orders)
	r.shown[stage][place]++
	if hit {
		r.hit[stage][place]++
	}
}

// at returns the probability of the item at a place for a customer with so many
// orders, never rising with the place; NaN where too few were judged.
func (r *placeRates) at(orders, place int) float64 {
	stage := stageOf(orders)
	least := math.NaN()
	for k := range place + 1 {
		if r.shown[stage][k] < fewestCases {
			return math.NaN()
		}
		rate := float64(r.hit[stage][k]) / float64(r.shown[stage][k])
		if !(rate > least) { // holds for the first, too
			least = rate
		}
	}
	return least
}
