package purchase

import (
	"fmt"
	"slices"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// Times are rows at past cutoffs with the time to the next order, known up to
// End. They tell more than labelled rows: a row whose horizon is not over yet
// still shows the weeks that are.
type Times struct {
	Columns []string
	X       [][]float32   // X[j][i] is the cell of Columns[j] in row i, NaN where missing
	Group   []uint64      // a well-mixed hash of the customer
	Cutoff  []history.Day // before End
	First   []float64     // days from the cutoff to the next order, NaN without one
	End     history.Day   // nothing from this day on is known
}

// validate reports parts that do not fit together.
func (t *Times) validate() error {
	rows := len(t.Cutoff)
	if len(t.Group) != rows || len(t.First) != rows || len(t.X) != len(t.Columns) {
		return fmt.Errorf("%d cutoffs, %d groups and %d days, %d columns and %d names", rows, len(t.Group), len(t.First), len(t.X), len(t.Columns))
	}
	for j, name := range t.Columns {
		if len(t.X[j]) != rows {
			return fmt.Errorf("column %q has %d cells for %d rows", name, len(t.X[j]), rows)
		}
	}
	return nil
}

// followed returns the days of row i that are known.
func (t *Times) followed(i int) float64 { return float64(t.End - t.Cutoff[i]) }

// where returns the rows for which keep holds, copied.
func (t *Times) where(keep func(i int) bool) Times {
	var index []int
	for i := range t.Cutoff {
		if keep(i) {
			index = append(index, i)
		}
	}
	out := Times{Columns: t.Columns, X: make([][]float32, len(t.X)), End: t.End}
	for j := range t.X {
		out.X[j] = make([]float32, len(index))
		for k, i := range index {
			out.X[j][k] = t.X[j][i]
		}
	}
	for _, i := range index {
		out.Group = append(out.Group, t.Group[i])
		out.Cutoff = append(out.Cutoff, t.Cutoff[i])
		out.First = append(out.First, t.First[i])
	}
	return out
}

// until returns what was known on the day end.
func (t *Times) until(end history.Day) Times {
	out := t.where(func(i int) bool { return t.Cutoff[i] < end })
	out.End = min(end, t.End)
	return out
}

// sampled returns about limit of the rows, drawn one by one.
func (t *Times) sampled(limit int) Times {
	if len(t.Cutoff) <= limit {
		return *t
	}
	return t.where(leaderboard.Draw(t.Group, limit))
}

// intervals returns a row for every interval between edges that a customer
// entered without an order and that is known to its end, labelled 1 where she
// ordered in it: the person-period data of a discrete-time hazard (Allison 1982).
// The columns of marks follow those of t.
func (t *Times) intervals(edges []int, marks marker) leaderboard.Rows {
	names := marks.names(edges)
	out := leaderboard.Rows{Columns: slices.Concat(t.Columns, names), X: make([][]float32, len(t.X)+len(names))}
	recency := t.column(recencyColumn)
	for k, end := range edges {
		index := t.entered(edges, k)
		for j, cells := range t.X {
			out.X[j] = appendAt(out.X[j], cells, index)
		}
		for j := range names {
			out.X[len(t.X)+j] = append(out.X[len(t.X)+j], marks.cells(j, edges, k, recency, index)...)
		}
		for _, i := range index {
			label := 0.0
			if t.First[i] < float64(end) {
				label = 1
			}
			out.Y, out.Group = append(out.Y, label), append(out.Group, t.Group[i])
		}
	}
	return out
}

// labelled returns the rows, all followed for horizonDays, with the label whether
// the customer ordered within them.
func (t *Times) labelled(horizonDays int) leaderboard.Rows {
	rows := leaderboard.Rows{Columns: t.Columns, X: t.X, Y: make([]float64, len(t.First)), Group: t.Group}
	for i, first := range t.First {
		if first < float64(horizonDays) {
			rows.Y[i] = 1
		}
	}
	return rows
}

// entered returns the rows that entered interval k without an order and are
// known to its end.
func (t *Times) entered(edges []int, k int) []int {
	var index []int
	for i, first := range t.First {
		if t.followed(i) >= float64(edges[k]) && !(first < float64(start(edges, k))) {
			index = append(index, i)
		}
	}
	return index
}

// start is the day after which interval k begins.
func start(edges []int, k int) int {
	if k == 0 {
		return 0
	}
	return edges[k-1]
}

func appendAt(dst, cells []float32, index []int) []float32 {
	dst = slices.Grow(dst, len(index))
	for _, i := range index {
		dst = append(dst, cells[i])
	}
	return dst
}

// column returns the cells of a column, nil without it.
func (t *Times) column(name string) []float32 {
	if j := slices.Index(t.Columns, name); j >= 0 {
		return t.X[j]
	}
	return nil
}
