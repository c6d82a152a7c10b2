package gbdt

import (
	"math"
	"slices"
)

// cuts are the cells at which a node of one column may change its answer,
// ascending: every node answers alike to all cells in (cuts[c-1], cuts[c]].
// That interval has code c, cells above all cuts have code len(cuts), NaN has
// len(cuts)+1.
type cuts []float32

// cutColumns returns the cuts of every column of the model.
func cutColumns(m *Model) []cuts {
	all := make([]cuts, len(m.Columns))
	for k := range m.Trees {
		t := &m.Trees[k]
		for i, j := range t.Feature {
			all[j] = t.appendCuts(all[j], i)
		}
	}
	for j := range all {
		slices.Sort(all[j])
		all[j] = slices.Compact(all[j])
	}
	return all
}

// appendCuts appends where node i may change its answer.
func (t *Tree) appendCuts(c cuts, i int) cuts {
	switch d := t.Decision[i]; {
	case d.Categorical():
		return t.appendCategoryCuts(c, int(t.Threshold[i]))
	case d.Missing() == MissingZero:
		const zero = float32(1e-35)
		c = append(c, before(-zero), -zero, before(zero), zero)
	}
	return append(c, atMost(t.Threshold[i]))
}

// appendCategoryCuts sets every category of a set apart from its neighbours and
// from the numbers between.
func (t *Tree) appendCategoryCuts(c cuts, set int) cuts {
	words := t.CategoryBits[t.CategoryBounds[set]:t.CategoryBounds[set+1]]
	c = append(c, -1)
	for k := range 32 * len(words) {
		if words[k/32]>>(k%32)&1 != 0 {
			category := float32(k)
			c = append(c, before(category), category, before(category+1))
		}
	}
	return c
}

// before returns the greatest float32 below v.
func before(v float32) float32 { return math.Nextafter32(v, float32(math.Inf(-1))) }

// atMost returns the greatest float32 that is at most v.
func atMost(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = before(f)
	}
	return f
}

// codes returns the number of codes.
func (c cuts) codes() int { return len(c) + 2 }

// example returns a cell that has the code.
func (c cuts) example(code int) float32 {
	switch {
	case code < len(c):
		return c[code]
	case code == len(c):
		return float32(math.Inf(1))
	}
	return float32(math.NaN())
}

// encode writes the code of every cell to dst.
func (c cuts) encode(dst []uint32, cells []float32) {
	dst = dst[:len(cells)]
	for i, v := range cells {
		if v != v {
			dst[i] = uint32(len(c) + 1)
			continue
		}
		low := 0
		for n := len(c); n > 0; { // the code is in [low, low+n]
			half := (n + 1) / 2
			if c[low+half-1] < v {
				low += half
				n -= half
			} else {
				n = half - 1
			}
		}
		dst[i] = uint32(low)
	}
}
