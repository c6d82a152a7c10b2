package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/publish"
)

// Changes writes what changed after a commit, for whoever shows scores and has
// applied that one. It returns the newest commit that was written whole: the next
// call asks from there. publish.ErrReadAll says that changes cannot be followed
// from where the caller is. Of erased customers it writes tombstones alone.
func Changes(ctx context.Context, cfg Config, since uint64, format string, out io.Writer) (applied uint64, err error) {
	st, err := openToRead(cfg.Store)
	if err != nil {
		return since, err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	erased, err := loadErased(ctx, st, cfg)
	if err != nil {
		return since, err
	}
	applied = since
	rows := without(publish.Feed(ctx, publish.Changes(ctx, st, since), func(n uint64) { applied = n }), func(row *publish.FeedRow) bool {
		return row.Op == publish.Upsert && erased.Erased(row.CustomerID)
	})
	buffered := bufio.NewWriter(out)
	switch format {
	case "csv":
		err = publish.WriteFeedCSV(buffered, rows)
	case "json":
		err = publish.WriteFeedJSON(buffered, rows)
	case "parquet":
		err = publish.WriteFeedParquet(buffered, rows)
	default:
		return since, unknownFormat(format)
	}
	switch {
	case errors.Is(err, publish.ErrNoCommit):
		return applied, noCommit(err)
	case err != nil:
		return applied, err
	}
	return applied, buffered.Flush()
}

func unknownFormat(format string) error {
	return command.Usage("scores: format %q (use csv, json or parquet)", format)
}

func noCommit(err error) error {
	return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("%w (run the first night: perennial nightly)", err)}
}
