package gbdt

import (
	"math/bits"
	"slices"
)

// forest is a model's trees in the form that scores many rows: up to 64 at a time,
// a bit each. A mask for every cut of every column says whose cell is at most the
// cut. A node then parts the rows that reach it in a few operations for all of them
// at once, without a branch (Lucchese et al., "QuickScorer", 2015, turn trees into
// masks too, of leaves for one row).
type forest struct {
	columns []maskedColumn
	unions  []union
	masks   int // in all
	trees   []maskedTree
}

// lanes is the number of rows of a mask.
const lanes = 64

// none is the mask of no row.
const none = 0

// maskedColumn is a column that some tree asks: the mask of code c, at first+c, is
// of rows with at most this code; that of missing cells, the last, is of these only.
type maskedColumn struct {
	column, first int
	cuts
	*ladder
}

// union is a mask made of others: of the rows that are in an odd number of them.
type union struct {
	mask int
	of   []int
}

// newForest prepares trees on so many columns.
func newForest(columns int, trees []Tree) *forest {
	f := &forest{masks: none + 1}
	of := make([]maskedColumn, columns)
	for j, c := range cutColumns(columns, trees...) {
		if len(c) > 0 {
			of[j] = maskedColumn{j, f.masks, c, newLadder(c)}
			f.columns = append(f.columns, of[j])
			f.masks += c.codes()
		}
	}
	for k := range trees {
		f.trees = append(f.trees, f.masked(&trees[k], of))
	}
	return f
}

// masked returns t on masks; of says which a column has.
func (f *forest) masked(t *Tree, of []maskedColumn) maskedTree {
	if t.Leaves() > mostLeaves {
		return maskedTree{walked: t}
	}
	m := maskedTree{planes: bits.Len(uint(t.Leaves() - 1))}
	var part func(child int32, leaf int)
	part = func(child int32, leaf int) {
		if child < 0 {
			m.values[leaf] = t.LeafValue[^child]
			return
		}
		q := f.question(of[t.Feature[child]].left(t, child))
		q.leaf = uint8(leaf)
		m.questions = append(m.questions, q)
		right := len(m.questions)
		part(t.Left[child], leaf)
		part(t.Right[child], right)
	}
	root := int32(0)
	if t.Leaves() == 1 {
		root = ^root
	}
	part(root, 0)
	return m
}

// left returns the masks whose union is of the rows that a node sends left: where
// the answer changes between two codes, and that of missing cells.
func (c *maskedColumn) left(t *Tree, node int32) []int {
	var masks []int
	if d := t.Decision[node]; !d.Categorical() && d.Missing() != MissingZero {
		at, _ := slices.BinarySearch(c.cuts, atMost(t.Threshold[node]))
		masks = append(masks, c.first+at)
	} else {
		for code := range c.missing() {
			last := code+1 == c.missing()
			if t.goesLeft(node, c.example(code)) != (!last && t.goesLeft(node, c.example(code+1))) {
				masks = append(masks, c.first+code)
			}
		}
	}
	if t.goesLeft(node, c.example(c.missing())) {
		masks = append(masks, c.first+c.missing())
	}
	return masks
}

// question returns the question whose answer is yes for the union of masks.
func (f *forest) question(masks []int) question {
	if len(masks) > 2 {
		f.unions = append(f.unions, union{f.masks, masks})
		masks = []int{f.masks}
		f.masks++
	}
	masks = append(masks, none, none)
	return question{a: uint32(masks[0]), b: uint32(masks[1])}
}
