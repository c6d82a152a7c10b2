package basket

import "fmt"

// Histories holds the histories of many customers in flat arrays: four bytes a
// line, up to eight an order and twenty-four a customer.
type Histories struct {
	items  []int32
	ends   []int32
	days   []int32
	bounds []bound // of customer i: where she ends
	keys   []uint64
}

// bound is where a customer ends in the flat arrays.
type bound struct{ item, order int }

// Append adds a customer. key tells her from others, by which samples are drawn.
// Orders all have days or none has: a customer unlike those before is an error.
func (hs *Histories) Append(key uint64, h History) error {
	if len(hs.ends) > 0 && len(h.Ends) > 0 && (hs.days == nil) != (h.Days == nil) {
		return fmt.Errorf("basket: customer %d: some orders have days and some have none (give all of them days, or none)", key)
	}
	hs.items = append(hs.items, h.Items...)
	hs.ends = append(hs.ends, h.Ends...)
	hs.days = append(hs.days, h.Days...)
	hs.bounds = append(hs.bounds, bound{len(hs.items), len(hs.ends)})
	hs.keys = append(hs.keys, key)
	return nil
}

// Len returns the number of customers.
func (hs *Histories) Len() int { return len(hs.keys) }

// Key returns the key of customer i.
func (hs *Histories) Key(i int) uint64 { return hs.keys[i] }

// Lines returns the number of items in all orders of all customers.
func (hs *Histories) Lines() int { return len(hs.items) }

// At returns the history of customer i, a view that costs nothing.
func (hs *Histories) At(i int) History {
	var from bound
	if i > 0 {
		from = hs.bounds[i-1]
	}
	to := hs.bounds[i]
	h := History{
		Items: hs.items[from.item:to.item:to.item],
		Ends:  hs.ends[from.order:to.order:to.order],
	}
	if len(hs.days) > 0 {
		h.Days = hs.days[from.order:to.order:to.order]
	}
	return h
}
