package gbdt

// maskedTree is a tree on masks of rows. Its questions are in an order that parts
// leaves: question k parts the rows of its leaf, which so far is one, into those
// that stay and those of the new leaf k+1.
type maskedTree struct {
	questions []question
	planes    int // bits of a leaf's number
	values    [mostLeaves]float64
	walked    *Tree // if not nil, the tree has more than mostLeaves leaves
}

// question sends left the rows that are in one of masks a and b, but not in both.
type question struct {
	a, b uint32
	leaf uint8
}

// mostLeaves is the number of leaves of a tree up to which it can be masked: the
// number of a leaf is a byte.
const mostLeaves = 256

// add adds to the sum of each row the value of its leaf.
func (t *maskedTree) add(r *rows64) {
	masks, reach := r.masks, &r.reach
	reach[0] = ^uint64(0)
	for k := range t.questions {
		q := &t.questions[k]
		all := reach[q.leaf]
		left := all & (masks[q.a] ^ masks[q.b])
		reach[q.leaf] = left
		reach[uint8(k+1)] = all ^ left
	}
	planes := t.leaves(reach)
	for i := 0; i < lanes; i += 8 {
		leaves := uint64(0) // of eight rows, a byte each
		for k := t.planes - 1; k >= 0; k-- {
			leaves = leaves<<1 | spread[uint8(planes[k&7]>>i)]
		}
		sums := (*[8]float64)(r.sums[i:])
		sums[0] += t.values[uint8(leaves)]
		sums[1] += t.values[uint8(leaves>>8)]
		sums[2] += t.values[uint8(leaves>>16)]
		sums[3] += t.values[uint8(leaves>>24)]
		sums[4] += t.values[uint8(leaves>>32)]
		sums[5] += t.values[uint8(leaves>>40)]
		sums[6] += t.values[uint8(leaves>>48)]
		sums[7] += t.values[uint8(leaves>>56)]
	}
}

// leaves returns the numbers of the rows' leaves: bit k of each in planes[k].
func (t *maskedTree) leaves(reach *[mostLeaves]uint64) (planes [8]uint64) {
	clear(reach[len(t.questions)+1 : 1<<t.planes])
	for k := t.planes - 1; k >= 0; k-- {
		// Of the numbers below 2^(k+1), the upper half has bit k. Without that bit
		// it joins the lower half.
		lower, upper := reach[:1<<k], reach[1<<k:2<<k]
		plane := uint64(0)
		for i, rows := range upper {
			plane |= rows
			lower[i] |= rows
		}
		planes[k] = plane
	}
	return planes
}

// spread puts the bits of a byte into the lowest bits of eight.
var spread = func() (s [256]uint64) {
	for b := range s {
		for bit := range 8 {
			s[b] |= uint64(b>>bit&1) << (8 * bit)
		}
	}
	return s
}()

// walk is add for a tree that is not masked.
func (t *maskedTree) walk(sums *[lanes]float64, x [][]float32, first, rows int) {
	for i := range rows {
		sums[i] += t.walked.LeafValue[t.walked.leaf(x, first+i)]
	}
}
