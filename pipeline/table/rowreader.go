package table

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// RowReader reads the rows of a Parquet file into structs, column by column.
// parquet-go's own reader puts each row together from boxed values first, which
// takes two to four times as long, the longer the more columns.
//
// T is a struct with parquet-go's tags: strings, booleans, signed integers, floats,
// time.Time in microseconds, structs, pointers to one of these, and slices, which do
// not nest. A null is the zero value. Columns that the file has not stay zero too;
// those that T has not are not read.
type RowReader[T any] struct {
	columns []*rowColumn
	left    int64
}

// NewRowReader returns a reader of a file's rows. Columns without, by their name or
// by their path as "reasons.text", are not read, nor is what is below them.
func NewRowReader[T any](file *parquet.File, without ...string) (r *RowReader[T], err error) {
	defer catch(&err)
	b := rowBinder{file: file, without: without}
	if err := b.fields(reflect.TypeFor[T](), file.Root(), rowPath{}); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	return &RowReader[T]{columns: b.columns, left: file.NumRows()}, nil
}

// Read fills rows with the next ones and returns how many there were; io.EOF after
// the last. What rows held before is forgotten, not written over.
func (r *RowReader[T]) Read(rows []T) (n int, err error) {
	defer catch(&err)
	n = int(min(int64(len(rows)), r.left))
	if n == 0 && len(rows) > 0 {
		return 0, io.EOF
	}
	clear(rows[:n])
	for block := range slices.Chunk(rows[:n], rowBlock) {
		values := reflect.ValueOf(block)
		for _, c := range r.columns {
			if err := c.fill(values); err != nil {
				return 0, fmt.Errorf("parquet: column %s: %w", c.path.name, err)
			}
		}
	}
	r.left -= int64(n)
	return n, nil
}

// Close frees the pages that are being read.
func (r *RowReader[T]) Close() (err error) {
	defer catch(&err)
	for _, c := range r.columns {
		err = errors.Join(err, c.close())
	}
	return err
}

// rowPath leads from a row to one of its values.
type rowPath struct {
	name  string   // names of fields, with dots
	names []string // as in the file, where a list has levels of its own
	steps []rowStep
	level byte // definition level of a value that is there as far as here
	list  bool // it goes through a list
}

// rowStep is one field of the way.
type rowStep struct {
	field   int
	level   byte // definition level from which on the field is not null
	pointer bool
	list    bool
}

// to is the path one step longer.
func (p rowPath) to(step rowStep, name string, names ...string) rowPath {
	p.name = p.below(name)
	p.names = slices.Concat(p.names, names)
	p.steps = append(slices.Clip(p.steps), step)
	p.level = step.level
	p.list = p.list || step.list
	return p
}

// below is the name of a field of what lies at p.
func (p rowPath) below(name string) string { return strings.TrimPrefix(p.name+"."+name, ".") }

// rowBinder finds the columns of a struct in a file.
type rowBinder struct {
	file    *parquet.File
	without []string
	columns []*rowColumn
}

// fields binds the fields of a struct that lies at path, node in the file.
func (b *rowBinder) fields(t reflect.Type, node parquet.Node, path rowPath) error {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("parquet"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		child := childOf(node, name)
		if child == nil || slices.Contains(b.without, path.below(name)) {
			continue
		}
		step := rowStep{field: i, level: path.level + optional(child)}
		names := []string{name}
		typ := f.Type
		switch typ.Kind() {
		case reflect.Pointer:
			step.pointer, typ = true, typ.Elem()
		case reflect.Slice:
			if slices.Contains(strings.Split(options, ","), "list") {
				names = append(names, "list", "element")
				child = childOf(child, "list")
			}
			if child == nil || !child.Repeated() || path.list {
				return fmt.Errorf("%s: not a list of values", path.below(name))
			}
			step.list, step.level, typ = true, step.level+1, typ.Elem()
			if len(names) > 1 {
				child = childOf(child, "element")
			}
		}
		if err := b.value(typ, child, path.to(step, name, names...)); err != nil {
			return err
		}
	}
	return nil
}

