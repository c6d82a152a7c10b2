package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// Find returns the row of one customer, or ErrNoCustomer. It reads one part and
// decodes one row of it.
func (r *Reader) Find(ctx context.Context, customerID string) (*Score, error) {
	p := &r.Commit.Parts[BucketOf(customerID, len(r.Commit.Parts))]
	body, err := r.fetch(ctx, p)
	if err != nil {
		return nil, err
	}
	row, err := p.find(body, customerID)
	if err != nil {
		return nil, fmt.Errorf("publish: find customer %q in commit %d: %w", customerID, r.Commit.N, err)
	}
	return row, nil
}

// find looks the customer up in the part's verified bytes.
func (p *Part) find(body []byte, customerID string) (row *Score, err error) {
	file, err := p.open(body)
	if err != nil {
		return nil, err
	}
	defer recoverCorrupt(p.Key, &err)
	for _, group := range file.RowGroups() {
		row, err := findInGroup(group, customerID)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
		}
		if row != nil {
			return row, nil
		}
	}
	return nil, ErrNoCustomer
}

// findInGroup returns the customer's row, or nil if the row group has none: the
// Bloom filter rules most groups out, the page index leads to the page.
func findInGroup(group parquet.RowGroup, customerID string) (*Score, error) {
	leaf, found := group.Schema().Lookup("customer_id")
	if !found {
		return nil, errors.New("no column customer_id")
	}
	chunk, id := group.ColumnChunks()[leaf.ColumnIndex], parquet.ValueOf(customerID)
	if bloom := chunk.BloomFilter(); bloom != nil {
		if may, err := bloom.Check(id); err != nil || !may {
			return nil, err
		}
	}
	index, err := chunk.ColumnIndex()
	if err != nil {
		return nil, err
	}
	offsets, err := chunk.OffsetIndex()
	if err != nil {
		return nil, err
	}
	// The index keeps the first bytes of ids alone, so several pages may fit.
	for page := parquet.Search(index, id, chunk.Type()); page < index.NumPages(); page++ {
		if chunk.Type().Compare(id, index.MinValue(page)) < 0 {
			return nil, nil
		}
		first := offsets.FirstRowIndex(page)
		offset, err := findInPage(chunk, first, id)
		if err != nil {
			return nil, err
		}
		if offset >= 0 {
			return readRow(group, first+offset)
		}
	}
	return nil, nil
}

// findInPage returns where id is in the page that begins at row first, or -1.
func findInPage(chunk parquet.ColumnChunk, first int64, id parquet.Value) (offset int64, err error) {
	pages := chunk.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	if err := pages.SeekToRow(first); err != nil {
		return -1, err
	}
	page, err := pages.ReadPage()
	if err != nil {
		return -1, err
	}
	defer parquet.Release(page)
	ids := make([]parquet.Value, page.NumValues())
	if n, err := page.Values().ReadValues(ids); n < len(ids) {
		return -1, fmt.Errorf("%d of %d ids: %w", n, len(ids), err)
	}
	at, found := slices.BinarySearchFunc(ids, id, chunk.Type().Compare)
	if !found {
		return -1, nil
	}
	return int64(at), nil
}

// readRow decodes one row of the group.
func readRow(group parquet.RowGroup, i int64) (row *Score, err error) {
	reader := parquet.NewGenericRowGroupReader[Score](group)
	defer func() { err = errors.Join(err, reader.Close()) }()
	if err := reader.SeekToRow(i); err != nil {
		return nil, err
	}
	rows := make([]Score, 1)
	if n, err := reader.Read(rows); n == 0 {
		return nil, fmt.Errorf("row %d: %w", i, err)
	}
	return &rows[0], nil
}
