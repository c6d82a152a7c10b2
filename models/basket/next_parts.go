package basket

import "slices"

// Part is a group of features of Next that answer one question.
type Part string

// The parts that Next can do without. What remains is the shrunken repeat rate,
// fading with the orders since, and the item's shares.
const (
	// Habits are how often she orders, how much, and how much of it again.
	Habits Part = "habits"
	// Fading is how the repeat rate fades other than evenly: faster at first, and
	// otherwise for those with many orders.
	Fading Part = "fading"
	// Following is what her latest order brings.
	Following Part = "following"
	// Shares are an item's shares of what is new to its buyers, of all orders and of
	// second orders, beside that of recent ones.
	Shares Part = "shares"
)

// Parts returns all of them.
func Parts() []Part { return []Part{Habits, Fading, Following, Shares} }

// own and fresh return the places of a part's features for items of her own and
// for new ones.
func (p Part) own() []int {
	const pair, item = customerFeatures, customerFeatures + ownPairFeatures
	return map[Part][]int{
		Habits: {1, 2, 3, 4, 5}, Fading: {pair + 2, pair + 3, pair + 4, pair + 5}, Following: {pair + 6}, Shares: {item + 2, item + 3},
	}[p]
}

func (p Part) fresh() []int {
	const item = customerFeatures + newPairFeatures
	return map[Part][]int{Habits: {1, 2, 3, 4}, Following: {customerFeatures}, Shares: {item + 2, item + 3}}[p]
}

// leaveOut takes the features of parts out of what is learnt.
func leaveOut(parts []Part, own, fresh *blend) {
	for _, p := range parts {
		own.clear(p.own())
		fresh.clear(p.fresh())
	}
}

// clear makes features 0 in all examples, and draws their weights to 0.
func (b *blend) clear(features []int) {
	b.prior = slices.Clone(b.prior)
	for _, k := range features {
		b.prior[k] = 0
		for i := range b.y {
			b.row(i)[k] = 0
		}
	}
}
