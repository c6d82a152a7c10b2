// Package table is the one columnar table type: named columns of equal length,
// numbers as float32 with NaN for missing, texts as strings.
//
// New makes a table of columns, WriteParquet and ReadParquet keep it in a file. Other
// Parquet files are read here too: flat columns by Parquet, rows of structs by
// RowReader.
package table

import (
	"fmt"
	"strings"
)

// Column is one named column: either Numbers or Texts is set.
type Column struct {
	Name    string
	Numbers []float32 // NaN is missing
	Texts   []string  // "" is missing
}

// Table is a list of columns of equal length.
type Table struct {
	Columns []Column
	rows    int
}

// New returns a table over columns.
func New(columns ...Column) (*Table, error) {
	t := &Table{Columns: columns}
	seen := make(map[string]bool, len(columns))
	for i, c := range columns {
		n := max(len(c.Numbers), len(c.Texts))
		if i == 0 {
			t.rows = n
		}
		switch {
		case c.Name == "":
			return nil, fmt.Errorf("table: column %d has no name", i)
		case seen[c.Name]:
			return nil, fmt.Errorf("table: two columns are named %q", c.Name)
		case n != t.rows:
			return nil, fmt.Errorf("table: column %q has %d rows, %q has %d", c.Name, n, columns[0].Name, t.rows)
		}
		seen[c.Name] = true
	}
	return t, nil
}

// Rows returns the number of rows.
func (t *Table) Rows() int { return t.rows }

// Names returns the column names in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// Column returns the column called name.
func (t *Table) Column(name string) (Column, error) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, nil
		}
	}
	return Column{}, fmt.Errorf("table: no column %q (there are %s)", name, strings.Join(t.Names(), ", "))
}
