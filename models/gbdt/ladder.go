package gbdt

import "math"

// ladder holds up to 255 ascending thresholds as sortable integers, padded with
// the greatest: the place of a value is found in four steps without a branch, for
// which way a cell goes is as good as random.
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
		// The sign of a difference counts one threshold. Three at a time quarter
		// what is left: their loads do not wait for each other.
		v := uint64(sortable(cell))
		k := ((uint64(l[63])-v)>>63 + (uint64(l[127])-v)>>63 + (uint64(l[191])-v)>>63) << 6
		k += ((uint64(l[(k+15)&255])-v)>>63 + (uint64(l[(k+31)&255])-v)>>63 + (uint64(l[(k+47)&255])-v)>>63) << 4
		k += ((uint64(l[(k+3)&255])-v)>>63 + (uint64(l[(k+7)&255])-v)>>63 + (uint64(l[(k+11)&255])-v)>>63) << 2
		k += (uint64(l[k&255])-v)>>63 + (uint64(l[(k+1)&255])-v)>>63 + (uint64(l[(k+2)&255])-v)>>63
		if cell != cell {
			k = uint64(missing)
		}
		dst[i] = uint8(k)
	}
}
