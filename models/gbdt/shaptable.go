package gbdt

// patternsPerRow is up to how many patterns for each row to explain a table is
// cheaper than computing every row.
const patternsPerRow = 8

// tableSize returns the numbers in the table of a group that rows are explained
// with, 0 if none is worth it.
func (g *group) tableSize(rows int) int {
	if g.size > patternsPerRow*rows {
		return 0
	}
	return g.size * len(g.columns)
}

// fill computes the table: table[k*size+pattern] is the contribution of columns[k].
// It computes those of each leaf alone, and from these the sums over leaves.
func (g *group) fill(table []float64, w *work) {
	clear(table)
	if w.own == nil {
		w.own = make([]uint16, 0, patternLimit)
	}
	for _, l := range g.leaves {
		w.alone = l.tabulate(w.alone, w)
		w.own = g.leafPatterns(w.own[:0], l)
		for k, at := range l.at {
			sums := table[int(at)*g.size:][:g.size]
			column := w.alone[k<<len(l.columns):][:1<<len(l.columns)]
			for pattern, own := range w.own {
				sums[pattern] += column[own]
			}
		}
	}
}

// tabulate writes to dst[k<<d+pattern] what column k of a path of d columns
// contributes when bit j of pattern says whether column j is met.
func (p *path) tabulate(dst []float64, w *work) []float64 {
	d := len(p.columns)
	if need := d << d; cap(dst) < need {
		dst = make([]float64, need)
	}
	dst = dst[:d<<d]
	for pattern := range 1 << d {
		for k := range d {
			w.met[k] = float64(pattern >> k & 1)
		}
		p.contributions(w.values, w.met, w)
		for k := range d {
			dst[k<<d+pattern] = w.values[k]
		}
	}
	return dst
}

// leafPatterns appends, for every pattern of the group, the pattern of one leaf
// as tabulate numbers it.
func (g *group) leafPatterns(patterns []uint16, l leafOfGroup) []uint16 {
	bits := make([]uint16, len(g.columns))
	meets := make([][]uint8, len(g.columns))
	for k, at := range l.at {
		bits[at], meets[at] = 1<<k, l.meets[k]
	}
	patterns = append(patterns, 0)
	for k, examples := range g.classes {
		known := len(patterns)
		for class := len(examples) - 1; class >= 0; class-- { // class 0 last: it overwrites what is copied
			bit := uint16(0)
			if bits[k] != 0 && meets[k][examples[class]] != 0 {
				bit = bits[k]
			}
			patterns = patterns[:max(len(patterns), (class+1)*known)]
			for i, pattern := range patterns[:known] {
				patterns[class*known+i] = pattern | bit
			}
		}
	}
	return patterns
}

// add adds the contributions of the group for rows to dst[j][i]. codes[j][i] is
// the code of column j of row i. Without a table it computes row by row.
func (g *group) add(dst [][]float64, codes [][]uint32, table []float64, w *work) {
	if len(table) == 0 {
		g.addDirectly(dst, codes, w)
		return
	}
	rows := len(codes[0])
	for first := 0; first < rows; first += len(w.patterns) {
		last := min(first+len(w.patterns), rows)
		patterns := w.patterns[:last-first]
		g.sumDigits(patterns, codes, first, -1)
		for k, column := range g.columns {
			values := table[k*g.size:][:g.size]
			sums := dst[column][first:last]
			sums = sums[:len(patterns)]
			for i, pattern := range patterns {
				sums[i] += values[pattern]
			}
		}
	}
}

// sumDigits writes to patterns those of the rows from first on, without the digit
// of column number without.
func (g *group) sumDigits(patterns []uint16, codes [][]uint32, first, without int) {
	clear(patterns)
	for k, column := range g.columns {
		if k == without {
			continue
		}
		digits, cells := g.digits[k], codes[column][first:first+len(patterns)]
		patterns := patterns[:len(cells)]
		for i, code := range cells {
			patterns[i] += digits[code]
		}
	}
}

// addDirectly is add without a table: the same sums in the same order.
func (g *group) addDirectly(dst [][]float64, codes [][]uint32, w *work) {
	for i := range codes[0] {
		g.narrow(codes, i, w)
		for k, sum := range g.sumLeaves(w) {
			dst[g.columns[k]][i] += sum
		}
	}
}

// sumLeaves returns the contributions of the group's columns to the row of w.codes.
func (g *group) sumLeaves(w *work) []float64 {
	sums := w.sums[:len(g.columns)]
	clear(sums)
	for _, l := range g.leaves {
		l.meet(w)
		l.contributions(w.values, w.met, w)
		for k, at := range l.at {
			sums[at] += w.values[k]
		}
	}
	return sums
}

// narrow sets w.codes to the tree's codes of row i.
func (g *group) narrow(codes [][]uint32, i int, w *work) {
	for k, column := range g.columns {
		w.codes[k] = g.codes[k][codes[column][i]]
	}
}

// meet sets w.met to the conditions that the row of w.codes meets.
func (l *leafOfGroup) meet(w *work) {
	for k, at := range l.at {
		w.met[k] = float64(l.meets[k][w.codes[at]])
	}
}
