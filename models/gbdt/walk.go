package gbdt

// leaf returns the leaf of row i.
func (t *Tree) leaf(x [][]float32, i int) int {
	if len(t.Feature) == 0 {
		return 0
	}
	node := int32(0)
	for node >= 0 {
		if t.goesLeft(node, x[t.Feature[node]][i]) {
			node = t.Left[node]
		} else {
			node = t.Right[node]
		}
	}
	return int(^node)
}

// goesLeft says whether a value goes left at a node.
func (t *Tree) goesLeft(node int32, value float32) bool {
	d := t.Decision[node]
	if d.Categorical() {
		c, ok := category(value)
		return ok && t.holds(int(t.Threshold[node]), c)
	}
	v := float64(value)
	switch d.Missing() {
	case MissingNaN:
		if v != v {
			return d.DefaultLeft()
		}
	case MissingZero:
		if v != v || asZero(value) {
			return d.DefaultLeft()
		}
	default:
		if v != v {
			v = 0
		}
	}
	return v <= t.Threshold[node]
}

// zeroRange is how far from 0 a value counts as zero: LightGBM's float32 for 1e-35.
const zeroRange = float32(1e-35)

// asZero says that v counts as zero.
func asZero(v float32) bool { return -zeroRange <= v && v <= zeroRange }

// holds says whether category set k holds c.
func (t *Tree) holds(k int, c int32) bool {
	words := t.CategoryBits[t.CategoryBounds[k]:t.CategoryBounds[k+1]]
	return int(c/32) < len(words) && words[c/32]>>(c%32)&1 == 1
}
