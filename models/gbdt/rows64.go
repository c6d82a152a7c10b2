package gbdt

// rows64 is the room in which one worker scores up to 64 rows at a time.
type rows64 struct {
	masks []uint64
	codes [lanes]uint32
	reach [mostLeaves]uint64
	sums  [lanes]float64
}

// add adds the trees' leaves to dst, row by row in the order of trees.
func (f *forest) add(dst []float64, x [][]float32, first int) {
	r := &rows64{masks: make([]uint64, f.masks)}
	for start := 0; start < len(dst); start += lanes {
		part := dst[start:min(start+lanes, len(dst))]
		f.mask(r, x, first+start, len(part))
		f.sum(part, r, f.trees, x, first+start)
	}
}

// addVaried adds for every value of a column the trees' leaves to dst[k], those of
// the first steady trees, which do not ask it, apart.
func (f *forest) addVaried(dst [][]float64, x [][]float32, first, column int, values []float32, steady int) {
	r := &rows64{masks: make([]uint64, f.masks)}
	var same, asking [lanes]float64
	for start := 0; start < len(dst[0]); start += lanes {
		rows := min(lanes, len(dst[0])-start)
		f.mask(r, x, first+start, rows)
		f.sum(same[:rows], r, f.trees[:steady], x, first+start)
		for k, value := range values {
			if column >= 0 {
				f.vary(r, x, first+start, rows, column, value)
			}
			f.sum(asking[:rows], r, f.trees[steady:], x, first+start)
			for i := range rows {
				dst[k][start+i] = same[i] + asking[i]
			}
		}
	}
}

// vary sets the cells of a column in rows [first, first+rows), and their masks.
func (f *forest) vary(r *rows64, x [][]float32, first, rows, column int, value float32) {
	for i := range rows {
		x[column][first+i] = value
	}
	for k := range f.columns {
		if c := &f.columns[k]; c.column == column {
			clear(r.masks[c.first:][:c.codes()])
			c.mask(r, x, first, rows)
		}
	}
	f.unite(r)
}

// sum writes the sums of some trees' leaves to dst.
func (f *forest) sum(dst []float64, r *rows64, trees []maskedTree, x [][]float32, first int) {
	clear(r.sums[:])
	for k := range trees {
		if t := &trees[k]; t.walked == nil {
			t.add(r)
		} else {
			t.walk(&r.sums, x, first, len(dst))
		}
	}
	copy(dst, r.sums[:])
}

// mask fills the masks of rows [first, first+rows).
func (f *forest) mask(r *rows64, x [][]float32, first, rows int) {
	clear(r.masks)
	for k := range f.columns {
		f.columns[k].mask(r, x, first, rows)
	}
	f.unite(r)
}

// mask fills the masks of one column, which are clear.
func (c *maskedColumn) mask(r *rows64, x [][]float32, first, rows int) {
	codes := r.codes[:rows]
	place(c.ladder, codes, x[c.column][first:first+rows], uint32(c.missing()))
	masks := r.masks[c.first:][:c.codes()]
	for i, code := range codes {
		masks[code] |= 1 << i
	}
	below := uint64(0)
	values := masks[:c.missing()]
	for code, here := range values {
		below |= here
		values[code] = below
	}
}

// unite fills the masks that are made of others.
func (f *forest) unite(r *rows64) {
	for _, u := range f.unions {
		mask := uint64(0)
		for _, m := range u.of {
			mask ^= r.masks[m]
		}
		r.masks[u.mask] = mask
	}
}
