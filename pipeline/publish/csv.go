package publish

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"reflect"
)

// WriteCSV writes a header and a line for each row: null is an empty cell, a list
// or structure is JSON within its cell, dates are 2006-01-02, times RFC 3339. It is
// for programs: texts are written as they are, without the quote that keeps a
// spreadsheet from running a cell as a formula.
func WriteCSV(w io.Writer, rows iter.Seq2[*Score, error]) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(contract))
	for i := range contract {
		cells[i] = contract[i].name
	}
	if err := out.Write(cells); err != nil {
		return fmt.Errorf("publish: write csv: %w", err)
	}
	text := newTextWriter()
	for s, err := range rows {
		if err != nil {
			return err
		}
		row := reflect.ValueOf(s).Elem()
		for i := range contract {
			if cells[i], err = text.cell(contract[i].cell(row)); err != nil {
				return fmt.Errorf("publish: write csv: customer %q: %s: %w", s.CustomerID, contract[i].name, err)
			}
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("publish: write csv: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("publish: write csv: %w", err)
	}
	return nil
}
