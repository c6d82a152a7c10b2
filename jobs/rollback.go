package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// RollbackOptions say which scores are shown again.
type RollbackOptions struct {
	To         uint64
	Reason, By string
	Wait       time.Duration // for another run to end; 0 is to be told at once
}

// Rollback shows the scores of an earlier commit again, by a new commit that names
// its parts.
func Rollback(ctx context.Context, cfg Config, opts RollbackOptions, env command.Env, out io.Writer) error {
	return alone(ctx, cfg, NightlyOptions{Wait: opts.Wait}, env, func(ctx context.Context, st store.Keeper, _ string) error {
		erased, err := loadErased(ctx, st, cfg)
		if err != nil {
			return err
		}
		now := env.Clock()
		result, err := publish.Rollback{
			Store: st, To: opts.To, RunID: publish.NewRunID(now, env.Nonce()), Reason: opts.Reason, By: opts.By, CreatedAt: now,
			Erased: erased.Erased, ErasureListHash: erased.Hash(), Fence: sameErased(st, cfg, erased.Hash()),
		}.Run(ctx)
		switch {
		case errors.Is(err, publish.ErrAlreadyPublished):
			_, err = fmt.Fprintf(out, "commit %d is what readers see already, as commit %d\n", opts.To, result.Commit.N)
			return err
		case err != nil:
			return err
		}
		if result.Warning != nil {
			env.Log.Warn("rolled back; CURRENT.json lags until the next night", "cause", result.Warning)
		}
		_, err = fmt.Fprintf(out, "commit %d shows the scores of commit %d again, as of %s, %d customers\n", result.Commit.N, opts.To, result.Commit.AsOf, result.Commit.Rows)
		return err
	})
}
