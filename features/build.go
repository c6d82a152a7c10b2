package features

import (
	"fmt"
	"math"

	"perennial/pipeline/history"
)

// Matrix is a feature table: row i describes Customers[i] as of Cutoffs[i].
type Matrix struct {
	Names     []string // of the columns
	X         [][]float32
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
	set  *Set
	past *past
}

// NewBuilder returns a builder of s's columns.
func (s *Set) NewBuilder() *Builder { return &Builder{set: s, past: newPast(s)} }

// Build appends to m one row for every history and cutoff that population
// accepts: histories × cutoffs → rows, customer by customer so that a history
// is in the cache for all its cutoffs. It fails if a feature leaves the range
// of its unit, or is missing where its declaration says never.
func (b *Builder) Build(m *Matrix, histories []history.History, cutoffs []history.Day, population func(*history.View) bool) error {
	for i := range histories {
		for _, cutoff := range cutoffs {
			view := histories[i].At(cutoff)
			if !population(&view) {
				continue
			}
			if err := b.add(m, &view); err != nil {
				return err
			}
		}
	}
	return nil
}

// add appends the row of one view.
func (b *Builder) add(m *Matrix, view *history.View) error {
	b.past.read(view)
	for j := range b.set.features {
		f := &b.set.features[j]
		value := f.value(b.past)
		if err := f.check(value); err != nil {
			return fmt.Errorf("features: customer %s as of %s: %w", view.Customer, view.Cutoff, err)
		}
		m.X[j] = append(m.X[j], float32(value))
	}
	m.Customers = append(m.Customers, view.Customer)
	m.Cutoffs = append(m.Cutoffs, view.Cutoff)
	return nil
}

// check reports a value that the declaration does not allow.
func (f *Feature) check(value float64) error {
	if math.IsNaN(value) {
		if f.Missing == "" {
			return fmt.Errorf("%s is missing, which its declaration rules out", f.Name)
		}
		return nil
	}
	if low, high := f.Unit.Range(); value < low || value > high || math.IsInf(value, 0) {
		return fmt.Errorf("%s = %g is outside %g to %g", f.Name, value, low, high)
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
