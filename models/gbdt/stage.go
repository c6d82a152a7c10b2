package gbdt

import (
	"maps"
	"slices"
)

// stage adds up some of a model's trees over columns of codes. A tree is a table
// per column: of a code, the set of leaves that are still possible. The one leaf in
// all sets of a row is its leaf: a row costs a few independent loads per column of
// the tree instead of a chain of branches (compare Lucchese et al., "QuickScorer",
// 2015, whose sets rule out what one false node excludes).
type stage struct {
	coders []*coder
	trees  []setTree
	walked *Tree // if not nil, the stage is this one tree, which sets cannot hold
}

// mostLeaves is the number of leaves of a tree up to which it can be sets.
const mostLeaves = 64

// compile parts trees into stages, in order: a stage ends when a column has more
// thresholds than codes.
func compile(trees []Tree) []stage {
	var stages []stage
	for first := 0; first < len(trees); {
		s, n := newStage(trees[first:])
		stages = append(stages, s)
		first += n
	}
	return stages
}

// newStage returns a stage of the first n trees, as many as it can hold.
func newStage(trees []Tree) (s stage, n int) {
	of := make(map[int32]*coder)
	for ; n < len(trees); n++ {
		if !fits(&trees[n], of) {
			break
		}
	}
	if n == 0 {
		return stage{walked: &trees[0]}, 1
	}
	columns := slices.Sorted(maps.Keys(of))
	var at []int32 // by column, its coder's place
	for k, column := range columns {
		c := of[column]
		c.column, c.ladder = int(column), newLadder(c.thresholds)
		s.coders = append(s.coders, c)
		at = append(at, make([]int32, int(column)+1-len(at))...)
		at[column] = int32(k)
	}
	s.trees = make([]setTree, n)
	for k := range s.trees {
		s.trees[k] = newSetTree(&trees[k], s.coders, at)
	}
	return s, n
}

// fits widens coders by what a tree asks. It returns false, and leaves them as
// they are, if there is no room or the tree cannot be sets.
func fits(t *Tree, of map[int32]*coder) bool {
	if t.Leaves() > mostLeaves {
		return false
	}
	widened := make(map[int32]*coder)
	for node, column := range t.Feature {
		d := t.Decision[node]
		c := widened[column]
		if c == nil {
			c = of[column].clone(d.Categorical())
			widened[column] = c
		}
		byZero := d.Missing() == MissingZero && !d.Categorical()
		if byZero || c.categorical != d.Categorical() || !c.add(t, node) {
			return false
		}
	}
	for column, c := range widened {
		of[column] = c
	}
	return true
}
