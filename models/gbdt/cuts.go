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

// cutColumns returns the cuts that trees make in each of so many columns.
func cutColumns(columns int, trees ...Tree) []cuts {
	all := make([]cuts, columns)
	for k := range trees {
		for i, j := range trees[k].Feature {
			all[j] = trees[k].appendCuts(all[j], i)
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
		c = append(c, before(-zeroRange), zeroRange)
	}
	return append(c, atMost(t.Threshold[i]))
}

// appendCategoryCuts cuts where the categories of a set start and end.
func (t *Tree) appendCategoryCuts(c cuts, set int) cuts {
	held := false
	for k := range int32(32*(t.CategoryBounds[set+1]-t.CategoryBounds[set]) + 1) {
		if t.holds(set, k) == held {
			continue
		}
		held = !held
		if k == 0 {
			c = append(c, -1) // category 0 is of cells in (-1, 1)
		} else {
			c = append(c, before(float32(k)))
		}
	}
	return c
}

// before returns the greatest float32 below v.
func before(v float32) float32 { return math.Nextafter32(v, float32(math.Inf(-1))) }

// atMost returns the greatest float32 that is at most v: no float32 lies between.
func atMost(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = before(f)
	}
	return f
}

// codes returns the number of codes.
func (c cuts) codes() int { return len(c) + 2 }

// missing returns the code of NaN.
func (c cuts) missing() int { return len(c) + 1 }

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

// narrow returns the codes among c of all codes among wide, which has the cuts of c
// and more.
func (c cuts) narrow(wide cuts) []uint32 {
	codes := make([]uint32, wide.codes())
	below := 0
	for code, cut := range wide {
		codes[code] = uint32(below)
		if below < len(c) && c[below] == cut {
			below++
		}
	}
	codes[len(wide)], codes[wide.missing()] = uint32(len(c)), uint32(c.missing())
	return codes
}
