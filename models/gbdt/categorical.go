package gbdt

import (
	"cmp"
	"math"
	"slices"
)

// LightGBM's defaults for splits on categories.
const (
	categorySmooth  = 10 // rows added to a category's hessian before sorting; fewer rows are not sorted
	categoryL2      = 10 // added to L2: sorting by the gradient is itself a fit
	categorySetMost = 32 // categories on the smaller side
	oneVersusRest   = 4  // up to so many categories each is tried alone
)

// categoryRank is a category's bin and its place in the order of sets.
type categoryRank struct {
	bin  int
	rank float64
}

// categories returns the best split of a categorical column. Few categories are
// tried one against the rest. More are sorted by gradient over hessian, and sets
// are the beginnings and the ends of that order (Fisher, "On Grouping for Maximum
// Homogeneity", 1958).
func (s *search) categories(h *cells, b *binning) split {
	if b.values() <= oneVersusRest {
		best := split{}
		for bin := range b.values() {
			best = s.better(best, h[bin], s.lambda, bin)
		}
		return best
	}
	order := s.sortCategories(h, b)
	lambda := s.lambda + categoryL2/s.hUnit
	most := min(categorySetMost, (len(order)+1)/2)
	best := s.beginnings(h, order[:most], lambda)
	slices.Reverse(order)
	if other := s.beginnings(h, order[:most], lambda); other.gain > best.gain {
		return other
	}
	return best
}

// better returns the better of best and the split that sends bins with the given
// sum left.
func (s *search) better(best split, sum int64, lambda float64, bins ...int) split {
	gain := s.gainBounded(sum, lambda, 0)
	if s.simple() {
		gain = s.gainSimple(sum, lambda)
	}
	if gain <= best.gain {
		return best
	}
	set := new([4]uint64)
	for _, bin := range bins {
		set[bin/64] |= 1 << (bin % 64)
	}
	return split{gain: gain, categories: set, left: sum}
}

// gainSimple is gainBounded for the loss G²/(H+λ).
func (s *search) gainSimple(left int64, lambda float64) float64 {
	lg, lh := unpack(left)
	rg, rh := unpack(s.total - left)
	if lh < s.least || rh < s.least {
		return 0
	}
	l := float64(lg) * float64(lg) / (float64(lh) + lambda)
	r := float64(rg) * float64(rg) / (float64(rh) + lambda)
	return (l + r - s.floor) * s.gUnit * s.gUnit / s.hUnit
}

// sortCategories returns the categories with enough rows in the order of their
// smoothed gradient.
func (s *search) sortCategories(h *cells, b *binning) []categoryRank {
	var order []categoryRank
	for bin := range b.values() {
		g, hessian := unpack(h[bin])
		if math.Round(float64(hessian)*s.rowsPer) >= categorySmooth {
			smooth := float64(hessian) + categorySmooth/s.hUnit
			order = append(order, categoryRank{bin, float64(g) / smooth})
		}
	}
	slices.SortFunc(order, func(a, b categoryRank) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.bin, b.bin))
	})
	return order
}

// beginnings returns the best of the sets of the first one, two, … categories of
// order. Like LightGBM it passes over a set that adds fewer than MinData rows to
// the last one tried.
func (s *search) beginnings(h *cells, order []categoryRank, lambda float64) split {
	best, sum, group := split{}, int64(0), 0.0
	bins := make([]int, 0, len(order))
	for _, c := range order {
		sum += h[c.bin]
		bins = append(bins, c.bin)
		_, hessian := unpack(h[c.bin])
		group += float64(hessian) * s.rowsPer
		if group < s.minData {
			continue
		}
		group = 0
		best = s.better(best, sum, lambda, bins...)
	}
	return best
}