// value binds what lies at path.
func (b *rowBinder) value(t reflect.Type, node parquet.Node, path rowPath) error {
	if node == nil {
		return fmt.Errorf("%s: a list without elements", path.name)
	}
	if t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() {
		return b.fields(t, node, path)
	}
	leaf, ok := b.file.Schema().Lookup(path.names...)
	if !ok {
		return fmt.Errorf("%s: not a value", path.name)
	}
	set := setter(t, leaf.Node.Type())
	if set == nil || leaf.MaxRepetitionLevel > 1 || (leaf.MaxRepetitionLevel == 1) != path.list {
		return fmt.Errorf("%s: %v in the file, not %v", path.name, leaf.Node.Type(), t)
	}
	b.columns = append(b.columns, &rowColumn{
		path: path, set: set, defined: byte(leaf.MaxDefinitionLevel), groups: b.file.RowGroups(), index: int(leaf.ColumnIndex),
	})
	return nil
}

func childOf(node parquet.Node, name string) parquet.Node {
	if node.Leaf() {
		return nil
	}
	for _, f := range node.Fields() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}

func optional(node parquet.Node) byte {
	if node.Optional() {
		return 1
	}
	return 0
}

// setter returns what writes a value of a file's type to a variable of type t, nil
// if it does not fit there.
func setter(t reflect.Type, typ parquet.Type) func(c *rowColumn, to reflect.Value, v *parquet.Value) {
	kind := typ.Kind()
	switch {
	case t == reflect.TypeFor[time.Time]():
		if inMicroseconds(typ) {
			return func(_ *rowColumn, to reflect.Value, v *parquet.Value) {
				to.Set(reflect.ValueOf(time.UnixMicro(v.Int64()).UTC()))
			}
		}
	case t.Kind() == reflect.String && kind == parquet.ByteArray:
		return func(c *rowColumn, to reflect.Value, v *parquet.Value) { to.SetString(c.text(v.ByteArray())) }
	case t.Kind() == reflect.Bool && kind == parquet.Boolean:
		return func(_ *rowColumn, to reflect.Value, v *parquet.Value) { to.SetBool(v.Boolean()) }
	case t.Kind() == reflect.Float64 && kind == parquet.Double:
		return func(_ *rowColumn, to reflect.Value, v *parquet.Value) { to.SetFloat(v.Double()) }
	case t.Kind() == reflect.Float32 && kind == parquet.Float:
		return func(_ *rowColumn, to reflect.Value, v *parquet.Value) { to.SetFloat(float64(v.Float())) }
	case isInt(t) && kind == parquet.Int32:
		return func(_ *rowColumn, to reflect.Value, v *parquet.Value) { to.SetInt(int64(v.Int32())) }
	case isInt(t) && kind == parquet.Int64 && t.Bits() == 64:
		return func(_ *rowColumn, to reflect.Value, v *parquet.Value) { to.SetInt(v.Int64()) }
	}
	return nil
}

func isInt(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64 }

func inMicroseconds(typ parquet.Type) bool {
	logical := typ.LogicalType()
	if typ.Kind() != parquet.Int64 || logical == nil {
		return false
	}
	timestamp, ok := logical.Value.(*format.TimestampType)
	if !ok {
		return false
	}
	_, ok = timestamp.Unit.Value.(*format.MicroSeconds)
	return ok
}

// rowColumn reads one column of the file.
type rowColumn struct {
	path    rowPath
	set     func(c *rowColumn, to reflect.Value, v *parquet.Value)
	defined byte // definition level of a value that is not null
	groups  []parquet.RowGroup
	index   int

	pages  parquet.Pages // of the group before groups; nil between groups
	page   parquet.Page
	values parquet.ValueReader
	buffer []parquet.Value   // some values of page
	at     int               // what comes next in buffer
	words  map[string]string // copied from page's dictionary; nil without one
	last   string            // of words
	length int               // of the last list
	err    error             // why there is no more
}

