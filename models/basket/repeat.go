package basket

import "math"

// RepeatConfig says how Repeat scores. The zero value is the default of every field.
type RepeatConfig struct {
	Prior      float64 // orders that the item's repeat rate weighs beside the customer's own: default 12
	Popularity float64 // weight of recent popularity: default 1
	Decay      float64 // of the repeat rate with each order since: default .97
}

// Repeat is the closed form: an item's shrunken repeat rate for those who have it,
// plus its recent popularity. With c repeats of the customer in the o orders after
// her first of the item, r the item's repeat rate and p its share of recent orders,
//
//	score = (c + Prior r) / (o + Prior) Decay^(orders since) + Popularity p.
//
// It is immutable and safe to share.
type Repeat struct {
	cfg     RepeatConfig
	repeat  []float64
	recent  []float64
	ranking []int32
	places  []int32
}

// Fit returns the model of everybody in counts, which may go on counting.
func (c RepeatConfig) Fit(counts *Counts) *Repeat {
	if c.Prior <= 0 {
		c.Prior = 12
	}
	if c.Popularity <= 0 {
		c.Popularity = 1
	}
	if c.Decay <= 0 {
		c.Decay = .97
	}
	t := &counts.now
	m := &Repeat{cfg: c, repeat: t.rates().repeat}
	for _, n := range t.recent {
		m.recent = append(m.recent, float64(n)/float64(max(t.latest, 1)))
	}
	m.ranking = byScore(m.recent)
	m.places = placesOf(m.ranking)
	return m
}

// Rank appends up to k items to dst, best first: by score, then recent popularity,
// then id. allowed says which items may be named, nil meaning all.
func (m *Repeat) Rank(dst []int32, h History, k int, allowed func(item int32) bool) []int32 {
	best := newTop(k)
	mine := make(map[int32]bool)
	for _, o := range sortedOwn(h) {
		mine[o.item] = true
		if allowed == nil || allowed(o.item) {
			best.offer(scored{o.item, m.places[o.item], m.score(h, &o)})
		}
	}
	for _, item := range m.ranking {
		score := m.cfg.Popularity * m.recent[item]
		if score == 0 || best.full() && (best.k == 0 || score < best.best[best.k-1].score) {
			break
		}
		if !mine[item] && (allowed == nil || allowed(item)) {
			best.offer(scored{item, m.places[item], score})
		}
	}
	return best.appendItems(dst)
}

// score returns nearly the probability that the next order holds an item of hers.
func (m *Repeat) score(h History, o *own) float64 {
	n := h.Orders()
	rate := (float64(o.orders-1) + m.cfg.Prior*m.repeat[o.item]) / (float64(n-1-int(o.first)) + m.cfg.Prior)
	return rate*math.Pow(m.cfg.Decay, float64(n-1-int(o.last))) + m.cfg.Popularity*m.recent[o.item]
}
