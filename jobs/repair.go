package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Repair mends what can be mended without a person and says what cannot: the hint
// CURRENT.json, and a reading of the newest commits, all for 0, of the nights and of
// every past day. The error is the first of what a person must do; out has all of it.
func Repair(ctx context.Context, cfg Config, commits int, out io.Writer) (err error) {
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	series, err := seriesOfScores(ctx, st)
	if err != nil {
		return err
	}
	var first error
	for _, prefix := range series {
		found, err := publish.Mend(ctx, store.Within(st, prefix), commits)
		if errors.Is(err, publish.ErrNoCommit) && len(series) > 1 {
			continue // past days alone
		}
		if err != nil {
			return err
		}
		if prefix != "" && !found.OK() {
			day := path.Base(prefix)
			found.Advice = fmt.Sprintf("the scores of %s are damaged: bring the objects back from a backup, or publish them again with: perennial backfill --from %s --to %s --reprocess all", day, day, day)
		}
		if err := printRepair(out, prefix, &found); err != nil {
			return err
		}
		if !found.OK() && first == nil {
			first = &command.Error{Code: command.ExitIO, Err: fmt.Errorf("repair: %s", found.Advice)}
		}
	}
	return first
}

func printRepair(out io.Writer, prefix string, found *publish.Repair) error {
	if _, err := fmt.Fprintf(out, "%s: %s\n", path.Join(prefix, "CURRENT.json"), found.Hint); err != nil {
		return err
	}
	for i := range found.Commits {
		if err := printVerified(out, prefix, &found.Commits[i]); err != nil {
			return err
		}
	}
	if found.Advice == "" {
		return nil
	}
	_, err := fmt.Fprintln(out, found.Advice)
	return err
}
