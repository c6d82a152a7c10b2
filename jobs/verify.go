package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// VerifyOptions say what is verified: the newest commit if nothing is set.
type VerifyOptions struct {
	Commit uint64
	AsOf   history.Day // the scores of a day, published or backfilled
	All    bool        // every commit whose scores are kept
}

// Verify reads commits with all their parts and says whether every byte is what
// was published.
func Verify(ctx context.Context, location string, opts VerifyOptions, out io.Writer) (err error) {
	st, err := openToRead(location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	if opts.All {
		reports, err := publish.VerifyAll(ctx, st, 0)
		if err != nil {
			return err
		}
		return tellVerified(out, reports)
	}
	of, n, err := commitAt(ctx, st, opts.Commit, opts.AsOf)
	if err != nil {
		return err
	}
	report, err := publish.Verify(ctx, of, n)
	if err != nil {
		return err
	}
	return tellVerified(out, []publish.VerifyReport{report})
}

// tellVerified prints the reports and returns an error if one tells of damage.
func tellVerified(out io.Writer, reports []publish.VerifyReport) error {
	var damaged []uint64
	for i := range reports {
		if err := printVerified(out, &reports[i]); err != nil {
			return err
		}
		if !reports[i].OK() {
			damaged = append(damaged, reports[i].N)
		}
	}
	switch len(damaged) {
	case 0:
		return nil
	case 1:
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("verify: commit %d is damaged (see what to do: perennial repair)", damaged[0])}
	}
	return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("verify: %d commits are damaged, the newest of them %d (see what to do: perennial repair)", len(damaged), damaged[0])}
}

func printVerified(out io.Writer, r *publish.VerifyReport) error {
	state := "whole"
	if !r.Whole() {
		state = "damaged"
	}
	fmt.Fprintf(out, "commit %d: %s, %d parts with %d rows in %d bytes", r.N, state, r.Parts, r.Rows, r.Bytes)
	if r.DeltaRows > 0 {
		fmt.Fprintf(out, ", delta of %d rows", r.DeltaRows)
	}
	_, err := fmt.Fprintln(out)
	for _, problem := range r.Problems {
		_, err = fmt.Fprintf(out, "  %s\n", problem)
	}
	for _, problem := range r.DeltaProblems {
		_, err = fmt.Fprintf(out, "  delta: %s\n", problem)
	}
	return err
}
