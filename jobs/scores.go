package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// ScoresOptions say which commit is read and how it is written.
type ScoresOptions struct {
	Commit uint64      // 0 is the newest
	AsOf   history.Day // the scores of a day, published or backfilled
	Format string      // csv, json or parquet
}

// Scores writes one commit, every part verified before its rows. The newest is
// published without erased customers; of others their rows are left out here.
func Scores(ctx context.Context, cfg Config, opts ScoresOptions, out io.Writer) (err error) {
	st, err := openToRead(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	of, n, err := commitAt(ctx, st, opts.Commit, opts.AsOf)
	if err != nil {
		return err
	}
	reader, err := publish.At(ctx, of, n)
	if err != nil {
		return err
	}
	var erased *erasure.List
	if opts.Commit != 0 || opts.AsOf != 0 {
		if erased, err = loadErased(ctx, st, cfg); err != nil {
			return err
		}
	}
	rows := without(reader.Scores(ctx), func(row *publish.Score) bool { return erased.Erased(row.CustomerID) })
	buffered := bufio.NewWriter(out)
	switch opts.Format {
	case "csv":
		err = publish.WriteCSV(buffered, rows)
	case "json":
		err = publish.WriteJSON(buffered, rows)
	case "parquet":
		err = publish.WriteParquet(buffered, rows)
	default:
		return unknownFormat(opts.Format)
	}
	return errors.Join(err, buffered.Flush())
}

// without leaves out the rows that unwanted holds for.
func without[Row any](rows iter.Seq2[*Row, error], unwanted func(*Row) bool) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		for row, err := range rows {
			if err == nil && unwanted(row) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// openCommit opens commit n of a store, 0 for the newest.
func openCommit(ctx context.Context, st store.Store, n uint64) (*publish.Reader, error) {
	var reader *publish.Reader
	var err error
	if n == 0 {
		reader, err = publish.Head(ctx, st)
	} else {
		reader, err = publish.At(ctx, st, n)
	}
	if errors.Is(err, publish.ErrNoCommit) {
		return nil, noCommit(err)
	}
	return reader, err
}

// commitAt finds a commit: number n, 0 for the newest, or the one that shows a day,
// which may be in the series of a backfill. What was published that night comes first,
// unless a rollback has undone it; what has been collected comes last.
func commitAt(ctx context.Context, st store.Keeper, n uint64, day history.Day) (store.Store, uint64, error) {
	reader, err := openCommit(ctx, st, n)
	if day == 0 || n != 0 {
		if err != nil {
			return nil, 0, err
		}
		return st, reader.Commit.N, nil
	}
	gone := uint64(0)
	for err == nil {
		c := reader.Commit
		if c.AsOf == day {
			there, err := isThere(ctx, st, c)
			if there || err != nil {
				return st, c.N, err
			}
			gone = c.N
			break
		}
		before := c.N - 1
		if c.Kind == publish.KindRollback {
			before = c.RestoredFrom
		}
		if before == 0 {
			break
		}
		reader, err = publish.At(ctx, st, before)
	}
	if err != nil && !errors.Is(err, publish.ErrNoCommit) {
		return nil, 0, err
	}
	series := store.Within(st, seriesOf(day))
	past, err := publish.Head(ctx, series)
	if errors.Is(err, publish.ErrNoCommit) && gone > 0 {
		return st, gone, nil // whoever reads it says so
	}
	if errors.Is(err, publish.ErrNoCommit) {
		return nil, 0, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("there are no scores of %s (fill the day: perennial backfill --from %s --to %s)", day, day, day)}
	}
	if err != nil {
		return nil, 0, err
	}
	return series, past.Commit.N, nil
}

// isThere reports whether the parts of a commit have not been collected.
func isThere(ctx context.Context, st store.Store, c *publish.Commit) (bool, error) {
	for i := range c.Parts {
		_, err := st.ReadRange(ctx, c.Parts[i].Key, 0, 1)
		if errors.Is(err, store.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
