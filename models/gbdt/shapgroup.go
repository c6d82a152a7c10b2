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
	digits  [][]uint16 // digits[k][code]: what a cell of columns[k] adds to the pattern
	classes [][]uint32 // classes[k]: a code of each class
	leaves  []leafOfGroup
	size    int       // number of patterns; 0 for a leaf that has more than patternLimit
	table   []float64 // table[k*size+pattern] is the contribution of columns[k]; empty when rows are computed one by one
}

// leafOfGroup is a path whose column k is column at[k] of the group.
type leafOfGroup struct {
	*path
	at []int32
}

// appendGroups appends n's leaves in as few groups as patternLimit allows, from
// left to right.
func appendGroups(groups []*group, n *pathTree) []*group {
	g := newGroup(n.leaves(nil))
	if n.path == nil && g.size == 0 {
		return appendGroups(appendGroups(groups, n.left), n.right)
	}
	return append(groups, g)
}

// newGroup returns the group of some leaves, without digits if it has too many
// patterns.
func newGroup(ways []*path) *group {
	g := &group{size: 1}
	for _, way := range ways {
		l := leafOfGroup{way, make([]int32, len(way.columns))}
		for k, column := range way.columns {
			at := slices.Index(g.columns, column)
			if at < 0 {
				at = len(g.columns)
				g.columns = append(g.columns, column)
			}
			l.at[k] = int32(at)
		}
		g.leaves = append(g.leaves, l)
	}
	for k := range g.columns {
		class, examples := g.classify(int32(k))
		if g.size*len(examples) > patternLimit {
			g.size, g.digits, g.classes = 0, nil, nil
			return g
		}
		for code := range class {
			class[code] *= uint16(g.size)
		}
		g.digits, g.classes = append(g.digits, class), append(g.classes, examples)
		g.size *= len(examples)
	}
	return g
}

// classify returns the class of every code of column k, and a code of every
// class. It gives up beyond patternLimit classes.
func (g *group) classify(k int32) (class []uint16, examples []uint32) {
	var last []uint8
	for _, l := range g.leaves {
		j := slices.Index(l.at, k)
		if j < 0 || sameSlice(l.meets[j], last) {
			continue
		}
		last = l.meets[j]
		if class == nil {
			class, examples = make([]uint16, len(last)), []uint32{0}
		}
		if examples = refine(class, len(examples), last); len(examples) > patternLimit {
			break
		}
	}
	return class, examples
}

// refine parts each of some classes by meets and returns an example of each, in
// order of code.
func refine(class []uint16, classes int, meets []uint8) (examples []uint32) {
	number := make([]uint16, 2*classes) // of a class and its half, 0 where not seen yet
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
