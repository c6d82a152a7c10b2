package basket

import (
	"fmt"
	"math"
)

// Gaps are sums over the days between orders that hold the same item. Workers may
// count their own customers and merge, in any order, to the same numbers: logarithms
// are summed in whole units of 2⁻²⁰.
type Gaps struct {
	n        []int64 // gaps
	sum, sqr []int64 // of their logs, and of the squares
	owners   []int64 // customers with the item
	again    []int64 // customers with the item in two orders
	seenIn   []int64
	place    []int32
	latest   []int32 // by item: day of the customer's latest order that holds it
	stamp    int64
	own      []own
}

// logUnit is the fixed point of logs: fine enough for no sum to show it.
const logUnit = 1 << 20

// NewGaps returns empty sums for items 0 to items-1.
func NewGaps(items int) *Gaps {
	column := func() []int64 { return make([]int64, items) }
	return &Gaps{
		n: column(), sum: column(), sqr: column(), owners: column(), again: column(), seenIn: column(),
		place: make([]int32, items), latest: make([]int32, items),
	}
}

// Add counts one customer. A history without days is not counted, nor is a second
// order of a day.
func (g *Gaps) Add(h History) {
	if h.Days == nil {
		return
	}
	g.stamp++
	g.own = ownItems(g.own[:0], h, g.seenIn, g.place, g.stamp)
	for i := range g.own {
		o := &g.own[i]
		g.owners[o.item]++
		if h.Days[o.last] > h.Days[o.first] {
			g.again[o.item]++
		}
		g.latest[o.item] = h.Days[o.first]
	}
	for j := range h.Orders() {
		for _, item := range h.Order(j) {
			if gap := h.Days[j] - g.latest[item]; gap > 0 {
				x := math.Log(float64(gap))
				g.n[item]++
				g.sum[item] += int64(math.Round(x * logUnit))
				g.sqr[item] += int64(math.Round(x * x * logUnit))
			}
			g.latest[item] = h.Days[j]
		}
	}
}

// Merge adds the sums of other, which must be over the same items.
func (g *Gaps) Merge(other *Gaps) error {
	if len(g.n) != len(other.n) {
		return fmt.Errorf("basket: merge gaps of %d items into gaps of %d", len(other.n), len(g.n))
	}
	from := other.columns()
	for k, column := range g.columns() {
		for item, v := range from[k] {
			column[item] += v
		}
	}
	return nil
}

func (g *Gaps) columns() [][]int64 { return [][]int64{g.n, g.sum, g.sqr, g.owners, g.again} }
