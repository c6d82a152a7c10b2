package gbdt

import "math"

// split is a way to part the rows of a leaf.
type split struct {
	gain        float64 // twice the fall of the loss, as LightGBM has it; 0 if there is no split
	column      int     // used column
	bin         int     // the last value bin that goes left
	missingLeft bool
	categories  *[4]uint64 // bins that go left, if the column is categorical
	left        int64      // packed sum of the rows that go left
}

// goesLeft returns a table of the bins that go left.
func (s *split) goesLeft(b *binning) *[256]uint8 {
	table := new([256]uint8)
	if s.categories != nil {
		for k := range table {
			table[k] = uint8(s.categories[k/64] >> (k % 64) & 1)
		}
		return table
	}
	for k := range s.bin + 1 {
		table[k] = 1
	}
	if b.missing != noMissing {
		table[b.missing] = 0
		if s.missingLeft {
			table[b.missing] = 1
		}
	}
	return table
}

// search finds the best split of a leaf on one column. All sums are in the
// histogram's integers; multiplying by the units makes them gradients.
type search struct {
	total        int64   // packed sum of the leaf
	least        int64   // hessian that both sides must have
	lambda       float64 // L2, in hessian units
	gUnit, hUnit float64
	rowsPer      float64 // estimated rows per hessian unit
	floor        float64 // what both sides together must exceed: in gUnit²/hUnit if simple

	l1        float64
	low, high float64 // bounds of the leaf's output
	bounded   bool    // some column is monotone
	minData   float64
}

func newSearch(c *Config, q *quantiser, l *leaf, constrained bool) search {
	s := search{
		total: l.sum, gUnit: q.gUnit(), hUnit: q.hUnit(),
		l1: c.L1, low: l.low, high: l.high, bounded: constrained, minData: float64(c.MinData),
	}
	g, h := unpack(l.sum)
	s.lambda = c.L2 / s.hUnit
	s.rowsPer = l.weight / float64(max(h, 1))
	s.least = int64(math.Ceil(max(s.minData/s.rowsPer, c.MinHessian/s.hUnit, 1)))
	const margin = 1 + 1e-10 // rounding is no gain
	if s.simple() {
		whole := float64(g) * float64(g) / (float64(h) + s.lambda)
		s.floor = whole*margin + c.MinGain*s.hUnit/(s.gUnit*s.gUnit)
	} else {
		w := s.output(float64(g), float64(h), s.lambda)
		s.floor = s.fall(float64(g), float64(h), s.lambda, w)*margin + c.MinGain
	}
	return s
}

// simple says that the loss of a side is G²/(H+λ), without L1 and bounds.
func (s *search) simple() bool { return s.l1 == 0 && !s.bounded }

// output returns the leaf value, unshrunk, of sums in units.
func (s *search) output(g, h, lambda float64) float64 {
	return min(max(leafOutput(g*s.gUnit, (h+lambda)*s.hUnit, s.l1), s.low), s.high)
}

// leafOutput returns the value that minimises g·w + h·w²/2 + l1·|w|.
func leafOutput(g, h, l1 float64) float64 {
	if !(h > 0) {
		return 0
	}
	switch {
	case g > l1:
		return (l1 - g) / h
	case g < -l1:
		return (-l1 - g) / h
	}
	return 0
}

// fall returns twice that by which a leaf of output w lowers the loss.
func (s *search) fall(g, h, lambda, w float64) float64 {
	return -(2*g*s.gUnit*w + (h+lambda)*s.hUnit*w*w + 2*s.l1*math.Abs(w))
}

// numeric returns the best split of a numeric column; h are its cells, direction
// its monotonicity.
func (s *search) numeric(h *cells, b *binning, direction int8) split {
	values, missing := b.values(), int64(0)
	if b.missing != noMissing {
		missing = h[b.missing]
	}
	last := values - 1 // a split behind the last value needs missing cells on the other side
	if missing != 0 && !math.IsInf(float64(b.high), 1) {
		last = values
	}
	best := s.scan(h[:last], 0, direction)
	if missing != 0 {
		other := s.scan(h[:values-1], missing, direction)
		if other.gain > best.gain {
			best = other
			best.missingLeft = true
		}
		return best
	}
	_, left := unpack(best.left)
	_, whole := unpack(s.total)
	best.missingLeft = left > whole-left // none was seen: with the majority
	return best
}

// scan adds up cells, starting from the sum start, and returns the best place to
// stop.
func (s *search) scan(h []int64, start int64, direction int8) split {
	if !s.simple() {
		return s.scanBounded(h, start, direction)
	}
	totalG, totalH := unpack(s.total)
	g, h2 := float64(totalG), float64(totalH)+2*s.lambda
	least, most := s.least, totalH-s.least
	best, at, sum, left := s.floor, -1, start, int64(0)
	for b, v := range h {
		sum += v
		leftH := sum & math.MaxUint32
		if leftH < least {
			continue
		}
		if leftH > most {
			break
		}
		lg := float64(sum >> 32)
		lh := float64(leftH) + s.lambda
		rg, rh := g-lg, h2-lh
		// lg²/lh + rg²/rh > best, without the divisions
		if sides, product := lg*lg*rh+rg*rg*lh, lh*rh; sides > best*product {
			best, at, left = sides/product, b, sum
		}
	}
	if at < 0 {
		return split{}
	}
	return split{gain: (best - s.floor) * s.gUnit * s.gUnit / s.hUnit, bin: at, left: left}
}

// scanBounded is scan with L1, bounds and monotonicity.
func (s *search) scanBounded(h []int64, start int64, direction int8) split {
	best, sum := split{}, start
	for b, v := range h {
		sum += v
		if gain := s.gainBounded(sum, s.lambda, direction); gain > best.gain {
			best = split{gain: gain, bin: b, left: sum}
		}
	}
	return best
}

// gainBounded returns the gain of sending the sum left to the left; not above 0
// if that is not allowed.
func (s *search) gainBounded(left int64, lambda float64, direction int8) float64 {
	lg, lh := unpack(left)
	rg, rh := unpack(s.total - left)
	if lh < s.least || rh < s.least || lh+rh < 2*s.least {
		return 0
	}
	lw, rw := s.output(float64(lg), float64(lh), lambda), s.output(float64(rg), float64(rh), lambda)
	if float64(direction)*(rw-lw) < 0 {
		return 0
	}
	return s.fall(float64(lg), float64(lh), lambda, lw) + s.fall(float64(rg), float64(rh), lambda, rw) - s.floor
}
