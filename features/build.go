package features

import (
	"fmt"
	"math"

	"perennial/pipeline/history"
)

// Matrix is a feature table: row i describes Customers[i] as of Cutoffs[i].
type Matrix struct {
	Names     []string    // of the columns
	X         [][]float32 // X[j][i] is column j of row i, NaN where missing
	Customers []history.CustomerID
	Cutoffs   []history.Day
}

// Rows returns the number of rows.
func (m *Matrix) Rows() int { return len(m.Customers) }

// Column returns the column called name, nil if there is none.
func (m *Matrix) Column(name string) []float32 {
	for j := range m.Names {
		if m.Names[j] == name {
			return m.X[j]
		}
	}
	return nil
}

// Append adds the rows of other, which has the same columns.
func (m *Matrix) Append(other *Matrix) {
	for j := range m.X {
		m.X[j] = append(m.X[j], other.X[j]...)
	}
	m.Customers = append(m.Customers, other.Customers...)
	m.Cutoffs = append(m.Cutoffs, other.Cutoffs...)
}

// NewMatrix returns a matrix without rows.
func (s *Set) NewMatrix() *Matrix {
	return &Matrix{Names: s.names, X: make([][]float32, len(s.features))}
}

// Builder fills matrices. It holds scratch memory: one Builder serves one
// goroutine.
type Builder struct {
	features []Feature
	view     history.View
	past     *past
	row      []float32
}

// NewBuilder returns a builder of s's columns.
func (s *Set) NewBuilder() *Builder {
	return &Builder{
		features: s.features,
		row:      make([]float32, len(s.features)),
		past: &past{
			kinds:      kindsOf(s.vocabulary.Kinds),
			products:   newLedger(s.vocabulary.Products),
			categories: newLedger(s.vocabulary.Categories),
		},
	}
}

// Build appends to m one row for every history and cutoff that population
// accepts: histories × cutoffs → rows, customer by customer so that a history
// is in the cache for all its cutoffs. It fails if a feature leaves the range
// of its unit, or is missing where its declaration says never; m then holds the
// rows before. Money beyond what a float32 holds is cut to that.
func (b *Builder) Build(m *Matrix, histories []history.History, cutoffs []history.Day, population func(*history.View) bool) error {
	for i := range histories {
		for _, cutoff := range cutoffs {
			b.view = histories[i].At(cutoff)
			if !population(&b.view) {
				continue
			}
			if err := b.add(m); err != nil {
				return fmt.Errorf("features: customer %s as of %s: %w", b.view.Customer, cutoff, err)
			}
		}
	}
	return nil
}

// add appends the row of b's view.
func (b *Builder) add(m *Matrix) error {
	b.past.read(&b.view)
	for j := range b.features {
		f := &b.features[j]
		value := f.value(b.past)
		if err := f.check(value); err != nil {
			return err
		}
		b.row[j] = float32(saturate(value))
	}
	for j, value := range b.row {
		m.X[j] = append(m.X[j], value)
	}
	m.Customers = append(m.Customers, b.view.Customer)
	m.Cutoffs = append(m.Cutoffs, b.view.Cutoff)
	return nil
}

// check reports a value that the declaration does not allow.
func (f *Feature) check(value float64) error {
	switch {
	case value >= f.low && value <= f.high && !math.IsInf(value, 0):
		return nil
	case !math.IsNaN(value):
		return fmt.Errorf("%s = %g is outside %g to %g", f.Name, value, f.low, f.high)
	case f.Missing == "":
		return fmt.Errorf("%s is missing, which its declaration rules out", f.Name)
	}
	return nil
}

// Buyers is the population of models: customers with at least one order.
func Buyers(view *history.View) bool {
	for i := range view.Lines {
		if !view.Lines[i].Return() {
			return true
		}
	}
	return false
}

// Everybody is the population of a night: whoever left any trace.
func Everybody(view *history.View) bool {
	return len(view.Lines)+len(view.Engagements)+len(view.Actions) > 0 || view.SignedUpAt != history.Never
}
