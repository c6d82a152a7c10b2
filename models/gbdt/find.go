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

// searchLeaves adds up the rows of small, takes them from the cells of large, and
// finds the best splits of both; large is nil if small is the root. Of few rows
// each worker adds up some columns, so that workers wait for each other once; of
// many all columns of some rows, so that no row is fetched twice.
func (g *grower) searchLeaves(small, large *leaf) {
	filled := g.config.Workers == 1 || small.rows() >= histogramParallelRows
	if filled {
		g.fill(small)
	}
	leaves := []*leaf{small}
	if large != nil {
		leaves = append(leaves, large)
	}
	searches, found := make([]search, len(leaves)), make([][]split, len(leaves))
	for i, l := range leaves {
		searches[i] = newSearch(&g.config, g.quantiser, l, g.directions != nil)
		found[i] = make([]split, len(g.columns))
	}
	workers := g.searchWorkers(small, filled)
	share := max((len(g.padded)+4*workers-1)/(4*workers), 1) * 4 // whole groups of columns
	forBlocks(workers, len(g.padded), share, func(_, first, last int) {
		if !filled {
			g.addRows(small.cells[first:last], g.padded[first:last], g.order[small.first:small.last], g.packed)
		}
		for k := first; k < min(last, len(g.columns)); k++ {
			if large != nil {
				large.cells[k].subtract(&small.cells[k], g.binnings[g.used[g.columns[k]]].bins())
			}
			for i, l := range leaves {
				found[i][k] = g.searchColumn(l, &searches[i], k)
			}
		}
	})
	for i, l := range leaves {
		l.best = bestOf(found[i])
	}
}

// searchWorkers returns the number of workers that pay off: waking one costs about
// as much as adding up ten thousand cells.
func (g *grower) searchWorkers(small *leaf, filled bool) int {
	const cheap = 20_000
	cells := 2 * 256
	if !filled {
		cells += small.rows()
	}
	if cells*len(g.columns) < cheap {
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
