package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/publish"
)

// Repair mends what can be mended without a person and says what cannot: the hint
// CURRENT.json, and a reading of the newest commits, all for 0.
func Repair(ctx context.Context, cfg Config, commits int, out io.Writer) (err error) {
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	found, err := publish.Mend(ctx, st, commits)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "CURRENT.json: %s\n", found.Hint); err != nil {
		return err
	}
	for i := range found.Commits {
		if err := printVerified(out, &found.Commits[i]); err != nil {
			return err
		}
	}
	if !found.OK() {
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("repair: %s", found.Advice)}
	}
	if found.Advice != "" {
		_, err = fmt.Fprintln(out, found.Advice)
	}
	return err
}
