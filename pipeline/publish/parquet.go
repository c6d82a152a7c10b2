package publish

import (
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
)

// WriteParquet writes the rows, in the order they come, as one file in the
// format of a part. After an error the file has no footer, so nobody can take it
// for a whole one.
func WriteParquet(w io.Writer, rows iter.Seq2[*Score, error]) error {
	return writeParquet(newParquetWriter(w), rows)
}

// writeParquet writes the rows in batches, and the footer after the last.
func writeParquet[Row any](out *parquet.GenericWriter[Row], rows iter.Seq2[*Row, error]) error {
	batch := make([]Row, 0, scanRows)
	for row, err := range rows {
		if err != nil {
			return err
		}
		if batch = append(batch, *row); len(batch) < cap(batch) {
			continue
		}
		if _, err := out.Write(batch); err != nil {
			return fmt.Errorf("publish: write parquet: %w", err)
		}
		batch = batch[:0]
	}
	if _, err := out.Write(batch); err != nil {
		return fmt.Errorf("publish: write parquet: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("publish: write parquet: %w", err)
	}
	return nil
}
