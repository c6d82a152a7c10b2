package basket

// accumulator sums scores over items and forgets them in the time it took.
type accumulator struct {
	sums    []float64
	held    []bool
	touched []int32
}

func newAccumulator(items int) *accumulator {
	return &accumulator{sums: make([]float64, items), held: make([]bool, items)}
}

func (a *accumulator) reset() {
	for _, item := range a.touched {
		a.sums[item], a.held[item] = 0, false
	}
	a.touched = a.touched[:0]
}

// add adds weight times v.
func (a *accumulator) add(v sparse, weight float64) {
	for k, item := range v.items {
		if !a.held[item] {
			a.held[item] = true
			a.touched = append(a.touched, item)
		}
		a.sums[item] += weight * float64(v.values[k])
	}
}

// rank appends the k best items to dst: by sum, then place, then id.
func (a *accumulator) rank(dst []int32, places []int32, k int, allowed func(item int32) bool) []int32 {
	best := newTop(k)
	for _, item := range a.touched {
		if allowed == nil || allowed(item) {
			best.offer(scored{item, places[item], a.sums[item]})
		}
	}
	return best.appendItems(dst)
}
