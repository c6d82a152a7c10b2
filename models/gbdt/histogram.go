package gbdt

import "slices"

// cells are the packed sums of the rows in each bin of a column.
type cells [256]int64

const (
	// histogramRows is the number of rows added to a few columns before the
	// next few take them: their bins and the cells of 8 columns fit into the
	// first-level cache together.
	histogramRows = 128
	// histogramSpan is the number of adjacent bins of a row among which columns
	// must lie that are added to at once.
	histogramSpan = 64
)

// stride returns the room of a row of n bins: a multiple of 8, and 64 where that
// costs little and spares every other row a second cache line.
func stride(n int) int {
	padded := (n + 7) / 8 * 8
	if padded > 48 && padded < histogramSpan {
		return histogramSpan
	}
	return padded
}

// batch is a few rows: where their bins begin, and what they add.
type batch struct {
	offsets [histogramRows]int
	sums    [histogramRows]int64
}

// addRows adds the packed gradients of rows to h; h[k] belongs to used column
// columns[k], ascending. Twins are added as one wherever they are alike. The result
// means nothing: it keeps the loads that touch rows from being optimised away.
func (r *Rows) addRows(h []cells, columns []int32, rows []int32, packed []int64) (touched uint8) {
	var single, joined batch
	front, behind := int(columns[0]), int(columns[len(columns)-1])
	apart := r.twins != nil && slices.Contains(columns, r.odd)
	for len(rows) > 0 {
		n := min(len(rows), histogramRows)
		whole, size := &single, n
		// These loads do not wait for each other: cache misses overlap, for which
		// the first and the last bin of each row are touched, too.
		if r.twins == nil || apart {
			for i, row := range rows[:n] {
				o := int(row) * r.stride
				single.offsets[i] = o
				single.sums[i] = packed[row]
				touched += r.byRow[o+front] + r.byRow[o+behind]
			}
		}
		if r.twins != nil {
			whole, size = &joined, r.twins.join(&joined, rows[:n], packed, r.stride)
			for _, o := range joined.offsets[:size] {
				touched += r.byRow[o+front] + r.byRow[o+behind]
			}
		}
		for first := 0; first < len(columns); {
			last := first + r.group(columns[first:])
			b, size := whole, size
			if apart && slices.Contains(columns[first:last], r.odd) {
				b, size = &single, n
			}
			r.addColumns(h[first:last], columns[first:last], b.offsets[:size], b.sums[:size])
			first = last
		}
		rows = rows[n:]
	}
	return touched
}

// group returns how many of the first columns are added to at once.
func (r *Rows) group(columns []int32) int {
	for _, n := range [...]int{8, 4} {
		if len(columns) >= n && columns[n-1]-columns[0] < histogramSpan {
			return n
		}
	}
	return 1
}

// addColumns adds sums to the columns of a group.
func (r *Rows) addColumns(h []cells, columns []int32, offsets []int, sums []int64) {
	bins := r.byRow[columns[0]:]
	switch {
	case len(columns) == 8 && columns[7]-columns[0] == 7 && columns[6] < columns[7]: // not padded
		addAdjacent((*[8]cells)(h), bins, offsets, sums)
	case len(columns) == 8:
		addEight((*[8]cells)(h), (*[8]int32)(columns), bins, offsets, sums)
	case len(columns) == 4:
		addFour((*[4]cells)(h), (*[4]int32)(columns), bins, offsets, sums)
	default:
		h := &h[0]
		for i, o := range offsets {
			h[bins[o]] += sums[i]
		}
	}
}

// addAdjacent adds sums to eight adjacent columns.
func addAdjacent(h *[8]cells, bins []uint8, offsets []int, sums []int64) {
	sums = sums[:len(offsets)]
	for i, o := range offsets {
		sum, row := sums[i], (*[8]uint8)(bins[o:])
		h[0][row[0]] += sum
		h[1][row[1]] += sum
		h[2][row[2]] += sum
		h[3][row[3]] += sum
		h[4][row[4]] += sum
		h[5][row[5]] += sum
		h[6][row[6]] += sum
		h[7][row[7]] += sum
	}
}

// addEight adds sums to eight columns; masked, their places need no bounds checks.
func addEight(h *[8]cells, columns *[8]int32, bins []uint8, offsets []int, sums []int64) {
	const mask = histogramSpan - 1
	sums = sums[:len(offsets)]
	c := columns[0]
	c1, c2, c3 := int(columns[1]-c)&mask, int(columns[2]-c)&mask, int(columns[3]-c)&mask
	c4, c5, c6, c7 := int(columns[4]-c)&mask, int(columns[5]-c)&mask, int(columns[6]-c)&mask, int(columns[7]-c)&mask
	for i, o := range offsets {
		sum, row := sums[i], (*[histogramSpan]uint8)(bins[o:])
		h[0][row[0]] += sum
		h[1][row[c1]] += sum
		h[2][row[c2]] += sum
		h[3][row[c3]] += sum
		h[4][row[c4]] += sum
		h[5][row[c5]] += sum
		h[6][row[c6]] += sum
		h[7][row[c7]] += sum
	}
}

// addFour adds sums to four columns.
func addFour(h *[4]cells, columns *[4]int32, bins []uint8, offsets []int, sums []int64) {
	const mask = histogramSpan - 1
	sums = sums[:len(offsets)]
	c := columns[0]
	c1, c2, c3 := int(columns[1]-c)&mask, int(columns[2]-c)&mask, int(columns[3]-c)&mask
	for i, o := range offsets {
		sum, row := sums[i], (*[histogramSpan]uint8)(bins[o:])
		h[0][row[0]] += sum
		h[1][row[c1]] += sum
		h[2][row[c2]] += sum
		h[3][row[c3]] += sum
	}
}

// subtract takes part from h.
func (h *cells) subtract(part *cells, bins int) {
	for b := range h[:bins] {
		h[b] -= part[b]
	}
}
