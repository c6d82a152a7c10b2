package basket

// own is an item of a customer's history.
type own struct {
	item        int32
	orders      int32 // that hold it
	first, last int32 // the first and the latest of them, counted from 0
}

// ownItems appends the items of h to dst in the order of first purchase. seenIn
// and place have a cell per item; stamp must be one that seenIn does not hold.
// Afterwards place[item] is where the item stands in dst.
func ownItems(dst []own, h History, seenIn []int64, place []int32, stamp int64) []own {
	start := int32(0)
	for j, end := range h.Ends {
		for _, item := range h.Items[start:end] {
			if seenIn[item] != stamp {
				seenIn[item] = stamp
				place[item] = int32(len(dst))
				dst = append(dst, own{item: item, first: int32(j)})
			}
			o := &dst[place[item]]
			o.orders++
			o.last = int32(j)
		}
		start = end
	}
	return dst
}
