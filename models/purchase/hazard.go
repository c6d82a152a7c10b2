package purchase

import (
	"io"
	"math"
	"slices"
)

// Hazard is P(order within the last of Edges days) from the hazards of the
// intervals that end at Edges: P = 1 − Π(1 − hazard), so what it says for a
// shorter horizon is never more. One learner answers for all intervals, pooled
// over them (Singer and Willett 1993). It is immutable and safe to share.
type Hazard struct {
	Edges   []int     // days after the cutoff, ascending
	Paces   []float64 // multiply the hazards of the intervals in a season; nil: of no season
	marks   marker
	pooled  learner  // P(order in the interval | none before)
	pool    pool     // the same
	columns []string // of pooled without the marks
}

func newHazard(edges []int, marks marker, pooled learner) *Hazard {
	names := marks.names(edges)
	h := &Hazard{Edges: edges, marks: marks, pooled: pooled, pool: poolOf(pooled, names)}
	for _, name := range pooled.Columns() {
		if !slices.Contains(names, name) {
			h.columns = append(h.columns, name)
		}
	}
	return h
}

// Edges returns the ends of the intervals up to a horizon, which is the last:
// narrow ones first, where most happens.
func Edges(horizonDays int) []int {
	var edges []int
	for _, days := range []int{7, 14, 30, 60, 90, 180} {
		if days < horizonDays {
			edges = append(edges, days)
		}
	}
	return append(edges, horizonDays)
}

// Columns implements learner.
func (h *Hazard) Columns() []string { return h.columns }

// Predict implements leaderboard.Model.
func (h *Hazard) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := checkTable(dst, columns, x); err != nil {
		return err
	}
	_, err := h.hazards(dst, columns, x)
	return err
}

// hazards writes P(order) to dst and returns the hazards by interval.
func (h *Hazard) hazards(dst []float64, columns []string, x [][]float32) ([][]float64, error) {
	all := make([][]float64, len(h.Edges))
	for k := range all {
		all[k] = make([]float64, len(dst))
	}
	if err := h.pool.predict(all, h.at(columns, x, len(dst))); err != nil {
		return nil, err
	}
	alone := make([]float64, len(dst)) // P(no order)
	for i := range alone {
		alone[i] = 1
	}
	for k, hazards := range all {
		for i := range hazards {
			if h.Paces != nil {
				hazards[i] = atPace(hazards[i], h.Paces[k])
			}
			alone[i] *= 1 - hazards[i]
		}
	}
	for i := range dst {
		dst[i] = 1 - alone[i]
	}
	return all, nil
}

// marked is a table with the columns that tell the interval.
type marked struct {
	hazard  *Hazard
	names   []string
	x       [][]float32
	recency []float32
	index   []int // of all rows
}

func (h *Hazard) at(columns []string, x [][]float32, rows int) *marked {
	t := &marked{hazard: h, names: slices.Concat(columns, h.marks.names(h.Edges)), x: x, index: make([]int, rows)}
	for i := range t.index {
		t.index[i] = i
	}
	if j := slices.Index(columns, recencyColumn); j >= 0 {
		t.recency = x[j]
	}
	return t
}

// interval returns the table in interval k.
func (t *marked) interval(k int) (names []string, x [][]float32) {
	_, marks := t.marksOf(k)
	return t.names, slices.Concat(t.x, marks)
}

// marksOf returns the columns that tell interval k.
func (t *marked) marksOf(k int) (names []string, x [][]float32) {
	names = t.names[len(t.x):]
	for j := range names {
		x = append(x, t.hazard.marks.cells(j, t.hazard.Edges, k, t.recency, t.index))
	}
	return names, x
}

// ends returns the ends of the intervals as cells.
func (t *marked) ends() []float32 {
	ends := make([]float32, len(t.hazard.Edges))
	for k, end := range t.hazard.Edges {
		ends[k] = float32(end)
	}
	return ends
}

// Explain implements learner. The log-odds of P move by hazard/P for each unit
// of an interval's log-odds, so that is the weight with which the contributions
// to the hazards are summed.
func (h *Hazard) Explain(dst [][]float64, columns []string, x [][]float32) error {
	if len(dst) == 0 {
		return nil
	}
	p := make([]float64, len(dst[0]))
	weights, err := h.hazards(p, columns, x)
	if err != nil {
		return err
	}
	for _, hazards := range weights {
		for i := range hazards {
			hazards[i] = weight(hazards[i], p[i])
		}
	}
	place := h.places()
	parts := make([][]float64, len(place))
	for j := range parts {
		parts[j] = make([]float64, len(p))
	}
	if err := h.pool.explain(parts, h.at(columns, x, len(p)), weights); err != nil {
		return err
	}
	for j := range dst {
		clear(dst[j])
	}
	for j, to := range place {
		if to < 0 {
			continue
		}
		for i, part := range parts[j] {
			dst[to][i] += part
		}
	}
	return nil
}

// weight is hazard/p, and 1 in its limit of no order ever.
func weight(hazard, p float64) float64 {
	if w := hazard / p; !math.IsNaN(w) {
		return w
	}
	return 1
}

// places returns for each column of the pooled learner where in Columns its
// contributions belong, -1 for nowhere.
func (h *Hazard) places() []int {
	place := make([]int, len(h.pooled.Columns()))
	marks := h.marks.names(h.Edges)
	for j, name := range h.pooled.Columns() {
		if m := slices.Index(marks, name); m >= 0 {
			name = h.marks.concerns(m, h.Edges)
		}
		place[j] = slices.Index(h.columns, name)
	}
	return place
}

// Write saves the hazard as a part of a model's file.
func (h *Hazard) Write(w io.Writer) error { return writePart(w, h) }
