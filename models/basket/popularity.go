package basket

import (
	"cmp"
	"fmt"
	"slices"
)

// Popularity counts the baskets that hold each item. It is a sum over baskets:
// workers may count their own share and merge, in any order, to the same numbers.
// One Popularity is filled by one goroutine.
type Popularity struct {
	holding []int64 // baskets that hold the item
	baskets int64   // all baskets, the empty ones too
	seenIn  []int64 // 1 + ordinal of the last basket that held the item
}

// NewPopularity returns an empty count for items 0 to items-1.
func NewPopularity(items int) *Popularity {
	return &Popularity{holding: make([]int64, items), seenIn: make([]int64, items)}
}

// Add counts one basket. An item that stands in it twice counts once. It panics
// if an item is outside the range given to NewPopularity.
func (p *Popularity) Add(basket []int32) {
	p.baskets++
	for _, item := range basket {
		if p.seenIn[item] != p.baskets {
			p.seenIn[item] = p.baskets
			p.holding[item]++
		}
	}
}

// Merge adds the counts of other, which must be over the same items.
func (p *Popularity) Merge(other *Popularity) error {
	if len(other.holding) != len(p.holding) {
		return fmt.Errorf("basket: merge popularity of %d items into one of %d", len(other.holding), len(p.holding))
	}
	for item, n := range other.holding {
		p.holding[item] += n
	}
	p.baskets += other.baskets
	return nil
}

// Items returns the number of items.
func (p *Popularity) Items() int { return len(p.holding) }

// Baskets returns the number of baskets counted.
func (p *Popularity) Baskets() int64 { return p.baskets }

// Holding returns the number of baskets that hold item.
func (p *Popularity) Holding(item int32) int64 { return p.holding[item] }

// ranking returns all items, most popular first, then by id.
func (p *Popularity) ranking() []int32 {
	items := make([]int32, len(p.holding))
	for item := range items {
		items[item] = int32(item)
	}
	slices.SortFunc(items, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.holding[b], p.holding[a]), cmp.Compare(a, b))
	})
	return items
}
