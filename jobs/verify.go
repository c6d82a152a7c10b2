package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// VerifyOptions say what is verified: the newest commit if nothing is set.
type VerifyOptions struct {
	Commit uint64
	AsOf   history.Day // the scores of a day, published or backfilled
	All    bool        // every commit whose scores are kept, of past days too
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
		return verifyAll(ctx, st, out)
	}
	of, n, err := commitAt(ctx, st, opts.Commit, opts.AsOf)
	if err != nil {
		return err
	}
	report, err := publish.Verify(ctx, of, n)
	if err != nil {
		return err
	}
	if err := printVerified(out, "", &report); err != nil {
		return err
	}
	switch {
	case report.Gone != "":
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("verify: commit %d is gone (the newest is: perennial verify)", n)}
	case report.OK():
		return nil
	}
	return damagedError(commitName("", n), 1)
}

// verifyAll verifies the commits of the nights and of every past day.
func verifyAll(ctx context.Context, st store.Keeper, out io.Writer) error {
	series, err := seriesOfScores(ctx, st)
	if err != nil {
		return err
	}
	first, damaged := "", 0
	for _, prefix := range series {
		reports, err := publish.VerifyAll(ctx, store.Within(st, prefix), 0)
		if errors.Is(err, publish.ErrNoCommit) && len(series) > 1 {
			continue // past days alone
		}
		if err != nil {
			return err
		}
		for i := range reports {
			if err := printVerified(out, prefix, &reports[i]); err != nil {
				return err
			}
			if !reports[i].OK() {
				first, damaged = cmp.Or(first, commitName(prefix, reports[i].N)), damaged+1
			}
		}
	}
	if damaged > 0 {
		return damagedError(first, damaged)
	}
	return nil
}

// damagedError tells of so many damaged commits.
func damagedError(first string, damaged int) error {
	what := first + " is damaged"
	if damaged > 1 {
		what = fmt.Sprintf("%d commits are damaged, first %s", damaged, first)
	}
	return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("verify: %s (see what to do: perennial repair)", what)}
}

// commitName names a commit of a series, of the nights for "".
func commitName(prefix string, n uint64) string {
	if prefix == "" {
		return fmt.Sprintf("commit %d", n)
	}
	return fmt.Sprintf("%s: commit %d", prefix, n)
}

// goneText says why there is nothing to verify.
var goneText = map[publish.Gone]string{
	publish.Collected: "collected by gc, it is too old to be kept",
	publish.Erased:    "not whole any more, what showed erased customers is removed",
}

func printVerified(out io.Writer, prefix string, r *publish.VerifyReport) error {
	state := "whole"
	switch {
	case r.Gone != "":
		_, err := fmt.Fprintf(out, "%s: %s\n", commitName(prefix, r.N), goneText[r.Gone])
		return err
	case !r.Whole():
		state = "damaged"
	}
	fmt.Fprintf(out, "%s: %s, %d parts with %d rows in %d bytes", commitName(prefix, r.N), state, r.Parts, r.Rows, r.Bytes)
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
