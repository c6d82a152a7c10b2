package gbdt

// path is the way from the root to a leaf. A row and a coalition of columns
// reach the leaf with probability Π f(j) over the columns j that the path asks:
// in the coalition, f(j) is 1 where the row meets the path's conditions on j,
// else 0; outside, f(j) is share[j], whatever the row.
type path struct {
	value   float64   // of the leaf
	columns []int32   // asked on the way, from the root
	share   []float64 // of training rows that meet the conditions on the column, taken node by node
	meets   [][]uint8 // meets[k][code] is 1 when a cell of that code of the tree's meets the conditions on columns[k], else 0
	rule    quadrature
}

// contributions writes to dst[k] the Shapley value of columns[k] for a row whose
// met[k] is 1 when it meets the conditions on columns[k], else 0.
//
// The Shapley value of column k is the leaf's value times (met[k] - share[k])
// times ∫ Π_{l≠k} (t·met[l] + (1-t)·share[l]) dt over t from 0 to 1 (Owen,
// Multilinear extensions of games, 1972): a coalition that takes every column
// with probability t, averaged over t, weights coalitions as Shapley does. The
// integrand is a polynomial of a degree below the number of columns d, so that
// (d+1)/2 nodes of Gauss and Legendre give it exactly. Cost: some 2d² multiplications.
func (p *path) contributions(dst []float64, met []float64, w *work) {
	d := len(p.columns)
	dst, met, share := dst[:d], met[:d], p.share[:d]
	factors, before := w.factors[:d], w.before[:d]
	clear(dst)
	for n, t := range p.rule.nodes {
		product := p.value * p.rule.weights[n]
		for k, z := range share {
			f := t*met[k] + (1-t)*z
			factors[k], before[k] = f, product
			product *= f
		}
		after := 1.0
		for k := d - 1; k >= 0; k-- {
			dst[k] += before[k] * after
			after *= factors[k]
		}
	}
	for k, z := range share {
		dst[k] *= met[k] - z
	}
}

// work is the room that one worker computes contributions in.
type work struct {
	met             []float64
	factors, before []float64
	values, sums    []float64
	codes           []uint32           // of a row in a group's columns, the tree's
	alone           []float64          // contributions of a leaf by its pattern
	own             []uint16           // patterns of a leaf by those of its group
	patterns        [lookupRows]uint16 // of rows
}

// lookupRows is the number of rows whose patterns are held at a time.
const lookupRows = 512

// newWork returns room for paths that ask up to columns columns.
func newWork(columns int) *work {
	room := func() []float64 { return make([]float64, columns) }
	return &work{met: room(), factors: room(), before: room(), values: room(), sums: room(), codes: make([]uint32, columns)}
}

// cover returns the training rows that passed each inner node.
func (t *Tree) cover() []float64 {
	rows := make([]float64, len(t.Feature))
	var sum func(child int32) float64
	sum = func(child int32) float64 {
		if child < 0 {
			return float64(t.LeafCount[^child])
		}
		rows[child] = sum(t.Left[child]) + sum(t.Right[child])
		return rows[child]
	}
	if len(rows) > 0 {
		sum(0)
	}
	return rows
}

// leftShares returns the share of every inner node's training rows that went
// left; of a node without any, a half.
func (t *Tree) leftShares() []float64 {
	cover := t.cover()
	shares := make([]float64, len(cover))
	for i, rows := range cover {
		left := 0.0
		if child := t.Left[i]; child < 0 {
			left = float64(t.LeafCount[^child])
		} else {
			left = cover[child]
		}
		shares[i] = 0.5
		if rows > 0 {
			shares[i] = left / rows
		}
	}
	return shares
}

// expected returns the mean of the leaves over the training rows.
func (t *Tree) expected() float64 {
	if len(t.Feature) == 0 {
		return t.LeafValue[0]
	}
	shares := t.leftShares()
	var mean func(child int32) float64
	mean = func(child int32) float64 {
		if child < 0 {
			return t.LeafValue[^child]
		}
		s := shares[child]
		return s*mean(t.Left[child]) + (1-s)*mean(t.Right[child])
	}
	return mean(0)
}
