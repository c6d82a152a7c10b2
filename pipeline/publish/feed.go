package publish

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// FeedRow is one row of the feed of changes: a DeltaRow with its commit. Rows of
// several commits are applied in order.
type FeedRow struct {
	Commit uint64 `parquet:"commit"`
	DeltaRow
}

// Feed yields the rows of all changes after the given commit, oldest first, and
// calls done with each commit whose rows have all been yielded. Errors are those of
// Changes.
func Feed(ctx context.Context, changes iter.Seq2[*ChangeSet, error], done func(n uint64)) iter.Seq2[*FeedRow, error] {
	return func(yield func(*FeedRow, error) bool) {
		for set, err := range changes {
			if err != nil {
				yield(nil, err)
				return
			}
			for row, err := range set.Rows(ctx) {
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(&FeedRow{set.Commit.N, *row}, nil) {
					return
				}
			}
			done(set.Commit.N)
		}
	}
}

// feedColumns stand before the contract's in a feed of text.
var feedColumns = []string{"commit", "op", "customer_id", "changed", "previous_row_hash"}

// scoreColumns returns the columns of a score that follow feedColumns: all but the
// id, which a tombstone has too.
func scoreColumns() []column { return contract[1:] }

// WriteFeedCSV writes the feed as WriteCSV writes scores; the score's cells of a
// tombstone are empty.
func WriteFeedCSV(w io.Writer, rows iter.Seq2[*FeedRow, error]) error {
	out := csv.NewWriter(w)
	cells := append([]string(nil), feedColumns...)
	for _, c := range scoreColumns() {
		cells = append(cells, c.name)
	}
	if err := out.Write(cells); err != nil {
		return fmt.Errorf("publish: write csv: %w", err)
	}
	text := newTextWriter()
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := row.fill(cells, text); err != nil {
			return fmt.Errorf("publish: write csv: customer %q: %w", row.CustomerID, err)
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

// fill sets the cells of the row.
func (r *FeedRow) fill(cells []string, text *textWriter) error {
	changed, err := text.json(append([]string{}, r.Changed...))
	if err != nil {
		return err
	}
	copy(cells, []string{strconv.FormatUint(r.Commit, 10), r.Op, r.CustomerID, string(changed), r.PreviousRowHash})
	clear(cells[len(feedColumns):])
	if r.Score == nil {
		return nil
	}
	score := reflect.ValueOf(r.Score).Elem()
	for i, c := range scoreColumns() {
		if cells[len(feedColumns)+i], err = text.cell(c.cell(score)); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// WriteFeedJSON writes one object a line: commit, op, customer_id, changed,
// previous_row_hash and score, which is null for a tombstone.
func WriteFeedJSON(w io.Writer, rows iter.Seq2[*FeedRow, error]) error {
	out := bufio.NewWriter(w)
	text := newTextWriter()
	for row, err := range rows {
		if err != nil {
			return err
		}
		var hash any
		if row.PreviousRowHash != "" {
			hash = row.PreviousRowHash
		}
		opening := byte('{')
		for i, value := range []any{row.Commit, row.Op, row.CustomerID, append([]string{}, row.Changed...), hash} {
			encoded, err := text.json(value)
			if err != nil {
				return fmt.Errorf("publish: write json: customer %q: %w", row.CustomerID, err)
			}
			fmt.Fprintf(out, "%c%q:%s", opening, feedColumns[i], encoded)
			opening = ','
		}
		out.WriteString(`,"score":`)
		if row.Score == nil {
			out.WriteString("null}\n")
			continue
		}
		// The score's own line, with the bracket that ends the row.
		if err := writeScore(out, text, row.Score); err != nil {
			return err
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

// WriteFeedParquet writes the feed as one file. After an error it has no footer.
func WriteFeedParquet(w io.Writer, rows iter.Seq2[*FeedRow, error]) error {
	return writeParquet(parquet.NewGenericWriter[FeedRow](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroupRows)), rows)
}
