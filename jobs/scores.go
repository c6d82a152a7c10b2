package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// ScoresOptions say which commit is read and how it is written.
type ScoresOptions struct {
	Commit uint64 // 0 is the newest
	Format string // csv, json or parquet
}

// Scores writes one commit, every part verified before its rows.
func Scores(ctx context.Context, location string, opts ScoresOptions, out io.Writer) (err error) {
	st, err := openToRead(location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	reader, err := openCommit(ctx, st, opts.Commit)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	switch rows := reader.Scores(ctx); opts.Format {
	case "csv":
		err = publish.WriteCSV(buffered, rows)
	case "json":
		err = publish.WriteJSON(buffered, rows)
	case "parquet":
		err = publish.WriteParquet(buffered, rows)
	default:
		return &command.Error{Code: command.ExitUsage, Err: fmt.Errorf("scores: format %q (use csv, json or parquet)", opts.Format)}
	}
	return errors.Join(err, buffered.Flush())
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
		return nil, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("%w (run the first night: perennial nightly)", err)}
	}
	return reader, err
}
