package gbdt

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
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
// GOMAXPROCS. The first call prepares the model, 30 ms and some 15 MB for 200 trees of 31
// leaves. Explain many rows in one call: from a few hundred on it fills tables that
// rows then only look up. The model keeps them, unless they need more than 64 MB.
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
	e, err := m.ready().explanation()
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
	ladders []*ladder
	widest  int        // columns that a group asks, at most
	groups  [][]*group // of every tree
	room    int        // numbers in the tables held at a time

	mu   sync.Mutex
	kept [][]float64 // tables of all groups, nil where not filled yet; for a model whose tables all have room
}

func newExplanation(m *Model) (*explanation, error) {
	for k := range m.Trees {
		if m.Trees[k].uncounted() {
			return nil, fmt.Errorf("leaves of tree %d have no row counts (save the model with leaf_count)", k)
		}
	}
	e := &explanation{
		cuts: cutColumns(len(m.Columns), m.Trees...), widest: len(m.Columns), groups: make([][]*group, len(m.Trees)),
		room: explainTables,
	}
	for _, c := range e.cuts {
		e.ladders = append(e.ladders, newLadder(c))
	}
	rules := rulesFor(len(m.Columns))
	forEach(runtime.GOMAXPROCS(0), len(m.Trees), func(k int) {
		e.groups[k] = m.Trees[k].groups(e.cuts, rules, m.scale())
	})
	return e, nil
}

// explain adds the contributions of all trees in their order.
func (e *explanation) explain(dst [][]float64, x [][]float32, rows int) {
	e.eachBatch(rows, func(batch []*group, tables [][]float64) { e.add(dst, x, batch, tables) })
}

// eachBatch visits all trees in their order, as many at a time as there is room
// for the tables that rows are explained with. If all have room they stay filled
// for the next rows.
func (e *explanation) eachBatch(rows int, visit func(batch []*group, tables [][]float64)) {
	if e.roomForAll() {
		all := slices.Concat(e.groups...)
		visit(all, e.keep(all, rows))
		return
	}
	var tables []float64
	for first := 0; first < len(e.groups); {
		last, need := e.fitting(first, rows)
		if need > len(tables) {
			tables = make([]float64, need)
		}
		batch := slices.Concat(e.groups[first:last]...)
		visit(batch, e.fill(batch, tables, rows))
		first = last
	}
}

// roomForAll reports whether the tables of all trees have room at a time, for any
// number of rows.
func (e *explanation) roomForAll() bool {
	last, _ := e.fitting(0, math.MaxInt/patternsPerRow)
	return last == len(e.groups)
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

// fill makes the tables that pay for so many rows, all within room, and returns
// that of each group, empty where none pays.
func (e *explanation) fill(batch []*group, room []float64, rows int) [][]float64 {
	tables := make([][]float64, len(batch))
	for k, g := range batch {
		n := g.tableSize(rows)
		tables[k], room = room[:n:n], room[n:]
	}
	e.fillAll(batch, tables)
	return tables
}

// keep returns the table of each group: those of earlier rows, and now those that
// pay for so many.
func (e *explanation) keep(all []*group, rows int) [][]float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	tables, added := make([][]float64, len(all)), make([][]float64, len(all))
	copy(tables, e.kept)
	for k, g := range all {
		if len(tables[k]) == 0 {
			added[k] = make([]float64, g.tableSize(rows))
			tables[k] = added[k]
		}
	}
	e.fillAll(all, added)
	e.kept = tables
	return tables
}

// fillAll fills the tables that are not empty.
func (e *explanation) fillAll(groups []*group, tables [][]float64) {
	workers := runtime.GOMAXPROCS(0)
	forEach(workers, workers, func(worker int) {
		w := newWork(e.widest)
		for k := worker; k < len(groups); k += workers {
			if len(tables[k]) > 0 {
				groups[k].fill(tables[k], w)
			}
		}
	})
}

// add adds the contributions of groups to dst, block by block of rows.
func (e *explanation) add(dst [][]float64, x [][]float32, batch []*group, tables [][]float64) {
	forExplained(len(dst[0]), func(first, last int) {
		w := newWork(e.widest)
		codes, sums := e.encode(x, first, last), within(dst, first, last)
		for k, g := range batch {
			g.add(sums, codes, tables[k], w)
		}
	})
}

// forExplained calls do for blocks of rows that are explained at a time.
func forExplained(rows int, do func(first, last int)) {
	workers := runtime.GOMAXPROCS(0)
	block := min(explainRows, (rows+workers-1)/workers)
	forBlocks(workers, rows, block, func(_, first, last int) { do(first, last) })
}

// within returns the rows [first, last) of every column.
func within(columns [][]float64, first, last int) [][]float64 {
	block := make([][]float64, len(columns))
	for j := range columns {
		block[j] = columns[j][first:last]
	}
	return block
}

// encode returns the codes of rows [first, last): codes[j][i-first] of x[j][i].
func (e *explanation) encode(x [][]float32, first, last int) [][]uint32 {
	codes := make([][]uint32, len(x))
	for j := range x {
		codes[j] = make([]uint32, last-first)
		place(e.ladders[j], codes[j], x[j][first:last], uint32(e.cuts[j].missing()))
	}
	return codes
}
