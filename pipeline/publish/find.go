package publish

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// findRows is how many rows are decoded at a time within the page that may hold
// a customer.
const findRows = 64

// Find returns the row of one customer, or ErrNoCustomer. It reads one part and
// decodes one page of it.
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
		if row != nil || err != nil {
			return row, err
		}
	}
	return nil, ErrNoCustomer
}

// findInGroup returns the customer's row, or nil if the row group has none: the
// Bloom filter rules most groups out, the page index leads to the page.
func findInGroup(group parquet.RowGroup, customerID string) (*Score, error) {
	leaf, found := group.Schema().Lookup("customer_id")
	if !found {
		return nil, fmt.Errorf("%w: no column customer_id", ErrCorrupt)
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
	page := parquet.Search(index, id, chunk.Type())
	if page == index.NumPages() {
		return nil, nil
	}
	return findFrom(group, offsets.FirstRowIndex(page), customerID)
}

// findFrom reads sorted rows from one on until the customer or a later one.
func findFrom(group parquet.RowGroup, first int64, customerID string) (row *Score, err error) {
	reader := parquet.NewGenericRowGroupReader[Score](group)
	defer func() { err = errors.Join(err, reader.Close()) }()
	if err := reader.SeekToRow(first); err != nil {
		return nil, err
	}
	batch := make([]Score, findRows)
	for {
		n, err := reader.Read(batch)
		for i := range batch[:n] {
			switch id := batch[i].CustomerID; {
			case id == customerID:
				return &batch[i], nil
			case id > customerID:
				return nil, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	}
}
