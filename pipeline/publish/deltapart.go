package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go"

	"perennial/pipeline/store"
	"perennial/pipeline/table"
)

// encodeDelta returns rows as Parquet; the same rows give the same bytes.
func encodeDelta(rows []DeltaRow) ([]byte, error) {
	var body bytes.Buffer
	w := parquet.NewGenericWriter[DeltaRow](&body,
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowGroupRows),
		parquet.SortingWriterConfig(parquet.SortingColumns(parquet.Ascending("customer_id"))),
		parquet.PageBufferSize(min(parquet.DefaultPageBufferSize, 1024+pageRowBytes*len(rows))))
	if _, err := w.Write(rows); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// readDelta returns the rows of a delta's part, whose bytes are compared with
// what the record says. Columns without are not read.
func (p *Part) readDelta(ctx context.Context, st store.Store, without ...string) (rows []DeltaRow, err error) {
	body, err := p.fetch(ctx, st)
	if err != nil {
		return nil, err
	}
	file, err := p.open(body)
	if err != nil {
		return nil, err
	}
	reader, err := table.NewRowReader[DeltaRow](file, without...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	rows = make([]DeltaRow, p.Rows)
	if n, err := reader.Read(rows); n < len(rows) {
		return nil, fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
	}
	return rows, nil
}

// countDelta reads a delta's part back and returns how many rows write and how
// many remove a customer, all in order and in their bucket.
func (p *Part) countDelta(ctx context.Context, st store.Store, k, buckets int) (upserts, deletes int64, err error) {
	rows, err := p.readDelta(ctx, st, "changed", "previous_row_hash", "score")
	if err != nil {
		return 0, 0, err
	}
	previous := ""
	for i := range rows {
		id := rows[i].CustomerID
		if id <= previous || BucketOf(id, buckets) != k {
			return 0, 0, fmt.Errorf("%s: %w: customer %q is out of place", p.Key, ErrCorrupt, id)
		}
		previous = id
		switch rows[i].Op {
		case Upsert:
			upserts++
		case Delete:
			deletes++
		default:
			return 0, 0, fmt.Errorf("%s: %w: customer %q: operation %q", p.Key, ErrCorrupt, id, rows[i].Op)
		}
	}
	return upserts, deletes, nil
}

// verify reads every byte of the delta and compares it with the record.
func (d *Delta) verify(ctx context.Context, st store.Store) error {
	var upserts, deletes int64
	for k := range d.Parts {
		u, del, err := d.Parts[k].countDelta(ctx, st, k, len(d.Parts))
		if err != nil {
			return err
		}
		upserts += u
		deletes += del
	}
	if upserts != d.Counts.Upserted || deletes != d.Counts.Tombstones {
		return fmt.Errorf("%w: a delta of %d upserts and %d deletes, the record says %d and %d", ErrCorrupt, upserts, deletes, d.Counts.Upserted, d.Counts.Tombstones)
	}
	return nil
}
