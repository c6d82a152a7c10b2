package gbdt

// cells are the packed sums of the rows in each bin of a column.
type cells [256]int64

// histogramRows is the number of rows added to a few columns before the next few
// columns take them: 256 rows of 50 bins and the cells of 4 columns fit into the
// first-level cache together.
const histogramRows = 256

// histogramWidth is the number of columns that one pass over rows fills.
const histogramWidth = 4

// addRows adds the packed gradients of rows to h; h[k] belongs to used column
// columns[k].
func (r *Rows) addRows(h []cells, columns []int32, rows []int32, packed []int64) {
	var offsets [histogramRows]int
	var sums [histogramRows]int64
	width := len(r.used)
	for len(rows) > 0 {
		n := min(len(rows), histogramRows)
		// These loads do not wait for each other: cache misses overlap.
		for i, row := range rows[:n] {
			offsets[i] = int(row) * width
			sums[i] = packed[row]
		}
		for k := 0; k < len(columns); k += histogramWidth {
			last := min(k+histogramWidth, len(columns))
			r.addColumns(h[k:last], columns[k:last], offsets[:n], sums[:n])
		}
		rows = rows[n:]
	}
}

// addColumns adds sums to at most histogramWidth columns.
func (r *Rows) addColumns(h []cells, columns []int32, offsets []int, sums []int64) {
	sums = sums[:len(offsets)]
	if len(columns) == histogramWidth {
		r.addFour((*[4]cells)(h), (*[4]int32)(columns), offsets, sums)
		return
	}
	for k, column := range columns {
		bins, h := r.byRow[column:], &h[k]
		for i, o := range offsets {
			h[bins[o]] += sums[i]
		}
	}
}

// addFour is addColumns for four.
func (r *Rows) addFour(h *[4]cells, columns *[4]int32, offsets []int, sums []int64) {
	sums = sums[:len(offsets)]
	bins0, bins1 := r.byRow[columns[0]:], r.byRow[columns[1]:]
	bins2, bins3 := r.byRow[columns[2]:], r.byRow[columns[3]:]
	for i, o := range offsets {
		sum := sums[i]
		h[0][bins0[o]] += sum
		h[1][bins1[o]] += sum
		h[2][bins2[o]] += sum
		h[3][bins3[o]] += sum
	}
}

// subtract takes part from h.
func (h *cells) subtract(part *cells, bins int) {
	for b := range h[:bins] {
		h[b] -= part[b]
	}
}
