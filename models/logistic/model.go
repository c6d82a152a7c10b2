package logistic

import (
	"fmt"
	"math"
	"slices"
)

// Status says how a fit ended.
type Status string

const (
	// Converged means that another step would move no coefficient by more than
	// a hundred-millionth of its standard error. With more than 512 terms, whose
	// Hessian is not computed: that the gradient per row is below 1e-8.
	Converged Status = "converged"
	// Limit means that MaxIterations or the precision of numbers ended the
	// fit first. The model is usable; its coefficients are not final.
	Limit Status = "limit"
)

// Model gives P(y = 1). It is immutable and safe to share.
type Model struct {
	columns      []column
	terms        []place // derived from columns
	intercept    float64 // log-odds of a row at the mean of every column
	interceptErr float64
	lambda       float64
	status       Status
	iterations   int
}

// place is a term within its column.
type place struct {
	*term
	column int
	write  func(dst, cells []float32)
}

// link numbers the terms: columns in order, a value before its flag.
func (m *Model) link() {
	m.terms = nil
	for j := range m.columns {
		c := &m.columns[j]
		if c.Value != nil {
			m.terms = append(m.terms, place{c.Value, j, c.values})
		}
		if c.Missing != nil {
			m.terms = append(m.terms, place{c.Missing, j, c.flags})
		}
	}
}

// Columns returns the names of the columns of the fit, in its order.
func (m *Model) Columns() []string {
	names := make([]string, len(m.columns))
	for j := range m.columns {
		names[j] = m.columns[j].Name
	}
	return names
}

// Base returns the margin (log-odds) of a row that has the training mean in
// every term; Explain's contributions are relative to it.
func (m *Model) Base() float64 { return m.intercept }

// Status says how the fit ended.
func (m *Model) Status() Status { return m.status }

// Iterations returns the number of LBFGS and Newton steps taken by the fit.
func (m *Model) Iterations() int { return m.iterations }

// Predict writes to dst[i] the probability of row i; x[j][i] is the cell of
// columns[j] in row i, NaN or infinite where missing. Columns may come in any
// order and be more than the model needs. A column of the fit that is missing,
// or a length that does not fit, is an error.
func (m *Model) Predict(dst []float64, columns []string, x [][]float32) error {
	if err := m.Margins(dst, columns, x); err != nil {
		return err
	}
	for i, margin := range dst {
		dst[i] = Probability(margin)
	}
	return nil
}

// Margins writes to dst[i] the margin (log-odds) of row i. Inputs and errors are
// those of Predict.
func (m *Model) Margins(dst []float64, columns []string, x [][]float32) error {
	x, rows, err := m.align(columns, x)
	if err != nil {
		return fmt.Errorf("logistic: predict: %w", err)
	}
	if len(dst) != rows {
		return fmt.Errorf("logistic: predict: room for %d rows, %d given", len(dst), rows)
	}
	buffer := make([]float32, blockRows)
	for first := 0; first < rows; first += blockRows {
		last := min(first+blockRows, rows)
		margins := dst[first:last]
		for i := range margins {
			margins[i] = m.intercept
		}
		for _, t := range m.terms {
			z := buffer[:last-first]
			t.write(z, x[t.column][first:last])
			addScaled(margins, t.Coefficient, z)
		}
	}
	return nil
}

// Split returns the model in two whose margins add up to its own: the terms of the
// named columns, and all others with the intercept. Who asks about the same rows
// with other cells in a few columns computes the rest once. Neither part knows how
// the fit went.
func (m *Model) Split(names []string) (named, rest *Model) {
	named, rest = &Model{}, &Model{intercept: m.intercept}
	for _, c := range m.columns {
		part := rest
		if slices.Contains(names, c.Name) {
			part = named
		}
		part.columns = append(part.columns, c)
	}
	named.link()
	rest.link()
	return named, rest
}

// Explain writes to dst[j][i] what column j of Columns adds to the margin
// (log-odds) of row i, relative to its mean over the training rows. Base plus
// the sum over columns is the margin that Predict turns into a probability.
// Inputs and errors are those of Predict.
func (m *Model) Explain(dst [][]float64, columns []string, x [][]float32) error {
	x, rows, err := m.align(columns, x)
	if err != nil {
		return fmt.Errorf("logistic: explain: %w", err)
	}
	if len(dst) != len(m.columns) {
		return fmt.Errorf("logistic: explain: room for %d columns, the model has %d", len(dst), len(m.columns))
	}
	for j := range dst {
		if len(dst[j]) != rows {
			return fmt.Errorf("logistic: explain: room for %d rows of column %q, %d given", len(dst[j]), m.columns[j].Name, rows)
		}
		clear(dst[j])
	}
	z := make([]float32, rows)
	for _, t := range m.terms {
		t.write(z, x[t.column])
		addScaled(dst[t.column], t.Coefficient, z)
	}
	return nil
}

// align returns the columns of the fit in its order, and the number of rows.
func (m *Model) align(columns []string, x [][]float32) (aligned [][]float32, rows int, err error) {
	if err := validateTable(columns, x); err != nil {
		return nil, 0, err
	}
	at := make(map[string]int, len(columns))
	for j, name := range columns {
		at[name] = j
	}
	aligned = make([][]float32, len(m.columns))
	for j := range m.columns {
		k, ok := at[m.columns[j].Name]
		if !ok {
			return nil, 0, fmt.Errorf("no column %q, which the model was fitted on", m.columns[j].Name)
		}
		aligned[j] = x[k]
	}
	if len(x) > 0 {
		rows = len(x[0])
	}
	return aligned, rows, nil
}

// addScaled adds a·z to dst.
func addScaled(dst []float64, a float64, z []float32) {
	dst = dst[:len(z)]
	for i, v := range z {
		dst[i] += a * float64(v)
	}
}

// Probability returns 1/(1+exp(-margin)), without overflow.
func Probability(margin float64) float64 {
	e := math.Exp(-math.Abs(margin))
	if margin >= 0 {
		return 1 / (1 + e)
	}
	return e / (1 + e)
}
