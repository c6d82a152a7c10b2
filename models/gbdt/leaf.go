package gbdt

import "math"

// leaf is a leaf of a growing tree.
type leaf struct {
	first, last int     // its rows, in grower.order
	sum         int64   // their packed gradients
	weight      float64 // rows, each counted by its scaled weight
	depth       int
	low, high   float64 // bounds of its output, from monotone splits above
	groups      []int   // interaction groups that hold every column of its branch
	cells       []cells // histogram, nil once it cannot be split
	best        split
}

func (l *leaf) rows() int { return l.last - l.first }

// branch is an inner node of a growing tree.
type branch struct {
	split
	table       *[256]uint8 // bins that go left
	left, right int32       // ≥ 0 an inner node, else the complement of a leaf
}

func unboundedLeaf() *leaf { return &leaf{low: math.Inf(-1), high: math.Inf(1)} }

// bound narrows the children's outputs when a monotone column parts them: both
// stay on their side of the middle of their outputs ("basic" in LightGBM).
func bound(left, right *leaf, direction int8, leftOutput, rightOutput float64) {
	middle := leftOutput + (rightOutput-leftOutput)/2
	switch {
	case direction > 0:
		left.high, right.low = middle, middle
	case direction < 0:
		left.low, right.high = middle, middle
	}
}
