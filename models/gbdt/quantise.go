package gbdt

import (
	"math"
	"math/bits"
	"slices"
)

// Gradients become integers in two steps. First g and h are rounded to a grid of
// 2⁻²⁴ of their bound, a power of two: leaf values are sums over this grid, which
// float64 adds without error. For histograms they are then rounded to fewer bits
// and packed into one integer, g<<32 + h, so that one addition moves both and
// sums are exact in any order (compare Shi et al., "Quantized Training of
// Gradient Boosting Decision Trees", 2022).
const gridBits = 24

// quantiser rounds the gradients of one round.
type quantiser struct {
	gBound, hBound float64
	gBits, hBits   int     // of the histogram's integers, the sign aside
	key            uint64  // of the roundings
	nearest        bool    // round to the nearest, not by a draw
	scale          float64 // weights are multiplied by it
	whole          bool    // scaled weights are whole numbers
}

// nearestRows is the number of rows up to which the integers are so fine that
// rounding to the nearest harms nothing: 15 bits or more. It makes small fits
// independent of the order of rows.
const nearestRows = 1 << 15

// newQuantiser chooses as many bits as the sum of all rows leaves room for.
func newQuantiser(rows int, weights []float64) quantiser {
	q := quantiser{scale: 1, whole: true}
	total := float64(rows)
	if weights != nil {
		total = 0
		for _, w := range weights {
			total += w
		}
		const most = 1 << 27 // leaves three bits
		fractional := func(w float64) bool { return w != math.Trunc(w) }
		if total > most || slices.ContainsFunc(weights, fractional) {
			q.whole, q.scale = false, float64(rows)/total
			total = float64(rows)
		}
	}
	room := 30 - bits.Len64(uint64(total)-1)
	const enough = 20
	q.gBits, q.hBits = min(room, enough), min(room+1, enough)
	q.nearest = total <= nearestRows
	return q
}

// gUnit and hUnit return what 1 in a histogram stands for.
func (q *quantiser) gUnit() float64 { return math.Ldexp(q.gBound, -q.gBits) / q.scale }
func (q *quantiser) hUnit() float64 { return math.Ldexp(q.hBound, -q.hBits) / q.scale }

// pack rounds g and h to the grid in place, and writes to packed what histograms
// add up. Row i has number first+i; weights nil means ones.
func (q *quantiser) pack(packed []int64, g, h []float32, weights []float64, first int) {
	if weights != nil && !q.whole {
		q.packFractions(packed, g, h, weights, first)
		return
	}
	const magic = 3 << 51 // adding it rounds a float64 to a whole number
	g, h = g[:len(packed)], h[:len(packed)]
	gScale, hScale := (1<<gridBits)/q.gBound, (1<<gridBits)/q.hBound
	gShift, hShift := uint(gridBits-q.gBits)&31, uint(gridBits-q.hBits)&31
	gMask, hMask := int32(1)<<gShift-1, int32(1)<<hShift-1
	key := q.key + uint64(first)
	for i := range packed {
		gi := int32(float64(g[i])*gScale + magic - magic)
		hi := int32(float64(h[i])*hScale + magic - magic)
		g[i], h[i] = float32(gi), float32(hi)
		if q.nearest {
			gi, hi = gi+gMask>>1+1, hi+hMask>>1+1
		} else {
			draw := mix(key + uint64(i))
			gi, hi = gi+int32(draw)&gMask, hi+int32(draw>>32)&hMask
		}
		packed[i] = int64(gi>>gShift)<<32 + int64(hi>>hShift)
	}
	for i, w := range weights {
		packed[i] *= int64(w)
	}
}

// packFractions is pack for weights that are not whole: the product is rounded.
func (q *quantiser) packFractions(packed []int64, g, h []float32, weights []float64, first int) {
	const magic = 3 << 51
	gScale, hScale := (1<<gridBits)/q.gBound, (1<<gridBits)/q.hBound
	gStep, hStep := math.Ldexp(1, q.gBits-gridBits), math.Ldexp(1, q.hBits-gridBits)
	for i, w := range weights {
		gi := float64(g[i])*gScale + magic - magic
		hi := float64(h[i])*hScale + magic - magic
		g[i], h[i] = float32(gi), float32(hi)
		up, hup := 0.5, 0.5
		if !q.nearest {
			draw := mix(q.key + uint64(first+i))
			up, hup = float64(uint32(draw))/(1<<32), float64(draw>>32)/(1<<32)
		}
		packed[i] = int64(math.Floor(gi*gStep*w*q.scale+up))<<32 + int64(math.Floor(hi*hStep*w*q.scale+hup))
	}
}

// unpack returns the two sums of a packed sum; that of hessians is not negative.
func unpack(sum int64) (g, h int64) { return sum >> 32, sum & math.MaxUint32 }
