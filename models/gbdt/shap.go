package gbdt

import (
	"fmt"
	"math"
	"runtime"
	"slices"
)

const (
	// explainRows bounds the rows whose cells are encoded at a time.
	explainRows = 1 << 12
	// explainTables bounds the tables held at a time, in numbers of 8 bytes:
	// trees beyond it wait until all rows are through.
	explainTables = 1 << 23
)

// Base returns the mean margin over the training rows, as the leaves count them;
// Explain's contributions are relative to it. It is NaN when a tree that splits
// has leaves without counts.
func (m *Model) Base() float64 {
	sum := 0.0
	for k := range m.Trees {
		if m.Trees[k].uncounted() {
			return math.NaN()
		}
		sum += m.Trees[k].expected()
	}
	return sum * m.scale()
}

// Explain writes to dst[j][i] what column j of the fit adds to the margin of row
// i, relative to Base: exact Shapley values where a column outside a coalition
// follows the training rows down the tree (Lundberg, Erion and Lee, Consistent
// individualized feature attribution for tree ensembles, 2018; LightGBM's
// pred_contrib). Base plus the sum over columns is the margin. Columns are
// matched by name as Predict does; a cell that is missing is explained as any
// other.
//
// A row's contributions do not depend, to the bit, on the rows beside it or on
// GOMAXPROCS. Explain many rows in one call: each call prepares the model anew,
// some 50 ms for 200 trees of 31 leaves, and from a few hundred rows on fills
// tables, up to 64 MB at a time, that rows then only look up.
func (m *Model) Explain(dst [][]float64, columns []string, x [][]float32) error {
	x, rows, err := align(m.Columns, columns, x)
	if err != nil {
		return fmt.Errorf("gbdt: explain: %w", err)
	}
	if err := m.clearRoom(dst, rows); err != nil {
		return fmt.Errorf("gbdt: explain: %w", err)
	}
	if rows == 0 {
		return nil
	}
	e, err := newExplanation(m)
	if err != nil {
		return fmt.Errorf("gbdt: explain: %w", err)
	}
	e.explain(dst, x, rows)
	return nil
}

// clearRoom checks that dst has a cell for every column of the fit and every row
// and clears it.
func (m *Model) clearRoom(dst [][]float64, rows int) error {
	if len(dst) != len(m.Columns) {
		return fmt.Errorf("room for %d columns, the model has %d", len(dst), len(m.Columns))
	}
	for j := range dst {
		if len(dst[j]) != rows {
			return fmt.Errorf("room for %d rows of column %q, %d given", len(dst[j]), m.Columns[j], rows)
		}
		clear(dst[j])
	}
	return nil
}

// scale returns what turns the sum of leaves into the margin.
func (m *Model) scale() float64 {
	if m.Average && len(m.Trees) > 0 {
		return 1 / float64(len(m.Trees))
	}
	return 1
}

// uncounted says that a tree splits but does not know how many training rows
// went where.
func (t *Tree) uncounted() bool {
	cover := t.cover()
	return len(cover) > 0 && !(cover[0] > 0)
}

// explanation is a model prepared to be explained.
type explanation struct {
	cuts    []cuts
	widest  int        // columns that a group asks, at most
	groups  [][]*group // of every tree
	workers int
	room    int // numbers in the tables held at a time
}

func newExplanation(m *Model) (*explanation, error) {
	for k := range m.Trees {
		if m.Trees[k].uncounted() {
			return nil, fmt.Errorf("leaves of tree %d have no row counts (save the model with leaf_count)", k)
		}
	}
	e := &explanation{
		cuts: cutColumns(m), widest: len(m.Columns), groups: make([][]*group, len(m.Trees)),
		workers: runtime.GOMAXPROCS(0), room: explainTables,
	}
	rules := rulesFor(len(m.Columns))
	forEach(e.workers, len(m.Trees), func(k int) {
		if t := &m.Trees[k]; len(t.Feature) > 0 {
			e.groups[k] = appendGroups(nil, t.paths(e.cuts, rules, m.scale()))
		}
	})
	return e, nil
}

// explain adds the contributions of all trees in their order, a few trees with
// their tables at a time.
func (e *explanation) explain(dst [][]float64, x [][]float32, rows int) {
	var tables []float64
	for first := 0; first < len(e.groups); {
		last, need := e.fitting(first, rows)
		if need > len(tables) {
			tables = make([]float64, need)
		}
		batch := slices.Concat(e.groups[first:last]...)
		e.fill(batch, tables, rows)
		e.add(dst, x, batch)
		first = last
	}
}

// fitting returns the trees [first, last), one at least, whose tables fit into
// the room, and how many numbers these need.
func (e *explanation) fitting(first, rows int) (last, need int) {
	for last = first; last < len(e.groups); last++ {
		more := 0
		for _, g := range e.groups[last] {
			more += g.tableSize(rows)
		}
		if last > first && need+more > e.room {
			break
		}
		need += more
	}
	return last, need
}

// fill makes the tables that pay for so many rows, all within tables.
func (e *explanation) fill(batch []*group, tables []float64, rows int) {
	for _, g := range batch {
		n := g.tableSize(rows)
		g.table, tables = tables[:n:n], tables[n:]
	}
	forEach(e.workers, e.workers, func(worker int) {
		w := newWork(e.widest)
		for k := worker; k < len(batch); k += e.workers {
			if len(batch[k].table) > 0 {
				batch[k].fill(w)
			}
		}
	})
}

// add adds the contributions of groups to dst, block by block of rows.
func (e *explanation) add(dst [][]float64, x [][]float32, batch []*group) {
	rows := len(dst[0])
	block := min(explainRows, (rows+e.workers-1)/e.workers)
	forBlocks(e.workers, rows, block, func(_, first, last int) {
		w := newWork(e.widest)
		codes, sums := e.encode(x, first, last), make([][]float64, len(x))
		for j := range dst {
			sums[j] = dst[j][first:last]
		}
		for _, g := range batch {
			g.add(sums, codes, w)
		}
	})
}

// encode returns the codes of rows [first, last): codes[j][i-first] of x[j][i].
func (e *explanation) encode(x [][]float32, first, last int) [][]uint32 {
	codes := make([][]uint32, len(x))
	for j := range x {
		codes[j] = make([]uint32, last-first)
		e.cuts[j].encode(codes[j], x[j][first:last])
	}
	return codes
}
