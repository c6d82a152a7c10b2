package basket

import "fmt"

// Counts are sums over customers, per item, from which models are made. Workers
// may count their own customers and merge, in any order, to the same numbers. One
// Counts is filled by one goroutine; its size depends on the number of items alone.
//
// Everything is counted twice: over all orders, and one order back, which is what
// was known when each customer's latest order was still to come. Models learn on
// the second how to predict with the first.
type Counts struct {
	now, back tally
	recent    recency
	seenIn    []int64 // stamp of the last history seen with the item
	place     []int32 // of the item in own
	own       []own   // items of the history being counted
	stamp     int64   // of that history
}

// CountsConfig says what counts as recent.
type CountsConfig struct {
	// AsOf is the first day that is not known, in the days of the histories.
	AsOf int32
	// RecentDays is how old a latest order may be to count as recent: default 60.
	// Histories without days count every customer's latest order.
	RecentDays int32
	// Even counts every latest order once; else it weighs as much as her orders are
	// many, 20 at most: who orders often will have done so lately, and orders more of
	// what comes next.
	Even bool
}

// recency is the window of latest orders that count as recent.
type recency struct {
	asOf, days int32
	most       int // that an order weighs, so that no reseller decides
}

// tally holds the sums of one point in time.
type tally struct {
	customers int64   // with an order
	returned  int64   // with a second order
	lately    int64   // customers whose latest order is recent
	latest    int64   // weight of those orders
	orders    int64   // of all customers
	owners    []int64 // customers who bought the item
	holding   []int64 // orders that hold it
	repeats   []int64 // orders that hold it and are not its owner's first of it
	chances   []int64 // orders after the owner's first of it
	recent    []int64 // weight of the recent latest orders that hold it
	fresh     []int64 // of those, the ones in which the customer bought it for the first time
	second    []int64 // second orders in which it was bought for the first time
}

func newTally(items int) tally {
	column := func() []int64 { return make([]int64, items) }
	return tally{
		owners: column(), holding: column(), repeats: column(), chances: column(),
		recent: column(), fresh: column(), second: column(),
	}
}

// columns returns the sums by item, in a fixed order.
func (t *tally) columns() [][]int64 {
	return [][]int64{t.owners, t.holding, t.repeats, t.chances, t.recent, t.fresh, t.second}
}

// totals returns the sums over all items, in a fixed order.
func (t *tally) totals() []*int64 {
	return []*int64{&t.customers, &t.returned, &t.lately, &t.latest, &t.orders}
}

// NewCounts returns empty counts for items 0 to items-1.
func NewCounts(items int, cfg CountsConfig) *Counts {
	if cfg.RecentDays <= 0 {
		cfg.RecentDays = 60
	}
	most := 20
	if cfg.Even {
		most = 1
	}
	return &Counts{
		now: newTally(items), back: newTally(items), recent: recency{cfg.AsOf, cfg.RecentDays, most},
		seenIn: make([]int64, items), place: make([]int32, items),
	}
}

// Items returns the number of items.
func (c *Counts) Items() int { return len(c.place) }

// Customers returns the number of customers with an order.
func (c *Counts) Customers() int64 { return c.now.customers }

// Add counts one customer. It panics on an item outside the range given to
// NewCounts.
func (c *Counts) Add(h History) {
	n := h.Orders()
	if n == 0 {
		return
	}
	c.addTo(&c.now, h, n, c.recent)
	if n > 1 {
		// One order back, the window of what is recent is as long again.
		c.addTo(&c.back, h.Before(n-1), n-1, recency{c.recent.asOf, 2 * c.recent.days, c.recent.most})
	}
}

func (c *Counts) addTo(t *tally, h History, n int, recent recency) {
	c.stamp++
	c.own = ownItems(c.own[:0], h, c.seenIn, c.place, c.stamp)
	t.customers++
	t.orders += int64(n)
	for i := range c.own {
		o := &c.own[i]
		t.owners[o.item]++
		t.holding[o.item] += int64(o.orders)
		t.repeats[o.item] += int64(o.orders - 1)
		t.chances[o.item] += int64(n - 1 - int(o.first))
	}
	if n > 1 {
		t.returned++
		c.eachNew(h.Order(1), 1, func(item int32) { t.second[item]++ })
	}
	if h.Days == nil || h.Days[n-1] >= recent.asOf-recent.days {
		c.addLatest(t, h, n, recent.most)
	}
}

// addLatest counts a latest order that is recent.
func (c *Counts) addLatest(t *tally, h History, n, most int) {
	weight := int64(min(n, most))
	t.lately++
	t.latest += weight
	for _, item := range h.Last() {
		t.recent[item] += weight
	}
	c.eachNew(h.Last(), int32(n-1), func(item int32) { t.fresh[item] += weight })
}

// eachNew visits the items of order j that the customer just read had not bought
// before.
func (c *Counts) eachNew(order []int32, j int32, visit func(item int32)) {
	for _, item := range order {
		if c.own[c.place[item]].first == j {
			visit(item)
		}
	}
}

// Merge adds the counts of other, which must be of the same items and window.
func (c *Counts) Merge(other *Counts) error {
	if c.Items() != other.Items() || c.recent != other.recent {
		return fmt.Errorf("basket: merge counts of %d items, %+v into counts of %d items, %+v", other.Items(), other.recent, c.Items(), c.recent)
	}
	for _, pair := range [][2]*tally{{&c.now, &other.now}, {&c.back, &other.back}} {
		to, from := pair[0], pair[1]
		for k, total := range to.totals() {
			*total += *from.totals()[k]
		}
		columns := from.columns()
		for k, column := range to.columns() {
			for item, n := range columns[k] {
				column[item] += n
			}
		}
	}
	return nil
}
