package gbdt

import "slices"

// variation is several values of one column, each with a weight for every row. Most
// groups do not tell all values apart, and are asked once for those that they do not.
type variation struct {
	column  int         // -1: not of the model
	codes   []uint32    // of the values, the model's
	weights [][]float64 // weights[k][i] of value k in row i
	sets    [][]int     // values that come together
	sums    [][]float64 // sums[n][i]: the weights in row i of the values of sets[n]
}

// alike is the values of a variation that are one class to a group.
type alike struct {
	code  uint32 // of one of them, the model's
	digit uint16 // what they add to the pattern
	set   int    // their number among the variation's sets
}

func newVariation(e *explanation, column int, values []float32, weights [][]float64) *variation {
	v := &variation{column: column, codes: make([]uint32, len(values)), weights: weights}
	if column >= 0 {
		place(e.ladders[column], v.codes, values, uint32(e.cuts[column].missing()))
	}
	return v
}

// set returns the number of the set of some values, given in ascending order.
func (v *variation) set(values []int) int {
	if n := slices.IndexFunc(v.sets, func(set []int) bool { return slices.Equal(set, values) }); n >= 0 {
		return n
	}
	sum := slices.Clone(v.weights[values[0]])
	for _, k := range values[1:] {
		for i, weight := range v.weights[k] {
			sum[i] += weight
		}
	}
	v.sets, v.sums = append(v.sets, slices.Clone(values)), append(v.sums, sum)
	return len(v.sets) - 1
}

// total returns the sum over all values of each row's weights.
func (v *variation) total() []float64 {
	all := make([]int, len(v.codes))
	for k := range all {
		all[k] = k
	}
	return v.sums[v.set(all)]
}

// classes returns the place of the varied column among the group's, -1 if the group
// does not ask it, and the classes of its values.
func (v *variation) classes(g *group) (at int, classes []alike) {
	at = slices.Index(g.columns, int32(v.column))
	if at < 0 {
		return at, nil
	}
	var own []uint32 // of what is in members: its digit, or the tree's code where there are no digits
	var members [][]int
	for k, code := range v.codes {
		class := g.codes[at][code]
		if g.size > 0 {
			class = uint32(g.digits[at][code])
		}
		n := slices.Index(own, class)
		if n < 0 {
			n = len(own)
			own, members = append(own, class), append(members, nil)
		}
		members[n] = append(members[n], k)
	}
	for _, values := range members {
		a := alike{code: v.codes[values[0]], set: v.set(values)}
		if g.size > 0 {
			a.digit = g.digits[at][a.code]
		}
		classes = append(classes, a)
	}
	return at, classes
}

// explainVaried adds to dst the contributions of all trees to rows, summed over the
// values of v with their weights.
func (e *explanation) explainVaried(dst [][]float64, x [][]float32, v *variation) {
	total := v.total()
	e.eachBatch(len(total), func(batch []*group, tables [][]float64) {
		at, classes := make([]int, len(batch)), make([][]alike, len(batch))
		for k, g := range batch {
			at[k], classes[k] = v.classes(g)
		}
		forExplained(len(total), func(first, last int) {
			w := newWork(e.widest)
			codes, sums, weights := e.encode(x, first, last), within(dst, first, last), within(v.sums, first, last)
			steady := make([][]float64, len(dst)) // the same for all values
			for j := range steady {
				steady[j] = make([]float64, last-first)
			}
			for k, g := range batch {
				if at[k] < 0 {
					g.add(steady, codes, tables[k], w)
				} else {
					g.addVaried(sums, codes, tables[k], at[k], classes[k], weights, w)
				}
			}
			for j := range steady {
				for i, sum := range steady[j] {
					sums[j][i] += sum * total[first+i]
				}
			}
		})
	})
}

// addVaried is add for the classes of the values of column at, each times its
// weights.
func (g *group) addVaried(dst [][]float64, codes [][]uint32, table []float64, at int, classes []alike, weights [][]float64, w *work) {
	if len(table) == 0 {
		g.addVariedDirectly(dst, codes, at, classes, weights, w)
		return
	}
	rows := len(codes[0])
	for first := 0; first < rows; first += len(w.patterns) {
		last := min(first+len(w.patterns), rows)
		patterns := w.patterns[:last-first]
		g.sumDigits(patterns, codes, first, at)
		for k, column := range g.columns {
			sums := dst[column][first:last]
			sums = sums[:len(patterns)]
			for _, class := range classes {
				values, weights := table[k*g.size:][class.digit:g.size], weights[class.set][first:last]
				weights = weights[:len(patterns)]
				for i, pattern := range patterns {
					sums[i] += values[pattern] * weights[i]
				}
			}
		}
	}
}

// addVariedDirectly is addVaried without a table: the same sums in the same order.
func (g *group) addVariedDirectly(dst [][]float64, codes [][]uint32, at int, classes []alike, weights [][]float64, w *work) {
	for i := range codes[0] {
		g.narrow(codes, i, w)
		for _, class := range classes {
			w.codes[at] = g.codes[at][class.code]
			weight := weights[class.set][i]
			for k, sum := range g.sumLeaves(w) {
				dst[g.columns[k]][i] += sum * weight
			}
		}
	}
}
