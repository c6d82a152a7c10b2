package basket

import (
	"math"
	"slices"
)

// Item is a recommendation: how likely it is, and the facts that speak for it.
type Item struct {
	ID          int32
	Score       float64 // log-odds; lists fall in it
	Probability float64 // that the next order holds it: what became of such scores in the past

	Orders      int     // orders of hers that hold it: 0 if it would be new to her
	Of          int     // her orders from the first that holds it on: "in Orders of the last Of"
	OrdersSince int     // orders after the latest that holds it; -1 if new
	DaysSince   int     // days from the latest that holds it; -1 if new or without days
	UsualDays   float64 // days between orders that hold it, usually; NaN if new or not known
	After       int32   // the item of her latest order that it follows best; -1 if none
	Popularity  float64 // share of the shop's recent orders that hold it, the frequent customers' weighing more
}

// Ranker ranks for one customer after another. It belongs to one goroutine.
type Ranker struct {
	m       *Next
	seenIn  []int64
	place   []int32
	stamp   int64
	own     []own
	lifted  []int64 // stamp at which follows was last set
	follows []float64
	brought []int32 // items with follows
	top     top
}

// Ranker returns a new Ranker, which takes 28 bytes an item.
func (m *Next) Ranker() *Ranker {
	n := m.Items()
	return &Ranker{
		m: m, seenIn: make([]int64, n), place: make([]int32, n), lifted: make([]int64, n), follows: make([]float64, n),
	}
}

// Rank appends up to k items to dst, likeliest first. asOf is today, in the days
// of the history; it does not matter for one without days. allowed says which items
// may be named, nil meaning all that are: it is asked at most once an item. Durable
// items are not named to those who have them. It panics on an item outside the model.
func (r *Ranker) Rank(dst []Item, h History, asOf int32, k int, allowed func(item int32) bool) []Item {
	c := r.read(h)
	s := &r.m.stages[stageOf(c.orders)]
	r.top = top{k: max(k, 0), best: r.top.best[:0]}
	r.offerOwn(h, &c, s, asOf, allowed)
	r.offerNew(&c, s, allowed)
	for _, best := range r.top.best {
		dst = append(dst, r.item(best, h, asOf))
	}
	return dst
}

// read takes in a history: her items, and what follows her latest order.
func (r *Ranker) read(h History) customer {
	r.stamp++
	r.own = ownItems(r.own[:0], h, r.seenIn, r.place, r.stamp)
	r.brought = r.brought[:0]
	for _, given := range h.Last() {
		for _, f := range r.m.followers[given] {
			if r.lifted[f.item] != r.stamp {
				r.lifted[f.item] = r.stamp
				r.follows[f.item] = 0
				r.brought = append(r.brought, f.item)
			}
			r.follows[f.item] += f.lift
		}
	}
	for _, item := range r.brought {
		r.follows[item] = math.Log1p(r.follows[item])
	}
	return customerOf(h, r.own, r.m.rates.general)
}

func (r *Ranker) followsOf(item int32) float64 {
	if r.lifted[item] != r.stamp {
		return 0
	}
	return r.follows[item]
}

func (r *Ranker) offerOwn(h History, c *customer, s *stage, asOf int32, allowed func(int32) bool) {
	base := dot(c.features[:], s.own)
	weights := s.own[customerFeatures : customerFeatures+ownPairFeatures]
	for i := range r.own {
		o := &r.own[i]
		if r.m.durable(o.item) || allowed != nil && !allowed(o.item) {
			continue
		}
		pair := r.ownPair(h, c, o, asOf)
		r.offer(o.item, base+s.ownPart[o.item]+dot(pair[:], weights))
	}
}

func (r *Ranker) ownPair(h History, c *customer, o *own, asOf int32) [ownPairFeatures]float64 {
	overdue := 0.
	if r.m.cfg.WeighOverdue {
		overdue = r.m.cfg.Replenishment.overdue(h, o, asOf)
	}
	return c.ownPair(o, r.m.cfg.Prior, r.m.rates.repeat[o.item], r.followsOf(o.item), overdue)
}

// offerNew offers what follows her latest order, then items of the shop's ranking
// until no further one can be among the best.
func (r *Ranker) offerNew(c *customer, s *stage, allowed func(int32) bool) {
	base := dot(c.features[:], s.new)
	weight := s.new[customerFeatures]
	isNew := func(item int32) bool { return r.seenIn[item] != r.stamp && (allowed == nil || allowed(item)) }
	for _, item := range r.brought {
		if isNew(item) {
			r.offer(item, base+s.newPart[item]+weight*r.follows[item])
		}
	}
	for _, item := range s.ranking {
		score := base + s.newPart[item]
		if r.top.full() && (r.top.k == 0 || score < r.top.best[r.top.k-1].score) {
			return
		}
		if r.lifted[item] != r.stamp && r.m.sold(item) && isNew(item) {
			r.offer(item, score)
		}
	}
}

func (r *Ranker) offer(item int32, score float64) {
	r.top.offer(scored{item, r.m.places[item], score})
}

// item gathers the facts about a recommendation.
func (r *Ranker) item(best scored, h History, asOf int32) Item {
	result := Item{
		ID: best.item, Score: best.score, Probability: r.m.curve.At(best.score),
		OrdersSince: -1, DaysSince: -1, UsualDays: math.NaN(),
		After: r.m.after(h.Last(), best.item), Popularity: r.m.rates.recentShare(best.item),
	}
	if r.seenIn[best.item] != r.stamp {
		return result
	}
	o := &r.own[r.place[best.item]]
	result.Orders, result.Of = int(o.orders), h.Orders()-int(o.first)
	result.OrdersSince = h.Orders() - 1 - int(o.last)
	if h.Days != nil {
		result.DaysSince = int(asOf - h.Days[o.last])
		result.UsualDays = r.m.cfg.Replenishment.usual(h, o)
	}
	return result
}

// after returns the item of the latest order that item follows with the greatest
// lift, -1 if it follows none.
func (m *Next) after(last []int32, item int32) int32 {
	best, lift := int32(-1), 0.
	for _, given := range last {
		k := slices.IndexFunc(m.followers[given], func(f follower) bool { return f.item == item })
		if k >= 0 && m.followers[given][k].lift > lift {
			best, lift = given, m.followers[given][k].lift
		}
	}
	return best
}

// durable reports whether those who have item do not buy it again.
func (m *Next) durable(item int32) bool {
	return m.rates.repeat[item] < m.cfg.Durable*m.rates.general
}

// sold reports whether anybody has bought item.
func (m *Next) sold(item int32) bool { return m.rates.holders[item] > 0 }
