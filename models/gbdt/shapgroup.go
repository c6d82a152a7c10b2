package gbdt

import "slices"

// patternLimit bounds the patterns of a group, so that one column of its table
// (32 KiB) stays in the cache nearest to the processor.
const patternLimit = 1 << 12

// group is some leaves of a tree. Of a row, their contributions depend only on
// its pattern: on which conditions on the way to these leaves it meets. Cells of
// a column that meet the same conditions form a class; the pattern is the classes
// as digits of a number, the first column's digit counting ones.
type group struct {
	columns []int32
	codes   [][]uint32 // codes[k][code]: the tree's code of a cell of columns[k] that has this code of the model's
	digits  [][]uint16 // digits[k][code]: what a cell of columns[k] adds to the pattern
	classes [][]uint32 // classes[k]: a code of each class, of the tree's
	leaves  []leafOfGroup
	size    int // number of patterns; 0 for a leaf that has more than patternLimit
}

// leafOfGroup is a path whose column k is column at[k] of the group.
type leafOfGroup struct {
	*path
	at []int32
}

// groups returns the leaves of t, if it has an inner node, in groups from left to
// right; all are the cuts of the model.
func (t *Tree) groups(all []cuts, r rules, scale float64) []*group {
	if len(t.Feature) == 0 {
		return nil
	}
	own, codes := cutColumns(len(all), *t), make([][]uint32, len(all))
	for j := range own {
		if len(own[j]) > 0 {
			codes[j] = own[j].narrow(all[j])
		}
	}
	return appendGroups(nil, t.paths(own, r, scale), codes)
}

// appendGroups appends n's leaves in as few groups as patternLimit allows, from
// left to right. codes are as in a group, by column.
func appendGroups(groups []*group, n *pathTree, codes [][]uint32) []*group {
	g := newGroup(n.leaves(nil), codes)
	if !g.number() && n.path == nil {
		return appendGroups(appendGroups(groups, n.left, codes), n.right, codes)
	}
	return append(groups, g)
}

// newGroup returns the group of some leaves, without numbers for patterns. codes are
// as in a group, by column.
func newGroup(ways []*path, codes [][]uint32) *group {
	g := &group{columns: make([]int32, 0, 16), leaves: make([]leafOfGroup, len(ways))}
	asked := 0
	for _, way := range ways {
		asked += len(way.columns)
	}
	room := make([]int32, asked)
	for i, way := range ways {
		var at []int32
		at, room = room[:len(way.columns)], room[len(way.columns):]
		for k, column := range way.columns {
			n := slices.Index(g.columns, column)
			if n < 0 {
				n = len(g.columns)
				g.columns = append(g.columns, column)
			}
			at[k] = int32(n)
		}
		g.leaves[i] = leafOfGroup{way, at}
	}
	g.codes = make([][]uint32, len(g.columns))
	for k, column := range g.columns {
		g.codes[k] = codes[column]
	}
	return g
}

// number gives patterns their numbers; it returns false, and gives none, if there
// are more than patternLimit.
func (g *group) number() bool {
	classOf, examples, size := make([][]uint16, len(g.columns)), make([][]uint32, len(g.columns)), 1
	for k := range g.columns {
		classOf[k], examples[k] = g.classify(int32(k))
		if size *= len(examples[k]); size > patternLimit {
			return false
		}
	}
	g.digits, g.classes, g.size = make([][]uint16, len(g.columns)), examples, 1
	for k, codes := range g.codes {
		g.digits[k] = make([]uint16, len(codes))
		for code, own := range codes {
			g.digits[k][code] = classOf[k][own] * uint16(g.size)
		}
		g.size *= len(examples[k])
	}
	return true
}

// classify returns the class of every code of the tree for column k, and a code of
// every class. It gives up beyond patternLimit classes.
func (g *group) classify(k int32) (class []uint16, examples []uint32) {
	var last []uint8
	for _, l := range g.leaves {
		j := slices.Index(l.at, k)
		if j < 0 || sameSlice(l.meets[j], last) {
			continue
		}
		last = l.meets[j]
		if class == nil {
			class, examples = make([]uint16, len(last)), make([]uint32, 1, len(last))
		}
		if examples = refine(class, examples, last); len(examples) > patternLimit {
			break
		}
	}
	return class, examples
}

// refine parts each of the classes that there are examples of by meets, and writes
// an example of each to examples, in order of code.
func refine(class []uint16, examples []uint32, meets []uint8) []uint32 {
	var room [64]uint16                                            // enough but for many categories
	number := append(room[:0], make([]uint16, 2*len(examples))...) // of a class and its half, 0 where not seen yet
	examples = examples[:0]
	for code, met := range meets {
		n := &number[2*class[code]+uint16(met)]
		if *n == 0 {
			examples = append(examples, uint32(code))
			*n = uint16(len(examples))
		}
		class[code] = *n - 1
	}
	return examples
}

func sameSlice(a, b []uint8) bool { return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] }
