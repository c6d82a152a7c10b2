package gbdt

import (
	"bytes"
	"hash/fnv"
)

// twins holds for every row the first that has the same bins in all columns but the
// odd one. In a pooled hazard the intervals of a row are twins: they go through a
// tree together until it asks for the interval, so their gradients are added up
// before their bins are looked at. Packed gradients are whole numbers, whose sum has
// no order.
type twins struct {
	first []int32
	order []int32 // all rows, twins side by side
}

// twinsLeast is the share of rows, one in so many, that must be twins of one before:
// for fewer, looking is not worth it.
const twinsLeast = 4

// findTwins fills in twins, if there are enough that differ in column alone.
func (r *Rows) findTwins(column string) {
	r.odd, r.twins = -1, nil
	for k, j := range r.used {
		if r.columns[j] == column {
			r.odd = int32(k)
		}
	}
	t := &twins{first: make([]int32, r.n), order: make([]int32, r.n)}
	seen := make(map[uint64]int32)
	hash := fnv.New64a()
	places := make([]int32, r.n+1) // twins of a row, and then where they stand
	later := 0
	for i := range t.first {
		t.first[i] = int32(i)
		before, after := r.around(i)
		hash.Reset()
		hash.Write(before)
		hash.Write(after)
		if first, ok := seen[hash.Sum64()]; !ok {
			seen[hash.Sum64()] = int32(i)
		} else if b, a := r.around(int(first)); bytes.Equal(before, b) && bytes.Equal(after, a) {
			t.first[i] = first
			later++
		}
		places[t.first[i]+1]++
	}
	if twinsLeast*later < r.n {
		return
	}
	for i := range t.first {
		places[i+1] += places[i]
	}
	for i, first := range t.first {
		t.order[places[first]] = int32(i)
		places[first]++
	}
	r.twins = t
}

// around returns the bins of row i before and after the odd column.
func (r *Rows) around(i int) (before, after []uint8) {
	row := r.byRow[i*r.stride:][:len(r.used)]
	if r.odd < 0 {
		return row, nil
	}
	return row[:r.odd], row[r.odd+1:]
}

// join makes a batch of rows, twins that follow each other as one, and returns its
// size.
func (t *twins) join(b *batch, rows []int32, packed []int64, stride int) (size int) {
	last := int32(-1)
	for _, row := range rows {
		if first := t.first[row]; first != last {
			b.offsets[size], b.sums[size] = int(first)*stride, 0
			size++
			last = first
		}
		b.sums[size-1] += packed[row]
	}
	return size
}