// rowBlock is how many rows are filled at a time, and how many values of a column
// are decoded at a time: rows of a hundred columns stay in the cache then.
const rowBlock = 64

// fill reads the column of as many rows as there are.
func (c *rowColumn) fill(rows reflect.Value) error {
	for i := range rows.Len() {
		if !c.more() {
			return cmp.Or(c.err, io.ErrUnexpectedEOF)
		}
		row := rows.Index(i)
		c.put(row, 0, &c.buffer[c.at])
		c.at++
		if !c.path.list {
			continue
		}
		for k := 1; ; k++ {
			if !c.more() || c.buffer[c.at].RepetitionLevel() == 0 {
				c.length = k
				break
			}
			c.put(row, k, &c.buffer[c.at])
			c.at++
		}
	}
	return c.err
}

// put writes v, the k-th of a list if it is in one, where it belongs.
func (c *rowColumn) put(at reflect.Value, k int, v *parquet.Value) {
	level := byte(v.DefinitionLevel())
	for i := range c.path.steps {
		s := &c.path.steps[i]
		if level < s.level {
			return
		}
		at = at.Field(s.field)
		switch {
		case s.list:
			if at.Len() <= k {
				if at.Cap() <= k {
					at.Grow(max(1, c.length-k))
				}
				at.SetLen(k + 1)
			}
			at = at.Index(k)
		case s.pointer:
			if at.IsNil() {
				at.Set(reflect.New(at.Type().Elem()))
			}
			at = at.Elem()
		}
	}
	if level == c.defined {
		c.set(c, at, v)
	}
}

// text returns a copy of b. Words of a dictionary are copied once for a page.
func (c *rowColumn) text(b []byte) string {
	if c.words == nil {
		return string(b)
	}
	if c.last == string(b) {
		return c.last
	}
	word, ok := c.words[string(b)]
	if !ok {
		word = string(b)
		c.words[word] = word
	}
	c.last = word
	return word
}

// more reports whether buffer has a value at at. It decodes more of them if need
// be; after the last, and after an error, there is none.
func (c *rowColumn) more() bool {
	return c.at < len(c.buffer) || c.err == nil && c.decode()
}

// decode fills buffer.
func (c *rowColumn) decode() bool {
	for c.buffer, c.at = c.buffer[:0], 0; ; {
		if c.values != nil {
			n, err := c.values.ReadValues(c.buffer[:cap(c.buffer)])
			if err != nil && err != io.EOF {
				c.err = err
				return false
			}
			if c.buffer = c.buffer[:n]; n > 0 {
				return true
			}
		}
		if err := c.turn(); err != nil {
			if err != io.EOF {
				c.err = err
			}
			return false
		}
	}
}

// turn goes to the next page; io.EOF after the last.
func (c *rowColumn) turn() (err error) {
	if c.page != nil {
		parquet.Release(c.page)
		c.page, c.values = nil, nil
	}
	for {
		if c.pages == nil {
			if len(c.groups) == 0 {
				return io.EOF
			}
			c.pages, c.groups = c.groups[0].ColumnChunks()[c.index].Pages(), c.groups[1:]
		}
		c.page, err = c.pages.ReadPage()
		if err == nil {
			break
		}
		c.page = nil
		if err != io.EOF {
			return err
		}
		err, c.pages = c.pages.Close(), nil
		if err != nil {
			return err
		}
	}
	c.values = c.page.Values()
	if c.buffer == nil {
		c.buffer = make([]parquet.Value, 0, rowBlock)
	}
	c.words = nil
	if c.page.Dictionary() != nil {
		c.words = make(map[string]string)
	}
	return nil
}

func (c *rowColumn) close() error {
	if c.page != nil {
		parquet.Release(c.page)
		c.page, c.values, c.buffer = nil, nil, nil
	}
	if c.pages == nil {
		return nil
	}
	err := c.pages.Close()
	c.pages = nil
	return err
}
