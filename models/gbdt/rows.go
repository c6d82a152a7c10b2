package gbdt

import (
	"fmt"
	"math"
)

// Rows are training or watched rows as bins, 2 bytes a cell.
type Rows struct {
	columns  []string
	binnings []binning
	used     []int // columns with at least two bins, as indexes of columns

	n        int
	stride   int
	byRow    []uint8   // bin of used column k of row i at i·stride+k; a span longer
	byColumn [][]uint8 // the same, [k][i]; nil for watched rows
	y        []float64
	weights  []float64 // nil means ones
	margins  []float64 // where margins start; nil means from the best constant
	seen     int       // rows shown, n of which were kept
	twins    *twins    // nil where few rows have any
	odd      int32     // used column in which twins may differ; -1 for none
}

// Len returns the number of rows kept.
func (r *Rows) Len() int { return r.n }

// Binner turns rows, shown in the order of the sketch, into bins.
type Binner struct {
	config   Config
	rows     *Rows
	expected int
	fraction float64 // of the rows that are kept
	ladders  []*ladder
	watched  bool
}

func newBinner(s *Sketch) *Binner {
	r := &Rows{columns: s.columns, binnings: s.binnings}
	b := &Binner{config: s.config, rows: r, expected: s.rows, fraction: 1}
	if s.rows > s.config.MaxRows {
		limit := float64(s.config.MaxRows)
		b.fraction = max(limit-4*math.Sqrt(limit), 1) / float64(s.rows)
	}
	for j := range r.binnings {
		if r.binnings[j].bins() >= 2 {
			r.used = append(r.used, j)
			b.ladders = append(b.ladders, newLadder(r.binnings[j].edges))
		}
	}
	room := min(s.rows, s.config.MaxRows)
	r.stride = stride(len(r.used))
	r.byRow = make([]uint8, histogramSpan, room*r.stride+histogramSpan)
	r.byColumn = make([][]uint8, len(r.used))
	for k := range r.byColumn {
		r.byColumn[k] = make([]uint8, 0, room)
	}
	r.y = make([]float64, 0, room)
	return b
}

// Watcher returns a binner with the same edges for rows to watch, of which there
// may be any number.
func (b *Binner) Watcher() *Binner {
	r := &Rows{columns: b.rows.columns, binnings: b.rows.binnings, used: b.rows.used, stride: b.rows.stride}
	r.byRow = make([]uint8, histogramSpan)
	return &Binner{config: b.config, rows: r, fraction: 1, ladders: b.ladders, watched: true}
}

// Add appends the next rows: x[j][i] is column j of row i, y their labels,
// weights nil means ones. It is an error when lengths differ, or a label or weight
// is not a number of its kind.
func (b *Binner) Add(x [][]float32, y, weights []float64) error {
	return b.add(Data{Columns: b.rows.columns, X: x, Y: y, Weights: weights})
}

func (b *Binner) add(data Data) error {
	r := b.rows
	if err := data.validate(); err != nil {
		return fmt.Errorf("gbdt: bins: %w", err)
	}
	if err := validateLabels(b.config.Objective, r.seen, data.Y, data.Weights); err != nil {
		return fmt.Errorf("gbdt: bins: %w", err)
	}
	seen := len(data.Y)
	if b.fraction < 1 {
		data = b.thinned(data)
	}
	r.seen += seen
	r.append(data, b.watched)
	b.fill(data, r.n-len(data.Y))
	return nil
}

// append makes room for rows, and takes their labels and weights.
func (r *Rows) append(d Data, watched bool) {
	n := len(d.Y)
	r.byRow = append(r.byRow, make([]uint8, n*r.stride)...)
	if !watched {
		for k := range r.byColumn {
			r.byColumn[k] = append(r.byColumn[k], make([]uint8, n)...)
		}
	}
	if d.Weights != nil && r.weights == nil {
		r.weights = make([]float64, r.n, max(cap(r.y), r.n+n))
		for i := range r.weights {
			r.weights[i] = 1
		}
	}
	r.y = append(r.y, d.Y...)
	r.margins = append(r.margins, d.Margins...)
	for i := 0; r.weights != nil && i < n; i++ {
		w := 1.0
		if d.Weights != nil {
			w = d.Weights[i]
		}
		r.weights = append(r.weights, w)
	}
	r.n += n
}

// thinned returns the rows that belong to the sample.
func (b *Binner) thinned(d Data) Data {
	key := stream(b.config.Seed, drawLimit, 0)
	kept := Data{Columns: d.Columns, X: make([][]float32, len(d.X))}
	for i := range d.Y {
		if !chosen(key, uint64(b.rows.seen+i), b.fraction) || b.rows.n+len(kept.Y) == b.config.MaxRows {
			continue
		}
		kept.Y = append(kept.Y, d.Y[i])
		if d.Weights != nil {
			kept.Weights = append(kept.Weights, d.Weights[i])
		}
		if d.Margins != nil {
			kept.Margins = append(kept.Margins, d.Margins[i])
		}
		for j := range d.X {
			kept.X[j] = append(kept.X[j], d.X[j][i])
		}
	}
	return kept
}

// fill writes the bins of rows that start at row first.
func (b *Binner) fill(d Data, first int) {
	const block = 1 << 10 // bins of a block fit into the first-level cache
	r, width := b.rows, b.rows.stride
	forBlocks(b.config.Workers, len(d.Y), block, func(_, from, to int) {
		var buffer [block]uint8
		for k, j := range r.used {
			bins, cells := buffer[:to-from], d.X[j][from:to]
			if binning := &r.binnings[j]; binning.categorical {
				binning.encode(bins, cells)
			} else {
				place(b.ladders[k], bins, cells, uint8(max(binning.missing, 0)))
			}
			if !b.watched {
				copy(r.byColumn[k][first+from:], bins)
			}
			at := r.byRow[(first+from)*width : (first+to)*width]
			for i, bin := range bins {
				at[i*width+k] = bin
			}
		}
	})
}

// Rows returns the rows added so far. Rows that were to be trained on but differ
// in number from those of the sketch are an error.
func (b *Binner) Rows() (*Rows, error) {
	if !b.watched && b.rows.seen != b.expected {
		return nil, fmt.Errorf("gbdt: bins: %d rows, the sketch saw %d (show both the same rows)", b.rows.seen, b.expected)
	}
	if b.config.Twins != "" && !b.watched {
		b.rows.findTwins(b.config.Twins)
	}
	return b.rows, nil
}
