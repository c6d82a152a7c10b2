package publish

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"reflect"
)

// WriteJSON writes one object a line, with the contract's columns in order.
func WriteJSON(w io.Writer, rows iter.Seq2[*Score, error]) error {
	out := bufio.NewWriter(w)
	text := newTextWriter()
	for s, err := range rows {
		if err != nil {
			return err
		}
		if err := writeScore(out, text, s); err != nil {
			return err
		}
		if err := out.WriteByte('\n'); err != nil {
			return fmt.Errorf("publish: write json: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("publish: write json: %w", err)
	}
	return nil
}

// writeScore writes the row as an object.
func writeScore(out *bufio.Writer, text *textWriter, s *Score) error {
	row := reflect.ValueOf(s).Elem()
	opening := byte('{')
	for i := range contract {
		value, err := text.json(contract[i].cell(row))
		if err != nil {
			return fmt.Errorf("publish: write json: customer %q: %s: %w", s.CustomerID, contract[i].name, err)
		}
		out.WriteByte(opening)
		out.WriteByte('"')
		out.WriteString(contract[i].name)
		out.WriteString(`":`)
		out.Write(value)
		opening = ','
	}
	if err := out.WriteByte('}'); err != nil {
		return fmt.Errorf("publish: write json: %w", err)
	}
	return nil
}
