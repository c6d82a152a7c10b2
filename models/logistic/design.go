package logistic

// blockRows is the number of rows of a block: small enough that a block of 100
// terms stays in the second-level cache between the two passes over it.
const blockRows = 256

// design is the matrix of standardised terms, block of rows after block of rows;
// inside a block term after term, so that inner loops run over adjacent rows.
type design struct {
	rows, terms int
	cells       []float32
}

// block is some adjacent rows of a design.
type block struct {
	first, rows int
	cells       []float32
}

// column returns term k of the block's rows.
func (b block) column(k int) []float32 { return b.cells[k*b.rows : (k+1)*b.rows] }

func (d *design) blocks() int { return (d.rows + blockRows - 1) / blockRows }

func (d *design) block(k int) block {
	first := k * blockRows
	rows := min(blockRows, d.rows-first)
	return block{first, rows, d.cells[first*d.terms : (first+rows)*d.terms]}
}

// newDesign standardises x as m says.
func newDesign(m *Model, x [][]float32, workers int) *design {
	d := &design{rows: len(x[0]), terms: len(m.terms)}
	d.cells = make([]float32, d.rows*d.terms)
	forEach(workers, d.blocks(), func(k int) {
		b := d.block(k)
		for t := range m.terms {
			m.terms[t].write(b.column(t), x[m.terms[t].column][b.first:b.first+b.rows])
		}
	})
	return d
}
