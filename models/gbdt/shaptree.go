package gbdt

import "slices"

// pathTree is an inner node or a leaf: of a leaf, the way there.
type pathTree struct {
	left, right *pathTree
	path        *path
}

// pathGrower turns a tree into a pathTree.
type pathGrower struct {
	tree   *Tree
	cuts   []cuts // by column, of the tree's own nodes
	rules  rules
	shares []float64
	scale  float64 // of leaf values
}

// paths returns the root of t, which has an inner node and makes these cuts.
func (t *Tree) paths(own []cuts, r rules, scale float64) *pathTree {
	g := pathGrower{t, own, r, t.leftShares(), scale}
	return g.grow(0, &path{})
}

func (g *pathGrower) grow(child int32, way *path) *pathTree {
	if child < 0 {
		way.value = g.tree.LeafValue[^child] * g.scale
		way.rule = g.rules.of(len(way.columns))
		return &pathTree{path: way}
	}
	column := g.tree.Feature[child]
	c := g.cuts[column]
	left, right := make([]uint8, c.codes()), make([]uint8, c.codes())
	for code := range left {
		if g.tree.goesLeft(child, c.example(code)) {
			left[code] = 1
		}
		right[code] = 1 - left[code]
	}
	share := g.shares[child]
	return &pathTree{
		left:  g.grow(g.tree.Left[child], way.extended(column, share, left)),
		right: g.grow(g.tree.Right[child], way.extended(column, 1-share, right)),
	}
}

// extended returns the way with one condition more; it keeps meets.
func (p *path) extended(column int32, share float64, meets []uint8) *path {
	longer := &path{columns: p.columns, share: withRoom(p.share), meets: withRoom(p.meets)}
	k := slices.Index(p.columns, column)
	if k < 0 {
		longer.columns = append(withRoom(p.columns), column)
		longer.share = append(longer.share, share)
		longer.meets = append(longer.meets, meets)
		return longer
	}
	for code, before := range p.meets[k] {
		meets[code] &= before
	}
	longer.share[k] *= share
	longer.meets[k] = meets
	return longer
}

// withRoom returns a copy of s with room for one element more.
func withRoom[T any](s []T) []T { return append(make([]T, 0, len(s)+1), s...) }

// leaves appends the ways to the leaves below, from left to right.
func (n *pathTree) leaves(ways []*path) []*path {
	if n.path != nil {
		return append(ways, n.path)
	}
	return n.right.leaves(n.left.leaves(ways))
}
