package gbdt

import "math"

// ladder holds up to 255 ascending thresholds as sortable integers, padded with
// the greatest: the place of a value is found in eight steps without a branch.
type ladder [256]uint32

// sortable maps v, which is not NaN, to an integer of the same order. Both zeros
// give the same.
func sortable(v float32) uint32 {
	b := math.Float32bits(v + 0)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

// newLadder returns the ladder of ascending thresholds, at most 255.
func newLadder(thresholds []float32) *ladder {
	l := new(ladder)
	for k := range l {
		l[k] = math.MaxUint32
	}
	for k, t := range thresholds {
		l[k] = sortable(t)
	}
	return l
}

// place writes to dst[i] the number of thresholds below cells[i], or missing
// where the cell is NaN.
func (l *ladder) place(dst []uint8, cells []float32, missing uint8) {
	dst = dst[:len(cells)]
	for i, cell := range cells {
		v := int64(sortable(cell))
		k := (int64(l[127]) - v) >> 63 & 128
		k += (int64(l[uint8(k+63)]) - v) >> 63 & 64
		k += (int64(l[uint8(k+31)]) - v) >> 63 & 32
		k += (int64(l[uint8(k+15)]) - v) >> 63 & 16
		k += (int64(l[uint8(k+7)]) - v) >> 63 & 8
		k += (int64(l[uint8(k+3)]) - v) >> 63 & 4
		k += (int64(l[uint8(k+1)]) - v) >> 63 & 2
		k += (int64(l[uint8(k)]) - v) >> 63 & 1
		dst[i] = uint8(k)
		if cell != cell {
			dst[i] = missing
		}
	}
}
