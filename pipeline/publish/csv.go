package publish

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strconv"
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

// WriteJSON writes one object a line, with the contract's columns in order.
func WriteJSON(w io.Writer, rows iter.Seq2[*Score, error]) error {
	out := bufio.NewWriter(w)
	text := newTextWriter()
	for s, err := range rows {
		if err != nil {
			return err
		}
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
		if _, err := out.WriteString("}\n"); err != nil {
			return fmt.Errorf("publish: write json: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("publish: write json: %w", err)
	}
	return nil
}

// WriteParquet writes one file in the format of a part. Rows of several parts are
// sorted within each part only.
func WriteParquet(w io.Writer, rows iter.Seq2[*Score, error]) (err error) {
	out := newParquetWriter(w)
	defer func() { err = errors.Join(err, out.Close()) }()
	for s, err := range rows {
		if err != nil {
			return err
		}
		if _, err := out.Write([]Score{*s}); err != nil {
			return fmt.Errorf("publish: write parquet: %w", err)
		}
	}
	return nil
}

// textWriter turns cells into text, reusing one buffer.
type textWriter struct {
	buffer  bytes.Buffer
	encoder *json.Encoder
}

func newTextWriter() *textWriter {
	t := new(textWriter)
	t.encoder = json.NewEncoder(&t.buffer)
	t.encoder.SetEscapeHTML(false) // product ids with & stay as they are
	return t
}

// json returns the cell as JSON, good until the next call.
func (t *textWriter) json(cell any) ([]byte, error) {
	t.buffer.Reset()
	err := t.encoder.Encode(cell)
	return bytes.TrimSuffix(t.buffer.Bytes(), []byte("\n")), err
}

// cell returns the cell as a CSV cell.
func (t *textWriter) cell(cell any) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	value, err := t.json(cell)
	return string(value), err
}
