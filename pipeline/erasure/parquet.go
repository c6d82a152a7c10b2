package erasure

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// customerColumn is the name of every column that says whose a row is, wherever
// it is nested.
const customerColumn = "customer_id"

// InParquet reports whether a row of the file is an erased customer's: whether her
// id is a value of a column customer_id. A file that cannot be read is an error.
func (l *List) InParquet(body []byte) (found bool, err error) {
	defer func() {
		if r := recover(); r != nil { // the library's answer to malformed bytes
			err = fmt.Errorf("the Parquet reader gave up: %v", r)
		}
	}()
	file, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return false, err
	}
	for _, group := range file.RowGroups() {
		for i, chunk := range group.ColumnChunks() {
			path := file.Schema().Columns()[i]
			if path[len(path)-1] != customerColumn {
				continue
			}
			if found, err = l.inChunk(chunk); found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

func (l *List) inChunk(chunk parquet.ColumnChunk) (found bool, err error) {
	pages := chunk.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		found, err := l.inPage(page)
		parquet.Release(page)
		if found || err != nil {
			return found, err
		}
	}
}

func (l *List) inPage(page parquet.Page) (bool, error) {
	values := make([]parquet.Value, page.NumValues())
	if n, err := page.Values().ReadValues(values); n < len(values) {
		return false, fmt.Errorf("%d of %d customers: %w", n, len(values), err)
	}
	previous := ""
	for _, v := range values {
		if v.Kind() != parquet.ByteArray {
			continue
		}
		// Rows of a customer stand together: she is looked up once.
		if string(v.ByteArray()) == previous { // compared in place
			continue
		}
		if previous = string(v.ByteArray()); l.Erased(previous) {
			return true, nil
		}
	}
	return false, nil
}
