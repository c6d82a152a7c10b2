package gbdt

import (
	"math/bits"
	"slices"
)

// leafSet is a set of leaves: bit l is leaf l.
type leafSet interface{ uint32 | uint64 }

// setTree is a tree as sets of leaves.
type setTree struct {
	values []float64
	coders []int          // of its columns, in a stage; the last is repeated up to a multiple of 4
	sets   []*[256]uint32 // of its columns, if there are at most 32 leaves
	wide   []*[256]uint64 // else
}

// newSetTree returns t as sets; at says which coder a column has.
func newSetTree(t *Tree, coders []*coder, at []int32) setTree {
	s := setTree{values: t.LeafValue}
	slots := make([]int, len(t.Feature)) // of each node, its column's place in s.coders
	for node, column := range t.Feature {
		slots[node] = slices.Index(s.coders, int(at[column]))
		if slots[node] < 0 {
			slots[node] = len(s.coders)
			s.coders = append(s.coders, int(at[column]))
		}
	}
	if t.Leaves() <= 32 {
		s.sets = tables[uint32](t, slots, s.coders, coders)
	} else {
		s.wide = tables[uint64](t, slots, s.coders, coders)
	}
	for len(s.coders)%4 != 0 {
		s.coders = append(s.coders, s.coders[len(s.coders)-1])
	}
	return s
}

// tables returns, per column and code, the leaves that a row with that code may
// still reach: a node that sends it left excludes the leaves on its right.
func tables[S leafSet](t *Tree, slots, of []int, coders []*coder) []*[256]S {
	below := make([]S, len(t.Feature)) // the leaves below each node
	set := func(child int32) S {
		if child >= 0 {
			return below[child]
		}
		return 1 << ^child
	}
	for _, node := range t.childrenFirst() {
		below[node] = set(t.Left[node]) | set(t.Right[node])
	}
	list := make([]*[256]S, len(of), (len(of)+3)/4*4)
	for k := range list {
		list[k] = new([256]S)
		for code := range list[k] {
			list[k][code] = ^S(0)
		}
	}
	for node, slot := range slots {
		c := coders[of[slot]]
		exclude(list[slot][:c.missing()+1], c, t, int32(node), set(t.Left[node]), set(t.Right[node]))
	}
	for len(list)%4 != 0 {
		list = append(list, list[len(list)-1])
	}
	return list
}

// exclude takes from the table of a column what a node excludes: of the codes that
// it sends left the leaves on its right, of the others those on its left.
func exclude[S leafSet](table []S, c *coder, t *Tree, node int32, left, right S) {
	values := len(table) - 1 // the last code is that of missing cells
	if !c.categorical {
		at, _ := slices.BinarySearch(c.thresholds, floor32(t.Threshold[node]))
		for code := range table[:at+1] {
			table[code] &^= right
		}
		for code := at + 1; code < values; code++ {
			table[code] &^= left
		}
		table = table[values:]
	}
	for k := range table {
		code := c.missing() - len(table) + 1 + k
		if t.goesLeft(node, c.example(code)) {
			table[k] &^= right
		} else {
			table[k] &^= left
		}
	}
}

// childrenFirst returns the inner nodes, each after the inner nodes below it.
func (t *Tree) childrenFirst() []int32 {
	if len(t.Feature) == 0 {
		return nil
	}
	order := []int32{0}
	for k := 0; k < len(order); k++ {
		for _, child := range []int32{t.Left[order[k]], t.Right[order[k]]} {
			if child >= 0 {
				order = append(order, child)
			}
		}
	}
	for i, k := 0, len(order)-1; i < k; i, k = i+1, k-1 {
		order[i], order[k] = order[k], order[i]
	}
	return order
}

// stageRows is the number of rows whose codes and sets stay in the second-level
// cache, and that share the cost of fetching a tree's tables into the first.
const stageRows = 1 << 11

// add adds the stage's trees to dst; x holds all columns of the model.
func (s *stage) add(dst []float64, x [][]float32) {
	if s.walked != nil {
		for i := range dst {
			dst[i] += s.walked.LeafValue[s.walked.leaf(x, i)]
		}
		return
	}
	codes := make([][]uint8, len(s.coders))
	for k := range codes {
		codes[k] = make([]uint8, stageRows)
	}
	var sets [stageRows]uint32
	var wide [stageRows]uint64
	for first := 0; first < len(dst); first += stageRows {
		part := dst[first:min(first+stageRows, len(dst))]
		for k, c := range s.coders {
			codes[k] = codes[k][:len(part)]
			c.encode(codes[k], x[c.column][first:first+len(part)])
		}
		for k := range s.trees {
			if t := &s.trees[k]; t.wide == nil {
				addTree(part, t, t.sets, codes, sets[:len(part)])
			} else {
				addTree(part, t, t.wide, codes, wide[:len(part)])
			}
		}
	}
}

// addTree adds one tree's leaves to dst; sets is scratch of the same length.
func addTree[S leafSet](dst []float64, t *setTree, tables []*[256]S, codes [][]uint8, sets []S) {
	for i := range sets {
		sets[i] = ^S(0)
	}
	last := len(tables) - 4
	for k := 0; k < last; k += 4 {
		intersect(sets, (*[4]*[256]S)(tables[k:]), t.codes(k, codes))
	}
	var values [mostLeaves]float64
	copy(values[:], t.values)
	if last < 0 {
		for i := range dst {
			dst[i] += values[0]
		}
		return
	}
	addLeaves(dst, &values, sets, (*[4]*[256]S)(tables[last:]), t.codes(last, codes))
}

// codes returns the codes of columns k to k+3.
func (t *setTree) codes(k int, codes [][]uint8) *[4][]uint8 {
	return &[4][]uint8{codes[t.coders[k]], codes[t.coders[k+1]], codes[t.coders[k+2]], codes[t.coders[k+3]]}
}

// intersect intersects sets with those of four columns.
func intersect[S leafSet](sets []S, tables *[4]*[256]S, codes *[4][]uint8) {
	a, b, c, d := codes[0][:len(sets)], codes[1][:len(sets)], codes[2][:len(sets)], codes[3][:len(sets)]
	ta, tb, tc, td := tables[0], tables[1], tables[2], tables[3]
	for i := range sets {
		sets[i] &= ta[a[i]] & tb[b[i]] & tc[c[i]] & td[d[i]]
	}
}

// addLeaves is intersect for the last columns: it adds the values of the leaves
// that are left.
func addLeaves[S leafSet](dst []float64, values *[mostLeaves]float64, sets []S, tables *[4]*[256]S, codes *[4][]uint8) {
	dst = dst[:len(sets)]
	a, b, c, d := codes[0][:len(sets)], codes[1][:len(sets)], codes[2][:len(sets)], codes[3][:len(sets)]
	ta, tb, tc, td := tables[0], tables[1], tables[2], tables[3]
	for i, set := range sets {
		set &= ta[a[i]] & tb[b[i]] & tc[c[i]] & td[d[i]]
		dst[i] += values[bits.TrailingZeros64(uint64(set))%mostLeaves]
	}
}
