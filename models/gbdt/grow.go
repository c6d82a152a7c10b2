package gbdt

// grower grows trees, leaf by leaf where the loss falls most.
type grower struct {
	*Rows
	config     Config
	quantiser  *quantiser
	packed     []int64
	directions []int8   // per used column; nil when no column is monotone
	groups     [][]bool // interaction groups; nil when all may interact

	order, spare []int32   // row numbers, those of a leaf side by side
	pool         [][]cells // histograms to use again
	columns      []int32   // used columns that the tree may ask
	padded       []int32   // the same, the last repeated up to a multiple of 4

	leaves   []*leaf
	branches []branch
}

// grow returns the leaves and branches of one tree on the first n rows of order.
func (g *grower) grow(n int, columns []int32) {
	for _, l := range g.leaves {
		g.release(l)
	}
	g.columns, g.padded, g.branches = columns, pad(columns), g.branches[:0]
	root := unboundedLeaf()
	root.last = n
	root.sum, root.weight = g.sums(g.order[:n])
	for k := range g.groups {
		root.groups = append(root.groups, k)
	}
	g.leaves = append(g.leaves[:0], root)
	if g.divisible(root) {
		root.cells = g.histogram()
		g.searchLeaves(root, nil)
	}
	for len(g.leaves) < g.config.Leaves {
		at := g.richest()
		if at < 0 {
			return
		}
		g.divide(at)
	}
}

// pad repeats the last column, so that no column is added up without company.
func pad(columns []int32) []int32 {
	padded := columns[:len(columns):len(columns)]
	for len(padded)%4 != 0 {
		padded = append(padded, columns[len(columns)-1])
	}
	return padded
}

// richest returns the leaf whose split gains most, of equal ones the first; -1 if
// no split gains.
func (g *grower) richest() int {
	at, most := -1, 0.0
	for k, l := range g.leaves {
		if l.best.gain > most {
			at, most = k, l.best.gain
		}
	}
	return at
}

// divide splits leaf at: its left child takes its place, the right one the end.
func (g *grower) divide(at int) {
	l := g.leaves[at]
	b := &g.binnings[g.used[l.best.column]]
	table := l.best.goesLeft(b)
	lefts := part(g.config.Workers, g.order[l.first:l.last], g.spare[l.first:l.last], g.byColumn[l.best.column], table)
	left, right := *l, *l
	left.last, right.first = l.first+lefts, l.first+lefts
	left.sum, right.sum = l.best.left, l.sum-l.best.left
	for _, child := range []*leaf{&left, &right} {
		child.depth++
		child.best, child.cells = split{}, nil
		child.groups = g.groupsWith(l.groups, l.best.column)
	}
	g.weigh(l, &left, &right)
	if g.directions != nil {
		s := newSearch(&g.config, g.quantiser, l, true)
		lg, lh := unpack(left.sum)
		rg, rh := unpack(right.sum)
		lambda := s.lambda
		bound(&left, &right, g.directions[l.best.column],
			s.output(float64(lg), float64(lh), lambda), s.output(float64(rg), float64(rh), lambda))
	}
	g.attach(at, l, table)
	g.leaves[at] = &left
	g.leaves = append(g.leaves, &right)
	g.inherit(l, &left, &right)
}

// attach records the branch that replaces leaf at.
func (g *grower) attach(at int, l *leaf, table *[256]uint8) {
	node, old := int32(len(g.branches)), ^int32(at)
	for k := range g.branches {
		if g.branches[k].left == old {
			g.branches[k].left = node
		} else if g.branches[k].right == old {
			g.branches[k].right = node
		}
	}
	g.branches = append(g.branches, branch{l.best, table, old, ^int32(len(g.leaves))})
}

// inherit gives the children their histograms and finds their best splits: only
// the smaller child's rows are added up, the larger one's cells are what is left
// of the parent's.
func (g *grower) inherit(l, left, right *leaf) {
	small, large := left, right
	if small.rows() > large.rows() {
		small, large = right, left
	}
	full := len(g.leaves) == g.config.Leaves
	if full || (!g.divisible(small) && !g.divisible(large)) {
		g.release(l)
		return
	}
	large.cells, l.cells = l.cells, nil
	small.cells = g.histogram()
	g.searchLeaves(small, large)
}

// divisible says whether a leaf may be split.
func (g *grower) divisible(l *leaf) bool {
	deep := g.config.MaxDepth > 0 && l.depth >= g.config.MaxDepth
	return !deep && len(g.columns) > 0 && l.weight >= 2*float64(g.config.MinData)
}

// sums returns the packed sum and the weight of rows.
func (g *grower) sums(rows []int32) (packed int64, weight float64) {
	parts := make([]int64, blocks(len(rows), sumBlock))
	forBlocks(g.config.Workers, len(rows), sumBlock, func(k, first, last int) {
		for _, row := range rows[first:last] {
			parts[k] += g.packed[row]
		}
	})
	for _, p := range parts {
		packed += p
	}
	return packed, g.weightOf(rows)
}

// weightOf returns the scaled weight of rows, added up over fixed blocks.
func (g *grower) weightOf(rows []int32) float64 {
	if g.weights == nil {
		return float64(len(rows))
	}
	parts := make([]float64, blocks(len(rows), sumBlock))
	forBlocks(g.config.Workers, len(rows), sumBlock, func(k, first, last int) {
		for _, row := range rows[first:last] {
			parts[k] += g.weights[row]
		}
	})
	total := 0.0
	for _, p := range parts {
		total += p
	}
	return total * g.quantiser.scale
}

// weigh gives the children of l their weights.
func (g *grower) weigh(l, left, right *leaf) {
	small, large := left, right
	if small.rows() > large.rows() {
		small, large = right, left
	}
	small.weight = g.weightOf(g.order[small.first:small.last])
	large.weight = max(l.weight-small.weight, 0)
}

// groupsWith returns the groups that hold column, too.
func (g *grower) groupsWith(groups []int, column int) []int {
	var with []int
	for _, k := range groups {
		if g.groups[k][column] {
			with = append(with, k)
		}
	}
	return with
}

// allowed says whether leaf l may ask column.
func (g *grower) allowed(l *leaf, column int32) bool {
	if g.groups == nil {
		return true
	}
	for _, k := range l.groups {
		if g.groups[k][column] {
			return true
		}
	}
	return false
}
