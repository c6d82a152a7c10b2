package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// rowsPerGroup is how many rows WriteParquet gives a row group: what a reader
// must hold of a column at a time.
const rowsPerGroup = 1 << 17

// WriteParquet writes the table as a Parquet file with snappy, columns in their
// order: Numbers as float32 with NaN, Texts as strings with "" for missing.
func (t *Table) WriteParquet(w io.Writer) error {
	if len(t.Columns) == 0 {
		return errors.New("table: write Parquet: no columns")
	}
	nodes := orderedGroup{parquet.Group{}, t.Names()}
	for _, c := range t.Columns {
		node := parquet.Leaf(parquet.FloatType)
		if c.Numbers == nil {
			node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		}
		nodes.Group[c.Name] = parquet.Compressed(node, &parquet.Snappy)
	}
	out := parquet.NewGenericWriter[any](w, parquet.NewSchema("table", nodes))
	for from := 0; from < t.rows; from += rowsPerGroup {
		if err := t.writeRows(out, from, min(from+rowsPerGroup, t.rows)); err != nil {
			return fmt.Errorf("table: write Parquet: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("table: write Parquet: %w", err)
	}
	return nil
}

// writeRows writes rows [from, to) as one row group.
func (t *Table) writeRows(out *parquet.GenericWriter[any], from, to int) error {
	values := make([]parquet.Value, 0, to-from)
	for j, writer := range out.ColumnWriters() {
		values = values[:0]
		if numbers := t.Columns[j].Numbers; numbers != nil {
			for _, x := range numbers[from:to] {
				values = append(values, parquet.FloatValue(x))
			}
		} else {
			for _, s := range t.Columns[j].Texts[from:to] {
				values = append(values, parquet.ByteArrayValue([]byte(s)))
			}
		}
		if _, err := writer.WriteRowValues(values); err != nil {
			return err
		}
	}
	return out.Flush()
}

// orderedGroup is a group whose fields keep their order; those of a
// parquet.Group are sorted by name.
type orderedGroup struct {
	parquet.Group
	names []string
}

func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(g.names, a.Name()) - slices.Index(g.names, b.Name())
	})
	return fields
}

// ReadParquet reads columns of a Parquet file of size bytes, all flat ones if
// none is named. Numbers of any type become float32 and are NaN where null,
// booleans 0 and 1; everything else becomes text, "" where null.
func ReadParquet(r io.ReaderAt, size int64, columns ...string) (*Table, error) {
	p, err := OpenParquet(r, size)
	if err != nil {
		return nil, fmt.Errorf("table: read Parquet: %w", err)
	}
	if len(columns) == 0 {
		columns = p.Names()
	}
	read := make([]Column, len(columns))
	for i, name := range columns {
		if read[i], err = p.column(name); err != nil {
			return nil, fmt.Errorf("table: read Parquet: %w", err)
		}
		if n := max(len(read[i].Numbers), len(read[i].Texts)); int64(n) != p.Rows() {
			return nil, fmt.Errorf("table: read Parquet: column %q has %d rows, the footer says %d", name, n, p.Rows())
		}
	}
	return New(read...)
}

// column reads one column whole.
func (p *Parquet) column(name string) (Column, error) {
	c := Column{Name: name}
	kind, ok := p.Kind(name)
	if !ok {
		return c, fmt.Errorf("no flat column %q (there are %q)", name, p.Names())
	}
	if text := kind == parquet.ByteArray || kind == parquet.FixedLenByteArray || kind == parquet.Int96; text {
		c.Texts = []string{}
		return c, p.Pages(name, func(page parquet.Page) error {
			return eachValue(page, func(v parquet.Value) {
				if v.IsNull() {
					c.Texts = append(c.Texts, "")
				} else {
					c.Texts = append(c.Texts, v.String())
				}
			})
		})
	}
	c.Numbers = []float32{}
	return c, p.Pages(name, func(page parquet.Page) error {
		if kind == parquet.Float && page.NumNulls() == 0 && page.Dictionary() == nil {
			data := page.Data()
			c.Numbers = append(c.Numbers, data.Float()...)
			return nil
		}
		return eachValue(page, func(v parquet.Value) { c.Numbers = append(c.Numbers, numberOf(v)) })
	})
}

// numberOf returns a value of a numeric kind, NaN for null.
func numberOf(v parquet.Value) float32 {
	if v.IsNull() {
		return float32(math.NaN())
	}
	switch v.Kind() {
	case parquet.Boolean:
		if v.Boolean() {
			return 1
		}
		return 0
	case parquet.Int32:
		return float32(v.Int32())
	case parquet.Int64:
		return float32(v.Int64())
	case parquet.Float:
		return v.Float()
	default:
		return float32(v.Double())
	}
}

// eachValue visits the values of a page, nulls included.
func eachValue(page parquet.Page, visit func(parquet.Value)) error {
	reader := page.Values()
	var buffer [256]parquet.Value
	for {
		n, err := reader.ReadValues(buffer[:])
		for _, v := range buffer[:n] {
			visit(v)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
