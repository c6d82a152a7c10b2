package basket

import (
	"cmp"
	"math"
	"slices"
)

// TIFUKNNConfig says how TIFUKNN scores. The zero value is the default of every
// field, which are those published for Ta-Feng.
type TIFUKNNConfig struct {
	Neighbours int     // default 300
	WithinRate float64 // decay with each order: default .9
	GroupRate  float64 // decay with each group: default .7
	Alpha      float64 // weight of her own vector, the neighbours having the rest: default .7
	Groups     int     // of orders: default 7
}

// TIFUKNN is the peer of Hu et al. (SIGIR 2020): a customer's time-decayed item
// frequencies, mixed with the mean of those of the nearest customers by Euclidean
// distance. It is immutable and safe to share.
type TIFUKNN struct {
	cfg    TIFUKNNConfig
	items  int
	nearby *neighbours
	places []int32
}

// Fit takes the histories of hs, over items 0 to items-1, as those of possible
// neighbours. A search costs as much as all of them have in common with the
// customer: sample above fifty thousand.
func (c TIFUKNNConfig) Fit(items int, hs *Histories) *TIFUKNN {
	for _, d := range []struct {
		field *float64
		value float64
	}{{&c.WithinRate, .9}, {&c.GroupRate, .7}, {&c.Alpha, .7}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if c.Neighbours <= 0 {
		c.Neighbours = 300
	}
	if c.Groups <= 0 {
		c.Groups = 7
	}
	vectors := make([]sparse, hs.Len())
	popularity := NewPopularity(items)
	for i := range vectors {
		h := hs.At(i)
		vectors[i] = c.vector(h)
		for j := range h.Orders() {
			popularity.Add(h.Order(j))
		}
	}
	m := &TIFUKNN{cfg: c, items: items, places: placesOf(popularity.ranking())}
	m.nearby = newNeighbours(items, vectors, func(values []float32) (sum float32) {
		for _, v := range values {
			sum += v * v
		}
		return sum
	})
	return m
}

// vector returns the temporal item frequencies of h: orders decay with age, are
// averaged in groups of nearly equal size, of which the later have the odd ones, and
// groups decay with age again. As in the published code, the age of a group is
// counted as if all groups were there: customers of few orders get short vectors.
func (c TIFUKNNConfig) vector(h History) sparse {
	n := h.Orders()
	groups := min(n, c.Groups)
	weights := make([]float64, n)
	j := 0
	for g := range groups {
		size := n / groups
		if g >= groups-n%groups {
			size++
		}
		weight := math.Pow(c.GroupRate, float64(c.Groups-1-g)) / float64(size*groups)
		for range size {
			weights[j] = weight * math.Pow(c.WithinRate, float64(n-1-j))
			j++
		}
	}
	return weighted(h, weights)
}

// weighted returns the sum of weights, one for each of the latest orders, over the
// items that those hold.
func weighted(h History, weights []float64) sparse {
	first := h.Orders() - len(weights)
	type term struct {
		item   int32
		weight float64
	}
	var terms []term
	for j, w := range weights {
		for _, item := range h.Order(first + j) {
			terms = append(terms, term{item, w})
		}
	}
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(a.item, b.item) })
	var v sparse
	for _, t := range terms {
		if n := len(v.items); n == 0 || v.items[n-1] != t.item {
			v.items, v.values = append(v.items, t.item), append(v.values, 0)
		}
		v.values[len(v.values)-1] += float32(t.weight)
	}
	return v
}

// TIFUKNNRanker ranks for one customer after another; it belongs to one goroutine.
type TIFUKNNRanker struct {
	m        *TIFUKNN
	products []float32
	room     []similar
	scores   *accumulator
}

// Ranker returns a new TIFUKNNRanker.
func (m *TIFUKNN) Ranker() *TIFUKNNRanker {
	return &TIFUKNNRanker{m: m, products: make([]float32, len(m.nearby.vectors)), scores: newAccumulator(m.items)}
}

// Rank appends up to k items to dst, best first: by score, then popularity, then id.
func (r *TIFUKNNRanker) Rank(dst []int32, h History, k int, allowed func(item int32) bool) []int32 {
	m := r.m
	v := m.cfg.vector(h)
	m.nearby.products(r.products, v)
	for c, product := range r.products {
		r.products[c] = 2*product - m.nearby.norms[c] // her own norm is the same for all
	}
	r.room = nearest(r.room, r.products, m.cfg.Neighbours)
	r.scores.reset()
	r.scores.add(v, m.cfg.Alpha)
	for _, s := range r.room {
		r.scores.add(m.nearby.vectors[s.customer], (1-m.cfg.Alpha)/float64(len(r.room)))
	}
	return r.scores.rank(dst, m.places, k, allowed)
}
