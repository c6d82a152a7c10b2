package basket

import (
	"fmt"
	"math"
	"slices"
)

// ReplenishConfig says how Replenishment is fitted. The zero value is the default
// of every field.
type ReplenishConfig struct {
	// OwnPrior is how many gaps the item's usual gap weighs beside the customer's
	// own: default 3.
	OwnPrior float64
	// GroupPrior is how many gaps the group's usual gap weighs beside the item's, and
	// the shop's beside the group's: default 20.
	GroupPrior float64
	// MinGaps is how many gaps of all customers an item needs to have a due date of
	// its own: default 20.
	MinGaps int
}

// Replenishment knows how long what is bought lasts: the days between two orders of
// an item are log-normal, around a mean that is shrunk from customer to item to
// group to shop. It is immutable and safe to share.
//
// A customer rebuys an item at all with the item's repeat probability, raised by
// every repeat of hers (Bhagat et al., KDD 2018, "RCP"): only then is a gap running.
type Replenishment struct {
	ownPrior float64
	mean     []float64 // of log days, by item
	spread   []float64 // standard deviation of log days
	rebuy    []float64 // P(an owner buys again)
	offered  []bool    // has gaps enough, and is rebought no less than the median of such items
}

// Fit learns from gaps. groups holds the group of each item, as its category, from
// 0 on; nil puts all in one.
func (c ReplenishConfig) Fit(gaps *Gaps, groups []int32) (*Replenishment, error) {
	if groups == nil {
		groups = make([]int32, len(gaps.n))
	}
	if len(groups) != len(gaps.n) {
		return nil, fmt.Errorf("basket: fit replenishment: %d groups for %d items", len(groups), len(gaps.n))
	}
	if c.OwnPrior <= 0 {
		c.OwnPrior = 3
	}
	if c.GroupPrior <= 0 {
		c.GroupPrior = 20
	}
	if c.MinGaps <= 0 {
		c.MinGaps = 20
	}
	var shop lasting
	kinds := make([]lasting, 1+slices.Max(append([]int32{0}, groups...)))
	for item, group := range groups {
		shop.add(gaps, item)
		kinds[group].add(gaps, item)
	}
	// Without any gap, a month within a factor of three.
	usual := shop.shrink(estimate{mean: math.Log(30), square: math.Log(30)*math.Log(30) + 1, rebuy: .1}, 1)
	r := &Replenishment{ownPrior: c.OwnPrior}
	for item, group := range groups {
		var own lasting
		own.add(gaps, item)
		e := own.shrink(kinds[group].shrink(usual, c.GroupPrior), c.GroupPrior)
		r.mean = append(r.mean, e.mean)
		r.spread = append(r.spread, math.Sqrt(max(e.square-e.mean*e.mean, .05))) // no item is bought by the clock
		r.rebuy = append(r.rebuy, e.rebuy)
	}
	r.offer(gaps, int64(c.MinGaps))
	return r, nil
}

// offer marks the items that have a due date of their own.
func (r *Replenishment) offer(gaps *Gaps, least int64) {
	var rates []float64
	for item, n := range gaps.n {
		if n >= least {
			rates = append(rates, r.rebuy[item])
		}
	}
	slices.Sort(rates)
	r.offered = make([]bool, len(gaps.n))
	for item, n := range gaps.n {
		r.offered[item] = n >= least && r.rebuy[item] >= rates[len(rates)/2]
	}
}

// lasting sums gaps and owners over some items.
type lasting struct{ n, sum, square, owners, again float64 }

func (l *lasting) add(g *Gaps, item int) {
	l.n += float64(g.n[item])
	l.sum += float64(g.sum[item]) / logUnit
	l.square += float64(g.sqr[item]) / logUnit
	l.owners += float64(g.owners[item])
	l.again += float64(g.again[item])
}

// estimate holds the first two moments of log days, and the share who rebuy.
type estimate struct{ mean, square, rebuy float64 }

// shrink draws the sums towards wider, which weighs prior gaps and owners.
func (l *lasting) shrink(wider estimate, prior float64) estimate {
	return estimate{
		mean:   (l.sum + prior*wider.mean) / (l.n + prior),
		square: (l.square + prior*wider.square) / (l.n + prior),
		rebuy:  (l.again + prior*wider.rebuy) / (l.owners + prior),
	}
}
