package nextpurchase

import (
	"cmp"
	"slices"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

// orderReader turns lines into orders of items. It belongs to one goroutine.
type orderReader struct {
	assortment *Assortment
	level      Level
	rows       []orderRow
	began      []int32 // day of each order's first row, by order ordinal; notBegun before
	seenIn     []int64 // stamp of the last order that held the item
	stamp      int64
	history    basket.History
}

// orderRow is a line that counts.
type orderRow struct{ day, order, item int32 }

func (a orderRow) compare(b orderRow) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.order, b.order))
}

const notBegun = -1 << 31

func newOrderReader(a *Assortment, l Level) *orderReader {
	return &orderReader{assortment: a, level: l, seenIn: make([]int64, a.items(l))}
}

// read returns the orders in lines, oldest first, without returns, unknown items
// and those that do not count. An order is dated by its first line that counts.
// The history is good until the next call.
func (r *orderReader) read(lines []history.Line) basket.History {
	r.rows, r.began = r.rows[:0], r.began[:0]
	sorted := true
	for i := range lines {
		line := &lines[i]
		item := r.assortment.itemOf(r.level, line)
		if item < 0 || line.Return() {
			continue
		}
		for int(line.Order) >= len(r.began) {
			r.began = append(r.began, notBegun)
		}
		if r.began[line.Order] == notBegun {
			r.began[line.Order] = int32(line.At.Day())
		}
		row := orderRow{r.began[line.Order], line.Order, item}
		sorted = sorted && (len(r.rows) == 0 || r.rows[len(r.rows)-1].compare(row) <= 0)
		r.rows = append(r.rows, row)
	}
	if !sorted { // an item was added to an order after the next had begun
		slices.SortStableFunc(r.rows, orderRow.compare)
	}
	return r.collect()
}

// collect makes a history of the rows, which stand order by order.
func (r *orderReader) collect() basket.History {
	h := &r.history
	h.Items, h.Ends, h.Days = h.Items[:0], h.Ends[:0], h.Days[:0]
	for i, row := range r.rows {
		if i == 0 || row.order != r.rows[i-1].order {
			r.stamp++
			h.Ends, h.Days = append(h.Ends, 0), append(h.Days, row.day)
		}
		if r.seenIn[row.item] != r.stamp {
			r.seenIn[row.item] = r.stamp
			h.Items = append(h.Items, row.item)
		}
		h.Ends[len(h.Ends)-1] = int32(len(h.Items))
	}
	return *h
}
