package basket

import "slices"

// History is what one customer has ordered, oldest order first. Orders are not
// empty and hold an item once. It is a view: what it was made of must not change.
type History struct {
	Items []int32 // of all orders, one order after the other
	Ends  []int32 // order j is Items[Ends[j-1]:Ends[j]]
	Days  []int32 // of each order, counted from any fixed day; nil where unknown
}

// HistoryOf copies orders, oldest first, into a History. Repeats within an order
// and empty orders are left out. days holds a day per order, in rising order, or
// is nil.
func HistoryOf(orders [][]int32, days []int32) History {
	var h History
	for j, order := range orders {
		h.Items = appendDistinct(h.Items, order)
		if end := int32(len(h.Items)); end > h.end(len(h.Ends)-1) {
			h.Ends = append(h.Ends, end)
			if days != nil {
				h.Days = append(h.Days, days[j])
			}
		}
	}
	return h
}

// Orders returns the number of orders.
func (h History) Orders() int { return len(h.Ends) }

// Order returns the items of order j, counted from 0, the oldest.
func (h History) Order(j int) []int32 { return h.Items[h.end(j-1):h.Ends[j]] }

// Last returns the items of the latest order, nil if there is none.
func (h History) Last() []int32 {
	if len(h.Ends) == 0 {
		return nil
	}
	return h.Order(len(h.Ends) - 1)
}

// Before returns the history of the first n orders.
func (h History) Before(n int) History {
	cut := History{Items: h.Items[:h.end(n-1)], Ends: h.Ends[:n]}
	if h.Days != nil {
		cut.Days = h.Days[:n]
	}
	return cut
}

func (h History) end(j int) int32 {
	if j < 0 {
		return 0
	}
	return h.Ends[j]
}

// appendDistinct appends the items of an order to dst, each at its first place.
func appendDistinct(dst, order []int32) []int32 {
	const few = 64 // up to here looking along the order is quicker than a set
	start := len(dst)
	if len(order) <= few {
		for _, item := range order {
			if !slices.Contains(dst[start:], item) {
				dst = append(dst, item)
			}
		}
		return dst
	}
	seen := make(map[int32]bool, len(order))
	for _, item := range order {
		if !seen[item] {
			seen[item] = true
			dst = append(dst, item)
		}
	}
	return dst
}
