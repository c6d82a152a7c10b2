package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"perennial/pipeline/store"
	"perennial/pipeline/table"
)

// Part is one staged or published object: the rows of one hash bucket, sorted by
// customer_id, as Parquet.
type Part struct {
	Key    string `json:"key"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// bloomBits per customer make one lookup in a hundred a false alarm.
const bloomBits = 10

// pageRowBytes is what a page of a small part sets aside for a row. The library's
// default, whatever the rows, is megabytes over sixty columns.
const pageRowBytes = 32

// rowGroupRows bounds what a writer of parts buffers, a few hundred bytes a row.
const rowGroupRows = 128 << 10

// newParquetWriter returns a writer of rows in the published format.
func newParquetWriter(w io.Writer, options ...parquet.WriterOption) *parquet.GenericWriter[Score] {
	return parquet.NewGenericWriter[Score](w, append(options,
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowGroupRows),
		parquet.BloomFilters(parquet.SplitBlockFilter(bloomBits, "customer_id")),
	)...)
}

// encodePart returns rows as Parquet; the same rows give the same bytes.
func encodePart(rows []Score) ([]byte, error) {
	var body bytes.Buffer
	w := newParquetWriter(&body,
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

// fetch reads the part's bytes and compares them with what the record says.
func (p *Part) fetch(ctx context.Context, st store.Store) ([]byte, error) {
	body, err := st.Read(ctx, p.Key)
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != p.Size {
		return nil, fmt.Errorf("%s: %w: %d bytes, the commit says %d", p.Key, ErrCorrupt, len(body), p.Size)
	}
	if sum := digest(body); sum != p.SHA256 {
		return nil, fmt.Errorf("%s: %w: SHA-256 %s, the commit says %s", p.Key, ErrCorrupt, sum, p.SHA256)
	}
	return body, nil
}

// scan decodes the part's rows into batch again and again and hands each filled
// stretch to visit. Columns without are not read.
func (p *Part) scan(file *parquet.File, batch []Score, visit func(rows []Score) error, without ...string) (err error) {
	reader, err := table.NewRowReader[Score](file, without...)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for left := p.Rows; left > 0; {
		n, err := reader.Read(batch)
		if err != nil {
			return fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
		}
		if err := visit(batch[:n]); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

// open reads the footer of the part's verified bytes.
func (p *Part) open(body []byte) (file *parquet.File, err error) {
	defer recoverCorrupt(p.Key, &err)
	file, err = parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", p.Key, ErrCorrupt, err)
	}
	if file.NumRows() != p.Rows {
		return nil, fmt.Errorf("%s: %w: %d rows, the commit says %d", p.Key, ErrCorrupt, file.NumRows(), p.Rows)
	}
	return file, nil
}

// recoverCorrupt turns a panic of the Parquet reader, which it answers malformed
// bytes with, into an error.
func recoverCorrupt(key string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: %w: the Parquet reader gave up: %v", key, ErrCorrupt, r)
	}
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
