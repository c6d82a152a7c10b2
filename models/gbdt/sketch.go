package gbdt

import (
	"fmt"
	"math"
	"slices"
)

// sketchRows is the number of rows whose values place the bins' edges; up to it
// the edges are exact quantiles. Of n sampled rows the share below an edge errs
// by about 0.5/√n: at 131,072 by a third of one of 255 bins.
const sketchRows = 1 << 17

// Sketch sees all rows once, block by block, and learns where the bins of each
// column end. NewSketch starts one; Binner ends it. Bins do not depend on how the
// rows are cut into blocks.
type Sketch struct {
	config   Config
	columns  []string
	binnings []binning // ranges and kinds only, until Binner

	rows    int
	limit   uint64      // rows whose draw is at most this are in the sample
	draws   []uint64    // of the sampled rows
	cells   [][]float32 // of the sampled rows
	weights []float64   // of the sampled rows
	uneven  bool        // some weight is not 1
}

// NewSketch returns an empty sketch of columns. It is an error when the
// configuration is unusable or names columns that there are not.
func NewSketch(c Config, columns []string) (*Sketch, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("gbdt: %w", err)
	}
	if err := c.validateColumns(columns); err != nil {
		return nil, fmt.Errorf("gbdt: %w", err)
	}
	s := &Sketch{
		config: c, columns: slices.Clone(columns), limit: math.MaxUint64,
		binnings: make([]binning, len(columns)), cells: make([][]float32, len(columns)),
	}
	for j, name := range columns {
		s.binnings[j] = binning{
			categorical: slices.Contains(c.Categorical, name),
			missing:     noMissing,
			low:         float32(math.Inf(1)), high: float32(math.Inf(-1)),
		}
	}
	return s, nil
}

// Add shows the next rows: x[j][i] is column j of row i; weights nil means ones.
// Lengths that differ are an error.
func (s *Sketch) Add(x [][]float32, weights []float64) error {
	if err := validateTable(s.columns, x); err != nil {
		return fmt.Errorf("gbdt: sketch: %w", err)
	}
	rows := len(x[0])
	if weights != nil && len(weights) != rows {
		return fmt.Errorf("gbdt: sketch: %d weights for %d rows", len(weights), rows)
	}
	s.uneven = s.uneven || slices.ContainsFunc(weights, func(w float64) bool { return w != 1 })
	for first := 0; first < rows; first += sketchRows / 4 {
		s.sample(x, weights, first, min(first+sketchRows/4, rows))
	}
	s.rows += rows
	forEach(s.config.Workers, len(x), func(j int) { s.binnings[j].see(x[j]) })
	return nil
}

// see widens the range by cells and notes missing ones.
func (b *binning) see(cells []float32) {
	low, high, missing := b.low, b.high, false
	for _, v := range cells {
		if b.categorical {
			c, ok := category(v)
			missing = missing || !ok
			v = float32(c)
			if !ok {
				continue
			}
		}
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
		if v != v {
			missing = true
		}
	}
	b.low, b.high = low, high
	if missing {
		b.missing = 0 // its number is known when the values have theirs
	}
}

// sample takes rows [first, last) whose draw is low enough.
func (s *Sketch) sample(x [][]float32, weights []float64, first, last int) {
	key := stream(s.config.Seed, drawEdges, 0)
	var taken []int
	for i := first; i < last; i++ {
		draw := mix(key + uint64(s.rows+i))
		if draw > s.limit {
			continue
		}
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		taken = append(taken, i)
		s.draws = append(s.draws, draw)
		s.weights = append(s.weights, w)
	}
	forEach(s.config.Workers, len(x), func(j int) {
		for _, i := range taken {
			s.cells[j] = append(s.cells[j], x[j][i])
		}
	})
	if len(s.draws) > sketchRows+sketchRows/4 {
		s.thin()
	}
}

// thin keeps the sketchRows rows of the lowest draws.
func (s *Sketch) thin() {
	if len(s.draws) <= sketchRows {
		return
	}
	s.limit = slices.Sorted(slices.Values(s.draws))[sketchRows-1]
	kept := 0
	for i, draw := range s.draws {
		if draw > s.limit {
			continue
		}
		s.draws[kept], s.weights[kept] = draw, s.weights[i]
		for j := range s.cells {
			s.cells[j][kept] = s.cells[j][i]
		}
		kept++
	}
	s.draws, s.weights = s.draws[:kept], s.weights[:kept]
	for j := range s.cells {
		s.cells[j] = s.cells[j][:kept]
	}
}

// Binner ends the sketch: it returns what turns the same rows, shown again, into
// bins. No rows at all are an error.
func (s *Sketch) Binner() (*Binner, error) {
	if s.rows == 0 {
		return nil, fmt.Errorf("gbdt: sketch: no rows")
	}
	s.thin()
	forEach(s.config.Workers, len(s.columns), func(j int) {
		s.binnings[j].cut(s.masses(j), s.config.MaxBins)
		s.cells[j] = nil
	})
	return newBinner(s), nil
}

// cut places the bins of a column, one of them for missing cells if there are any.
func (b *binning) cut(values []mass, bins int) {
	if b.categorical {
		b.categories = keepCategories(values, bins-1)
		b.missing = len(b.categories)
		return
	}
	if b.missing != noMissing {
		bins--
	}
	b.edges = cutEdges(values, bins)
	if b.missing != noMissing {
		b.missing = b.values()
	}
}

// masses returns the distinct values of column j in the sample, ascending, with
// their weight.
func (s *Sketch) masses(j int) []mass {
	values := make([]mass, 0, len(s.cells[j]))
	for i, v := range s.cells[j] {
		if s.binnings[j].categorical {
			if _, ok := category(v); !ok {
				continue
			}
			v = float32(math.Trunc(float64(v)))
		}
		if asZero(v) {
			v = 0
		}
		if v == v && s.weights[i] > 0 {
			values = append(values, mass{v, s.weights[i]})
		}
	}
	sortMasses(values)
	distinct := values[:0]
	for _, v := range values {
		if n := len(distinct); n > 0 && distinct[n-1].value == v.value {
			distinct[n-1].weight += v.weight
		} else {
			distinct = append(distinct, v)
		}
	}
	return distinct
}

// sortMasses sorts by value, in three counting passes of eleven bits.
func sortMasses(values []mass) {
	const bits, size = 11, 1 << 11
	from, to := values, make([]mass, len(values))
	for shift := 0; shift < 32; shift += bits {
		var start [size + 1]int
		for _, v := range from {
			start[sortable(v.value)>>shift&(size-1)+1]++
		}
		for k := range size {
			start[k+1] += start[k]
		}
		for _, v := range from {
			k := sortable(v.value) >> shift & (size - 1)
			to[start[k]] = v
			start[k]++
		}
		from, to = to, from
	}
	copy(values, from) // three passes leave the result in the other slice
}
