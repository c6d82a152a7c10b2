package gbdt

import (
	"math"
	"math/bits"
	"slices"
)

// ladder finds the places of cells among ascending thresholds. Buckets, which are
// finest near the lowest threshold, say where to look; a few halvings settle it
// without a branch, for which way a cell goes is as good as random.
type ladder struct {
	lowest float32            // the first finite threshold: where buckets start
	floor  int32              // bits of the distances that bucket 0 ends with
	shift  uint8              // from bits of a distance to its bucket
	half   int                // of the halvings: the first step
	starts [ladderSize]uint32 // thresholds in earlier buckets, by bucket
	keys   []uint32           // thresholds as sortable integers, padded with the greatest
}

// ladderSize is the number of buckets: four for each of 255 thresholds, and few
// enough for the nearest cache.
const ladderSize = 1 << 10

// sortable maps v, which is not NaN, to an integer of the same order. Both zeros
// give the same.
func sortable(v float32) uint32 {
	b := math.Float32bits(v + 0)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

// newLadder returns the ladder of ascending thresholds. Buckets are equally wide in
// each of 2, 4, … or 64 octaves of distance, as leaves the fullest of them emptiest.
func newLadder(thresholds []float32) *ladder {
	l := new(ladder)
	fullest := math.MaxInt
	for log := 1; log <= 6; log++ {
		other := ladder{shift: uint8(13 + log)}
		other.span(thresholds)
		if n := other.count(thresholds); n < fullest {
			*l, fullest = other, n
		}
	}
	before := uint32(0)
	for b, n := range l.starts {
		l.starts[b] = before
		before += n
	}
	if fullest > 0 {
		l.half = 1 << (bits.Len(uint(fullest)) - 1)
	}
	for _, t := range thresholds {
		l.keys = append(l.keys, sortable(t))
	}
	l.keys = append(l.keys, slices.Repeat([]uint32{math.MaxUint32}, 2*l.half)...)
	return l
}

// span sets where buckets start, so that the last is that of the last threshold.
func (l *ladder) span(thresholds []float32) {
	finite := slices.DeleteFunc(slices.Clone(thresholds), func(t float32) bool { return math.IsInf(float64(t), 0) })
	if len(finite) > 0 {
		l.lowest = finite[0]
		widest := int32(math.Float32bits(finite[len(finite)-1] - l.lowest))
		l.floor = max(widest-(ladderSize-1)<<l.shift, 0)
	}
}

// count counts in starts the thresholds of each bucket and returns the most.
func (l *ladder) count(thresholds []float32) int {
	most := uint32(0)
	for _, t := range thresholds {
		b := l.bucket(t)
		l.starts[b]++
		most = max(most, l.starts[b])
	}
	return int(most)
}

// bucket returns the bucket of v: the higher, the higher v.
func (l *ladder) bucket(v float32) uint32 {
	distance := int32(math.Float32bits(v - l.lowest)) // below 0 for distances below 0
	return min(uint32(max(distance, l.floor)-l.floor)>>l.shift, ladderSize-1)
}

// place writes to dst[i] the number of thresholds below cells[i], or missing
// where the cell is NaN.
func place[C uint8 | uint32](l *ladder, dst []C, cells []float32, missing C) {
	dst = dst[:len(cells)]
	keys := l.keys
	for i, cell := range cells {
		v := int64(sortable(cell))
		k := int(l.starts[l.bucket(cell)])
		for half := l.half; half > 0; half >>= 1 {
			k += half & int((int64(keys[k+half-1])-v)>>63) // the sign of a difference is that of a comparison
		}
		if cell != cell {
			k = int(missing)
		}
		dst[i] = C(k)
	}
}
