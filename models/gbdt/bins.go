package gbdt

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// binning says which bin a cell of one column falls into.
type binning struct {
	// edges part the values: bin b holds (edges[b-1], edges[b]].
	edges []float32
	// categories are the values of bins 0, 1, … of a categorical column, which
	// has no edges.
	categories  []int32
	categorical bool
	// missing is the bin of missing cells, of categories without a bin too;
	// noMissing if there is none.
	missing   int
	low, high float32 // range of the values; low > high without any
}

const noMissing = -1

// values returns the number of bins that hold values.
func (b *binning) values() int {
	switch {
	case b.categorical:
		return len(b.categories)
	case b.low > b.high:
		return 0
	}
	return len(b.edges) + 1
}

// bins returns the number of bins.
func (b *binning) bins() int {
	if b.missing == noMissing {
		return b.values()
	}
	return b.values() + 1
}

// mass is a value and the weight of the rows that have it.
type mass struct {
	value  float32
	weight float64
}

// cutEdges parts ascending distinct values into at most bins groups: one each if
// there is room, else of weight as equal as values heavier than their share
// allow. An edge is the float32 nearest to the middle of its neighbours, at least
// the lower and below the upper.
func cutEdges(values []mass, bins int) []float32 {
	if len(values) <= bins {
		edges := make([]float32, 0, len(values))
		for k := 1; k < len(values); k++ {
			edges = append(edges, between(values[k-1].value, values[k].value))
		}
		return edges
	}
	rest := 0.0
	for _, v := range values {
		rest += v.weight
	}
	heavy, alone := rest/float64(bins), bins
	for _, v := range values {
		if v.weight >= heavy {
			rest -= v.weight
			alone--
		}
	}
	share := rest / float64(max(alone, 1))
	edges := make([]float32, 0, bins-1)
	group := 0.0
	for k := 0; k+1 < len(values) && len(edges) < bins-1; k++ {
		v, next := values[k], values[k+1]
		group += v.weight
		if v.weight < heavy {
			rest -= v.weight
		}
		if v.weight >= heavy || group >= share || (next.weight >= heavy && group >= share/2) {
			edges = append(edges, between(v.value, next.value))
			if v.weight < heavy {
				alone = max(alone-1, 1)
				share = rest / float64(alone)
			}
			group = 0
		}
	}
	return edges
}

// between returns a threshold t with low <= t < high, which are not both as good as
// zero; it parts no cells that are.
func between(low, high float32) float32 {
	t := float32(float64(low) + (float64(high)-float64(low))/2)
	switch {
	case -zeroRange <= t && t < 0:
		return before(-zeroRange)
	case 0 <= t && t <= zeroRange:
		return zeroRange
	case math.IsInf(float64(low), -1) && high > -math.MaxFloat32:
		return -math.MaxFloat32
	case !(t < high), math.IsInf(float64(high), 1):
		return low
	}
	return t
}

// category returns the category that a cell stands for; false where missing.
func category(cell float32) (int32, bool) {
	const limit = 1 << 24 // float32 holds every whole number up to here
	if !(cell > -1 && cell < limit) {
		return 0, false
	}
	return int32(cell), true
}

// keepCategories returns the heaviest categories, at most bins, ties to the lower.
func keepCategories(values []mass, bins int) []int32 {
	sorted := slices.SortedFunc(slices.Values(values), func(a, b mass) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.value, b.value))
	})
	kept := make([]int32, min(len(sorted), bins))
	for k := range kept {
		kept[k] = int32(sorted[k].value)
	}
	return kept
}

// encode writes the bins of cells to dst.
func (b *binning) encode(dst []uint8, cells []float32) {
	missing := uint8(max(b.missing, 0))
	if !b.categorical {
		place(newLadder(b.edges), dst, cells, missing)
		return
	}
	at := make(map[int32]uint8, len(b.categories))
	for k, c := range b.categories {
		at[c] = uint8(k)
	}
	for i, cell := range cells {
		dst[i] = missing
		if c, ok := category(cell); ok {
			if k, known := at[c]; known {
				dst[i] = k
			}
		}
	}
}

// describe returns the column's entry of Model.Ranges.
func (b *binning) describe() string {
	if b.bins() < 2 {
		return "none"
	}
	if b.categorical {
		var names []string
		for _, c := range slices.Sorted(slices.Values(b.categories)) {
			names = append(names, strconv.Itoa(int(c)))
		}
		return strings.Join(names, ":")
	}
	low, high := b.low, b.high
	if low > high {
		low, high = 0, 0
	}
	format := func(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
	return "[" + format(low) + ":" + format(high) + "]"
}
