package basket

import (
	"cmp"
	"slices"
)

// sparse is a vector over items: values[k] is that of items[k], which rise.
type sparse struct {
	items  []int32
	values []float32
}

// neighbours finds the customers whose vectors are most like one's own, by an
// inverted index: the cost of a search is the sum over her items of the customers
// who have them.
type neighbours struct {
	vectors []sparse
	norms   []float32
	having  [][]posting // by item
}

type posting struct {
	customer int32
	value    float32
}

func newNeighbours(items int, vectors []sparse, norm func(values []float32) float32) *neighbours {
	n := &neighbours{vectors: vectors, norms: make([]float32, len(vectors)), having: make([][]posting, items)}
	sizes := make([]int, items)
	total := 0
	for _, v := range vectors {
		for _, item := range v.items {
			sizes[item]++
			total++
		}
	}
	flat := make([]posting, total)
	for item, size := range sizes {
		n.having[item], flat = flat[:0:size], flat[size:]
	}
	for c, v := range vectors {
		n.norms[c] = norm(v.values)
		for k, item := range v.items {
			n.having[item] = append(n.having[item], posting{int32(c), v.values[k]})
		}
	}
	return n
}

// similar is a customer and how like she is.
type similar struct {
	customer   int32
	similarity float32
}

// products writes v's product with every customer's vector into dst.
func (n *neighbours) products(dst []float32, v sparse) {
	clear(dst)
	for k, item := range v.items {
		value := v.values[k]
		for _, p := range n.having[item] {
			dst[p.customer] += value * p.value
		}
	}
}

// nearest returns the k customers of the highest similarity, the first of equals
// first, in room.
func nearest(room []similar, similarities []float32, k int) []similar {
	room = room[:0]
	for c, s := range similarities {
		room = append(room, similar{int32(c), s})
	}
	k = min(k, len(room))
	choose(room, k)
	slices.SortFunc(room[:k], compareSimilar)
	return room[:k]
}

// choose moves the k first of all to the front, in any order (Hoare's quickselect).
func choose(all []similar, k int) {
	for from, to := 0, len(all)-1; from < to; {
		pivot := all[from+(to-from)/2]
		i, j := from, to
		for i <= j {
			for compareSimilar(all[i], pivot) < 0 {
				i++
			}
			for compareSimilar(all[j], pivot) > 0 {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j+1:
			to = j
		case k > i:
			from = i
		default:
			return
		}
	}
}

// compareSimilar puts the more similar first, equals by customer.
func compareSimilar(a, b similar) int {
	return cmp.Or(cmp.Compare(b.similarity, a.similarity), cmp.Compare(a.customer, b.customer))
}
