package basket

// scored is an item with its score and its place in the popularity ranking.
type scored struct {
	item  int32
	place int32
	score float64
}

// before is the order of every list: score downwards, popularity downwards, id.
func (a scored) before(b scored) bool {
	switch {
	case a.score != b.score:
		return a.score > b.score
	case a.place != b.place:
		return a.place < b.place
	}
	return a.item < b.item
}

// top keeps the k best of what it is offered, best first.
type top struct {
	k    int
	best []scored
}

func newTop(k int) *top { return &top{k: max(k, 0)} }

func (t *top) full() bool { return len(t.best) >= t.k }

// offer keeps s if it is among the best. Lists are short: insertion beats a heap.
func (t *top) offer(s scored) {
	if t.full() {
		if t.k == 0 || !s.before(t.best[t.k-1]) {
			return
		}
		t.best = t.best[:t.k-1]
	}
	t.best = append(t.best, s)
	for i := len(t.best) - 1; i > 0 && t.best[i].before(t.best[i-1]); i-- {
		t.best[i], t.best[i-1] = t.best[i-1], t.best[i]
	}
}

func (t *top) appendItems(dst []int32) []int32 {
	for _, s := range t.best {
		dst = append(dst, s.item)
	}
	return dst
}
