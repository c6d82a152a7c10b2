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
		clear(r.sums[:])
		for k := range f.trees {
			if t := &f.trees[k]; t.walked == nil {
				t.add(r)
			} else {
				t.walk(&r.sums, x, first+start, len(part))
			}
		}
		copy(part, r.sums[:])
	}
}

// mask fills the masks of rows [first, first+rows).
func (f *forest) mask(r *rows64, x [][]float32, first, rows int) {
	clear(r.masks)
	codes := r.codes[:rows]
	for k := range f.columns {
		c := &f.columns[k]
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
	for _, u := range f.unions {
		mask := uint64(0)
		for _, m := range u.of {
			mask ^= r.masks[m]
		}
		r.masks[u.mask] = mask
	}
}
