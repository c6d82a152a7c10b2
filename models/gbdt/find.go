package gbdt

// histogramParallelRows is the number of rows from which on workers share rows
// instead of columns.
const histogramParallelRows = 1 << 14

// histogram returns empty cells for the padded columns: all trees have as many.
func (g *grower) histogram() []cells {
	n := len(g.pool)
	if n == 0 {
		return make([]cells, len(g.padded))
	}
	h := g.pool[n-1]
	g.pool = g.pool[:n-1]
	clear(h)
	return h
}

// release takes back a leaf's histogram.
func (g *grower) release(l *leaf) {
	if l.cells != nil {
		g.pool = append(g.pool, l.cells)
		l.cells = nil
	}
}

// fill adds the rows of l to its histogram; workers share the rows.
func (g *grower) fill(l *leaf) {
	rows := g.order[l.first:l.last]
	workers := min(g.config.Workers, max(len(rows)/(histogramParallelRows/2), 1))
	if workers == 1 {
		g.addRows(l.cells, g.padded, rows, g.packed)
		return
	}
	parts := make([][]cells, workers)
	parts[0] = l.cells
	for k := 1; k < workers; k++ {
		parts[k] = g.histogram()
	}
	forEach(workers, workers, func(k int) {
		first, last := len(rows)*k/workers, len(rows)*(k+1)/workers
		g.addRows(parts[k], g.padded, rows[first:last], g.packed)
	})
	for _, part := range parts[1:] {
		for k := range part {
			for b, v := range part[k] {
				l.cells[k][b] += v
			}
		}
		g.pool = append(g.pool, part)
	}
}

// subtract takes the cells of small from those of large.
func (g *grower) subtract(large, small *leaf) {
	for k, column := range g.columns {
		large.cells[k].subtract(&small.cells[k], g.binnings[g.used[column]].bins())
	}
}

// searchLeaves finds the best split of large. If small is not nil, it first adds
// up the rows of small, takes them from large, and finds the best split of both:
// a few columns at a time, so that workers wait for each other once.
func (g *grower) searchLeaves(small, large *leaf) {
	var ofSmall, ofLarge []split
	var s search
	large.best, ofLarge = split{}, make([]split, len(g.columns))
	l := newSearch(&g.config, g.quantiser, large, g.directions != nil)
	if small != nil {
		ofSmall = make([]split, len(g.columns))
		s = newSearch(&g.config, g.quantiser, small, g.directions != nil)
	}
	workers := g.searchWorkers(small)
	share := max((len(g.padded)+4*workers-1)/(4*workers), 1) * 4 // whole groups of columns
	forBlocks(workers, len(g.padded), share, func(_, first, last int) {
		if small != nil {
			g.addRows(small.cells[first:last], g.padded[first:last], g.order[small.first:small.last], g.packed)
		}
		for k := first; k < min(last, len(g.columns)); k++ {
			if small != nil {
				large.cells[k].subtract(&small.cells[k], g.binnings[g.used[g.columns[k]]].bins())
				ofSmall[k] = g.searchColumn(small, &s, k)
			}
			ofLarge[k] = g.searchColumn(large, &l, k)
		}
	})
	large.best = bestOf(ofLarge)
	if small != nil {
		small.best = bestOf(ofSmall)
	}
}

// searchWorkers returns the number of workers that pay off: waking one costs about
// as much as adding up ten thousand cells.
func (g *grower) searchWorkers(small *leaf) int {
	const cheap = 20_000
	work := 256 * len(g.columns)
	if small != nil {
		work = (2*256 + small.rows()) * len(g.columns)
	}
	if work < cheap {
		return 1
	}
	return g.config.Workers
}

// searchColumn returns the best split of l on the tree's column k.
func (g *grower) searchColumn(l *leaf, s *search, k int) split {
	column := g.columns[k]
	if !g.divisible(l) || !g.allowed(l, column) {
		return split{}
	}
	b := &g.binnings[g.used[column]]
	var found split
	if b.categorical {
		found = s.categories(&l.cells[k], b)
	} else {
		direction := int8(0)
		if g.directions != nil {
			direction = g.directions[column]
		}
		found = s.numeric(&l.cells[k], b, direction)
	}
	found.column = int(column)
	return found
}

// bestOf returns the split that gains most, of equal ones the first.
func bestOf(splits []split) split {
	best := split{}
	for _, s := range splits {
		if s.gain > best.gain {
			best = s
		}
	}
	return best
}
