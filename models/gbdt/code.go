package gbdt

import (
	"cmp"
	"math"
	"slices"
)

// coder turns the cells of a column into at most 256 codes, between which no node
// of some trees tells apart.
type coder struct {
	column      int
	categorical bool
	thresholds  []float32 // code k is of values in (thresholds[k-1], thresholds[k]]
	categories  []int32   // code k is of categories[k]
	ladder      *ladder
}

// missing returns the code of missing cells and of categories without a code.
func (c *coder) missing() int {
	if c.categorical {
		return len(c.categories)
	}
	return len(c.thresholds) + 1
}

// most is the number of thresholds or categories that leave a code for missing
// cells.
const most = 254

// clone returns a copy of c to widen; of nil, an empty coder.
func (c *coder) clone(categorical bool) *coder {
	if c == nil {
		return &coder{categorical: categorical}
	}
	return &coder{categorical: c.categorical, thresholds: slices.Clone(c.thresholds), categories: slices.Clone(c.categories)}
}

// add widens the coder by what a tree asks; false if there is no room.
func (c *coder) add(t *Tree, node int) bool {
	if c.categorical {
		k := int(t.Threshold[node])
		c.categories = withCategories(c.categories, t.CategoryBits[t.CategoryBounds[k]:t.CategoryBounds[k+1]])
		return len(c.categories) <= most
	}
	floor := floor32(t.Threshold[node])
	at, found := slices.BinarySearch(c.thresholds, floor)
	if !found {
		c.thresholds = slices.Insert(c.thresholds, at, floor)
	}
	return len(c.thresholds) <= most
}

func withCategories(categories []int32, words []uint32) []int32 {
	for w, word := range words {
		for bit := range int32(32) {
			if word>>bit&1 == 0 {
				continue
			}
			c := int32(w)*32 + bit
			if at, found := slices.BinarySearch(categories, c); !found {
				categories = slices.Insert(categories, at, c)
			}
		}
	}
	return categories
}

// floor32 returns the greatest float32 that is at most t: no float32 lies between.
func floor32(t float64) float32 {
	f := float32(t)
	if float64(f) > t {
		return math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

// encode writes the codes of cells to dst.
func (c *coder) encode(dst []uint8, cells []float32) {
	missing := uint8(c.missing())
	if !c.categorical {
		c.ladder.place(dst, cells, missing)
		return
	}
	for i, cell := range cells {
		dst[i] = missing
		if category, ok := category(cell); ok {
			if at, found := slices.BinarySearchFunc(c.categories, category, cmp.Compare[int32]); found {
				dst[i] = uint8(at)
			}
		}
	}
}

// example returns a cell that has code k, of a category or missing.
func (c *coder) example(k int) float32 {
	if k == c.missing() {
		return float32(math.NaN())
	}
	return float32(c.categories[k])
}
