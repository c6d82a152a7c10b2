package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/publish"
)

// Verify reads a commit with all its parts and says whether every byte is what
// was published.
func Verify(ctx context.Context, location string, n uint64, out io.Writer) (err error) {
	st, err := openToRead(location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	reader, err := openCommit(ctx, st, n)
	if err != nil {
		return err
	}
	report, err := publish.Verify(ctx, st, reader.Commit.N)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, report); err != nil {
		return err
	}
	if !report.OK() {
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("verify: commit %d is damaged (publish again with: perennial nightly --force)", reader.Commit.N)}
	}
	return nil
}
