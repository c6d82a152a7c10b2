package gbdt

import (
	"cmp"
	"math"
	"slices"
)

// growTree grows one tree, appends it to the model and moves the margins. It
// returns false if no split gained.
func (t *trainer) growTree(round uint64) bool {
	g := t.grower
	n := t.drawRows(round)
	g.grow(n, t.drawColumns(round))
	if len(g.branches) == 0 && len(t.model.Trees) > 0 {
		return false
	}
	sums := t.leafSums(n)
	outputs := t.outputs(sums)
	tree := t.tree(sums, outputs)
	t.model.Trees = append(t.model.Trees, tree)
	t.move(outputs, t.margins)
	if t.watched != nil {
		t.watched.move(g, outputs, t.config)
	}
	return len(g.branches) > 0
}

// drawRows fills grower.order with the rows that the tree sees and returns their
// number.
func (t *trainer) drawRows(round uint64) int {
	if t.config.RowFraction == 1 && t.rows.twins != nil {
		return copy(t.grower.order, t.rows.twins.order)
	}
	if t.config.RowFraction == 1 {
		forBlocks(t.config.Workers, t.rows.n, sumBlock, func(_, first, last int) {
			for i := first; i < last; i++ {
				t.grower.order[i] = int32(i)
			}
		})
		return t.rows.n
	}
	every := uint64(t.config.RowEvery)
	if t.drawn == nil || round%every == 0 {
		key := stream(t.config.Seed, drawRows, round/every)
		t.drawn = t.drawn[:0]
		for i := range t.rows.n {
			if chosen(key, uint64(i), t.config.RowFraction) {
				t.drawn = append(t.drawn, int32(i))
			}
		}
	}
	return copy(t.grower.order, t.drawn)
}

// drawColumns returns the used columns that the tree may ask, ascending.
func (t *trainer) drawColumns(round uint64) []int32 {
	all := make([]int32, len(t.rows.used))
	for k := range all {
		all[k] = int32(k)
	}
	want := max(int(math.Round(t.config.FeatureFraction*float64(len(all)))), min(1, len(all)))
	if want == len(all) {
		return all
	}
	key := stream(t.config.Seed, drawColumns, round)
	slices.SortFunc(all, func(a, b int32) int { return cmp.Compare(mix(key+uint64(a)), mix(key+uint64(b))) })
	drawn := all[:want]
	slices.Sort(drawn)
	return drawn
}

// leafSum is the gradients of a leaf's rows, weighted, in units of the loss.
type leafSum struct{ g, h float64 }

// leafSums finds the leaf of every row, and adds up the gradients of those that
// the tree saw: over fixed blocks of rows, and as whole numbers of the grid, so
// that for whole weights no addition rounds.
func (t *trainer) leafSums(n int) []leafSum {
	g := t.grower
	unseen := len(g.leaves) // where rows that the tree did not see are added up
	if n < t.rows.n {
		for i := range t.leafOf {
			t.leafOf[i] = uint16(unseen)
		}
	}
	t.markLeaves()
	const block = 1 << 16
	parts := make([][]leafSum, blocks(t.rows.n, block))
	forBlocks(t.config.Workers, t.rows.n, block, func(k, first, last int) {
		parts[k] = make([]leafSum, unseen+1)
		t.addLeafSums(parts[k], first, last)
	})
	sums := make([]leafSum, unseen)
	for _, part := range parts {
		for l := range sums {
			sums[l].g += part[l].g
			sums[l].h += part[l].h
		}
	}
	for l := range sums {
		sums[l].g *= math.Ldexp(t.quantiser.gBound, -gridBits)
		sums[l].h *= math.Ldexp(t.quantiser.hBound, -gridBits)
	}
	if n < t.rows.n {
		g.route(t.leafOf, uint16(unseen))
	}
	return sums
}

func (t *trainer) addLeafSums(sums []leafSum, first, last int) {
	leafOf, g, h := t.leafOf[first:last], t.g[first:last], t.h[first:last]
	if t.rows.weights == nil {
		for i, l := range leafOf {
			s := &sums[l]
			s.g += float64(g[i])
			s.h += float64(h[i])
		}
		return
	}
	weights := t.rows.weights[first:last]
	for i, l := range leafOf {
		s := &sums[l]
		s.g += weights[i] * float64(g[i])
		s.h += weights[i] * float64(h[i])
	}
}

// markLeaves writes to leafOf the leaf of every row that the tree saw.
func (t *trainer) markLeaves() {
	for k, l := range t.grower.leaves {
		rows := t.grower.order[l.first:l.last]
		forBlocks(t.config.Workers, len(rows), sumBlock, func(_, first, last int) {
			for _, row := range rows[first:last] {
				t.leafOf[row] = uint16(k)
			}
		})
	}
}

// move adds to each margin the output of its row's leaf, shrunk.
func (t *trainer) move(outputs []float64, margins []float64) {
	values := make([]float64, len(outputs))
	for l, w := range outputs {
		values[l] = t.config.LearningRate * w
	}
	forBlocks(t.config.Workers, len(margins), sumBlock, func(_, first, last int) {
		moved := margins[first:last]
		for i, l := range t.leafOf[first:last] {
			moved[i] += values[l]
		}
	})
}

// outputs returns the leaves' outputs, unshrunk, within their bounds.
func (t *trainer) outputs(sums []leafSum) []float64 {
	outputs := make([]float64, len(sums))
	for k, l := range t.grower.leaves {
		w := leafOutput(sums[k].g, sums[k].h+t.config.L2, t.config.L1)
		if t.config.Objective.Loss == Quantile {
			w = t.leafQuantile(l)
		}
		outputs[k] = min(max(w, l.low), l.high)
	}
	return outputs
}

// leafQuantile returns the quantile of the residuals of l's rows: the gradient of
// the pinball loss says which way to go, not how far.
func (t *trainer) leafQuantile(l *leaf) float64 {
	residuals := make([]residual, 0, l.rows())
	for _, row := range t.grower.order[l.first:l.last] {
		if w := weightOf(t.rows.weights, int(row)); w > 0 {
			residuals = append(residuals, residual{t.rows.y[row] - t.margins[row], w})
		}
	}
	if len(residuals) == 0 {
		return 0
	}
	return quantile(residuals, t.config.Objective.Level)
}
