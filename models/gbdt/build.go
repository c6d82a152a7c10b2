package gbdt

// tree returns the tree that the grower has grown.
func (t *trainer) tree(sums []leafSum, outputs []float64) Tree {
	g := t.grower
	tree := Tree{Shrinkage: t.config.LearningRate}
	base := 0.0
	if len(t.model.Trees) == 0 {
		base = t.base
	}
	for l, w := range outputs {
		tree.LeafValue = append(tree.LeafValue, base+t.config.LearningRate*w)
		tree.LeafWeight = append(tree.LeafWeight, sums[l].h)
		tree.LeafCount = append(tree.LeafCount, int64(g.leaves[l].rows()))
	}
	for k := range g.branches {
		t.appendBranch(&tree, &g.branches[k])
	}
	t.describeBranches(&tree, sums, base)
	return tree
}

func (t *trainer) appendBranch(tree *Tree, b *branch) {
	column := t.rows.used[b.column]
	binning := &t.rows.binnings[column]
	tree.Feature = append(tree.Feature, int32(column))
	tree.Decision = append(tree.Decision, NewDecision(binning.categorical, b.missingLeft, MissingNaN))
	tree.Left, tree.Right = append(tree.Left, b.left), append(tree.Right, b.right)
	tree.Gain = append(tree.Gain, float32(b.gain))
	switch {
	case binning.categorical:
		if tree.CategoryBounds == nil {
			tree.CategoryBounds = []int32{0}
		}
		tree.Threshold = append(tree.Threshold, float64(len(tree.CategoryBounds)-1))
		tree.CategoryBits = append(tree.CategoryBits, categoryBits(b, binning)...)
		tree.CategoryBounds = append(tree.CategoryBounds, int32(len(tree.CategoryBits)))
	case b.bin < len(binning.edges):
		tree.Threshold = append(tree.Threshold, float64(binning.edges[b.bin]))
	default:
		const everything = 1e300 // above every finite float32, as LightGBM writes infinity
		tree.Threshold = append(tree.Threshold, everything)
	}
}

// categoryBits returns the categories that go left as a bit set.
func categoryBits(b *branch, binning *binning) []uint32 {
	var words []uint32
	for bin, c := range binning.categories {
		if b.table[bin] == 0 {
			continue
		}
		for int(c)/32 >= len(words) {
			words = append(words, 0)
		}
		words[c/32] |= 1 << (c % 32)
	}
	return words
}

// describeBranches fills what is known of the rows that pass each branch, from
// the leaves up: a branch is grown before its children.
func (t *trainer) describeBranches(tree *Tree, leaves []leafSum, base float64) {
	n := len(tree.Feature)
	tree.InnerValue, tree.InnerWeight = make([]float64, n), make([]float64, n)
	tree.InnerCount = make([]int64, n)
	sums := make([]leafSum, n)
	for k := n - 1; k >= 0; k-- {
		for _, child := range []int32{tree.Left[k], tree.Right[k]} {
			s, rows := leafSum{}, int64(0)
			if child >= 0 {
				s, rows = sums[child], tree.InnerCount[child]
			} else {
				s, rows = leaves[^child], tree.LeafCount[^child]
			}
			sums[k].g += s.g
			sums[k].h += s.h
			tree.InnerCount[k] += rows
		}
		w := leafOutput(sums[k].g, sums[k].h+t.config.L2, t.config.L1)
		tree.InnerValue[k] = base + t.config.LearningRate*w
		tree.InnerWeight[k] = sums[k].h
	}
}
