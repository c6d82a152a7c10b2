package table

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Parquet is an open Parquet file of flat columns, read a page at a time, which
// is several times as fast as by rows. A damaged file answers every method with
// an error: parquet-go's panics are caught, and what a page may unpack to is
// bounded before it is decoded.
type Parquet struct {
	reader  io.ReaderAt
	file    *parquet.File
	columns map[string]int
}

// OpenParquet reads the footer of a file of size bytes.
func OpenParquet(r io.ReaderAt, size int64) (p *Parquet, err error) {
	defer catch(&err)
	if err := checkFooter(r, size); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	// The page index would only be needed to seek.
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(1<<18))
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	p = &Parquet{reader: r, file: file, columns: map[string]int{}}
	for i, path := range file.Schema().Columns() {
		if len(path) == 1 {
			p.columns[path[0]] = i
		}
	}
	for _, group := range file.Metadata().RowGroups {
		if group.NumRows < 0 || len(group.Columns) != len(file.Schema().Columns()) {
			return nil, fmt.Errorf("parquet: %w", errFooter)
		}
	}
	return p, nil
}

// Rows returns the number of rows that the footer claims.
func (p *Parquet) Rows() int64 { return p.file.NumRows() }

// Names returns the columns in the file's order.
func (p *Parquet) Names() []string {
	var names []string
	for _, path := range p.file.Schema().Columns() {
		if len(path) == 1 {
			names = append(names, path[0])
		}
	}
	return names
}

// Kind returns the physical type of a column's values; ok is false if the file
// has no such flat column.
func (p *Parquet) Kind(name string) (kind parquet.Kind, ok bool) {
	leaf, ok := p.file.Schema().Lookup(name)
	if !ok || !leaf.Node.Leaf() || leaf.Node.Repeated() {
		return 0, false
	}
	return leaf.Node.Type().Kind(), true
}

// Pages calls visit with the pages of a column in order. A page and what it
// refers to are valid only during the call, a page's Dictionary until the
// dictionary of another page differs.
func (p *Parquet) Pages(name string, visit func(parquet.Page) error) (err error) {
	defer catch(&err)
	column, ok := p.columns[name]
	if !ok {
		return fmt.Errorf("parquet: no column %q", name)
	}
	for g, group := range p.file.RowGroups() {
		meta := &p.file.Metadata().RowGroups[g]
		if err := p.checkPages(&meta.Columns[column].MetaData, meta.NumRows); err != nil {
			return fmt.Errorf("parquet: column %q: %w", name, err)
		}
		if err := visitPages(group.ColumnChunks()[column], visit); err != nil {
			return fmt.Errorf("parquet: column %q: %w", name, err)
		}
	}
	return nil
}

func visitPages(chunk parquet.ColumnChunk, visit func(parquet.Page) error) (err error) {
	pages := chunk.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		err = visit(page)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

const (
	// A page may unpack to freePage bytes, or to pageRatio times its size: a
	// page of one repeated value is much smaller than what it stands for.
	freePage  = 64 << 20
	pageRatio = 4096
	// pageHeader is more than the header of a page takes.
	pageHeader = 1 << 16
)

var errPage = errors.New("damaged page")

// checkPages walks the headers of a column chunk of rows rows.
func (p *Parquet) checkPages(c *format.ColumnMetaData, rows int64) error {
	at := c.DataPageOffset
	if c.DictionaryPageOffset > 0 {
		at = min(at, c.DictionaryPageOffset)
	}
	end := at + c.TotalCompressedSize
	if at < 0 || end < at || end > p.file.Size() {
		return errPage
	}
	window := make([]byte, min(pageHeader, end-at))
	var protocol thrift.CompactProtocol
	for values := int64(0); at < end && values < c.NumValues; {
		n, err := p.reader.ReadAt(window[:min(int64(len(window)), end-at)], at)
		if err != nil && err != io.EOF {
			return err
		}
		header := format.PageHeader{}
		bytes := protocol.NewReaderFromBytes(window[:n])
		if err := thrift.NewDecoder(bytes).Decode(&header); err != nil {
			return errPage
		}
		at += int64(bytes.BytesRead()) + int64(header.CompressedPageSize)
		most := max(freePage, pageRatio*int64(header.CompressedPageSize))
		claimed := int64(header.DataPageHeader.V.NumValues) + int64(header.DataPageHeaderV2.V.NumValues)
		if header.CompressedPageSize < 0 || at > end || int64(header.UncompressedPageSize) > most || claimed > rows || 4*claimed > most {
			return errPage
		}
		values += claimed
	}
	return nil
}

// catch turns a panic into an error. parquet-go panics on some damaged files,
// as an index out of range; a bug of ours would show in the trace.
func catch(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("parquet: damaged file: %v\n%s", r, debug.Stack())
	}
}
