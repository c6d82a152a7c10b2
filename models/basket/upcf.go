package basket

import "math"

// UPCFConfig says how UPCF scores. The zero value is the default of every field.
type UPCFConfig struct {
	Recent    int     // latest orders that count: default 10
	Asymmetry float64 // α of the asymmetric similarity: default .25
	Locality  float64 // q, the power of the similarity: default 5
}

// UPCF is the peer UP-CF@r of Faggioli et al. (UMAP 2020): a customer's share of
// recent orders that hold an item, summed over all customers by the power of how
// many items they have in common. It is immutable and safe to share.
type UPCF struct {
	cfg    UPCFConfig
	items  int
	nearby *neighbours // whose vectors are the items had, ones
	shares []sparse
	places []int32
}

// Fit takes the histories of hs, over items 0 to items-1, as those of possible
// neighbours. It costs what TIFUKNN costs.
func (c UPCFConfig) Fit(items int, hs *Histories) *UPCF {
	if c.Recent <= 0 {
		c.Recent = 10
	}
	if c.Asymmetry <= 0 {
		c.Asymmetry = .25
	}
	if c.Locality <= 0 {
		c.Locality = 5
	}
	m := &UPCF{cfg: c, items: items}
	had := make([]sparse, hs.Len())
	m.shares = make([]sparse, hs.Len())
	popularity := NewPopularity(items)
	for i := range had {
		h := hs.At(i)
		had[i], m.shares[i] = itemsHad(h), c.share(h)
		for j := range h.Orders() {
			popularity.Add(h.Order(j))
		}
	}
	m.places = placesOf(popularity.ranking())
	m.nearby = newNeighbours(items, had, func(values []float32) float32 { return float32(len(values)) })
	return m
}

// itemsHad returns a one for each item of h.
func itemsHad(h History) sparse {
	var v sparse
	for _, o := range sortedOwn(h) {
		v.items, v.values = append(v.items, o.item), append(v.values, 1)
	}
	return v
}

// share returns the share of the recent orders of h that hold each item.
func (c UPCFConfig) share(h History) sparse {
	recent := min(h.Orders(), c.Recent)
	weights := make([]float64, recent)
	for j := range weights {
		weights[j] = 1 / float64(recent)
	}
	return weighted(h, weights)
}

// UPCFRanker ranks for one customer after another; it belongs to one goroutine.
type UPCFRanker struct {
	m        *UPCF
	products []float32
	scores   *accumulator
}

// Ranker returns a new UPCFRanker.
func (m *UPCF) Ranker() *UPCFRanker {
	return &UPCFRanker{m: m, products: make([]float32, len(m.shares)), scores: newAccumulator(m.items)}
}

// Rank appends up to k items to dst, best first: by score, then popularity, then id.
func (r *UPCFRanker) Rank(dst []int32, h History, k int, allowed func(item int32) bool) []int32 {
	m := r.m
	had := itemsHad(h)
	m.nearby.products(r.products, had)
	// She is the one most like her: the customers of Fit are taken for others.
	r.scores.reset()
	r.scores.add(m.cfg.share(h), 1)
	mine := math.Pow(float64(len(had.items)), m.cfg.Asymmetry)
	for c, common := range r.products {
		if common == 0 {
			continue
		}
		likeness := float64(common) / (mine * math.Pow(float64(m.nearby.norms[c]), 1-m.cfg.Asymmetry))
		r.scores.add(m.shares[c], math.Pow(likeness, m.cfg.Locality))
	}
	return r.scores.rank(dst, m.places, k, allowed)
}
