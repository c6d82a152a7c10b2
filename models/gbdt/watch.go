package gbdt

// watched is rows that only look on: they say when to stop.
type watched struct {
	*Rows
	margins []float64
	losses  []float64 // after each tree
	best    int       // index of the least loss
}

func newWatched(r *Rows, base float64) *watched {
	w := &watched{Rows: r, margins: make([]float64, r.n)}
	fill(w.margins, base)
	if r.margins != nil {
		copy(w.margins, r.margins)
	}
	return w
}

// move adds the tree that g has grown, and notes the loss.
func (w *watched) move(g *grower, outputs []float64, c Config) {
	forBlocks(c.Workers, w.n, sumBlock, func(_, first, last int) {
		for i := first; i < last; i++ {
			w.margins[i] += c.LearningRate * outputs[g.leafOf(w.Rows, i)]
		}
	})
	loss := c.Objective.meanLoss(c.Workers, w.margins, w.y, w.weights)
	w.losses = append(w.losses, loss)
	if loss < w.losses[w.best] {
		w.best = len(w.losses) - 1
	}
}

// patienceEnded says whether the watched rows have waited for too long.
func (t *trainer) patienceEnded() bool {
	w := t.watched
	return w != nil && t.config.Patience >= 0 && len(w.losses)-1-w.best >= t.config.Patience
}

// leafOf returns the leaf of row i of rows in the tree just grown.
func (g *grower) leafOf(rows *Rows, i int) int32 {
	if len(g.branches) == 0 {
		return 0
	}
	bins := rows.byRow[i*rows.stride : (i+1)*rows.stride]
	node := int32(0)
	for node >= 0 {
		b := &g.branches[node]
		node = b.right
		if b.table[bins[b.column]] == 1 {
			node = b.left
		}
	}
	return ^node
}

// route finds the leaves of training rows whose leaf is unseen.
func (g *grower) route(leafOf []uint16, unseen uint16) {
	forBlocks(g.config.Workers, g.n, sumBlock, func(_, first, last int) {
		for i := first; i < last; i++ {
			if leafOf[i] == unseen {
				leafOf[i] = uint16(g.leafOf(g.Rows, i))
			}
		}
	})
}
