package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"perennial/command"
	"perennial/pipeline/erasure"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// EraseOptions say who is erased, and on whose word.
type EraseOptions struct {
	Customers []string // ids as in the orders; none goes on with erasures that were cut short
	By        string
	Reason    string
}

// Erase makes the store forget customers for good: they are put on the list that
// every night reads, the newest scores are published again without them, and what
// still holds them is removed or rewritten. Killed at any moment and run again, it
// ends as if it had not been.
func Erase(ctx context.Context, cfg Config, opts EraseOptions, env command.Env, out io.Writer) error {
	open := openStore // an order may come before the first night
	if len(opts.Customers) == 0 {
		open = openExisting
	}
	st, err := open(cfg.Store)
	if err != nil {
		return err
	}
	return errors.Join(eraseIn(ctx, st, cfg, opts, env, out), closeStore(st))
}

// eraseIn erases customers in an open store.
func eraseIn(ctx context.Context, st store.Keeper, cfg Config, opts EraseOptions, env command.Env, out io.Writer) error {
	list, err := orderErasure(ctx, st, cfg, opts, env, out)
	if err != nil {
		return err
	}
	series, err := seriesOfScores(ctx, st)
	if err != nil {
		return err
	}
	for _, prefix := range series {
		if err := publishWithout(ctx, st, prefix, list, opts, env, out); err != nil {
			return fmt.Errorf("%w (the list keeps the customers out of every night; run erase again to remove what is left)", err)
		}
	}
	s := newSweep(st, list, opts.Customers, env)
	if err := s.everywhere(ctx, newWorkspace(cfg, st)); err != nil {
		return fmt.Errorf("erase: %w (run erase again: it goes on)", err)
	}
	_, err = fmt.Fprintf(out, `%d objects removed, %d rewritten
Left to do: delete the customers from the shop's own systems and exports (the list keeps them out of
every night) and let CRM syncs apply the newest commit, whose delta removes them there.
`, s.removed, s.rewritten)
	return err
}

// orderErasure puts the customers on the list and returns it.
func orderErasure(ctx context.Context, st store.Store, cfg Config, opts EraseOptions, env command.Env, out io.Writer) (*erasure.List, error) {
	if len(opts.Customers) == 0 {
		return loadErased(ctx, st, cfg)
	}
	order := erasure.Order{By: opts.By, Reason: opts.Reason, At: env.Clock()}
	list, added, err := erasure.Append(ctx, st, cfg.erasureKey, order, opts.Customers...)
	switch {
	case errors.Is(err, erasure.ErrOrder):
		return nil, command.Usage("erase: %w", err)
	case errors.Is(err, erasure.ErrUnreadable):
		return nil, configError(err)
	case err != nil:
		return nil, &command.Error{Code: command.ExitIO, Err: err}
	}
	_, err = fmt.Fprintf(out, "%d customers put on the list of erased customers, which has %d\n", added, list.Len())
	return list, err
}

// seriesOfScores returns the prefixes of the store under which scores are
// published: "" for the nights, and that of every past day.
func seriesOfScores(ctx context.Context, st store.Keeper) ([]string, error) {
	past, err := pastDays(ctx, st)
	return append([]string{""}, past...), err
}

// publishWithout publishes the newest scores of a series without erased customers.
func publishWithout(ctx context.Context, st store.Keeper, prefix string, list *erasure.List, opts EraseOptions, env command.Env, out io.Writer) error {
	st = store.Within(st, prefix)
	noDelta := ""
	if prefix != "" {
		// Tombstones would name her for ever: no later commit follows.
		noDelta = "nobody follows the scores of past days"
	}
	now := env.Clock()
	result, err := publish.Erasure{
		Store: st, Erased: list.Erased, ListHash: list.Hash(), RunID: publish.NewRunID(now, env.Nonce()),
		Reason: opts.Reason, By: opts.By, CreatedAt: now, NoDelta: noDelta,
	}.Run(ctx)
	switch {
	case errors.Is(err, publish.ErrNoCommit):
		_, err = fmt.Fprintln(out, "nothing is published yet")
		return err
	case errors.Is(err, publish.ErrAlreadyPublished):
		_, err = fmt.Fprintf(out, "%s is without them\n", commitName(prefix, result.Commit.N))
		return err
	case err != nil:
		return err
	}
	if result.Warning != nil {
		env.Log.Warn("erased; CURRENT.json lags until the next night", "cause", result.Warning)
	}
	before, err := publish.At(ctx, st, result.Commit.Base)
	if err != nil {
		return err
	}
	if before.Commit.Rows == result.Commit.Rows {
		_, err = fmt.Fprintf(out, "%s: no row was theirs; it stops nights that have begun before\n", commitName(prefix, result.Commit.N))
		return err
	}
	_, err = fmt.Fprintf(out, "%s shows the scores without %d customers\n", commitName(prefix, result.Commit.N), before.Commit.Rows-result.Commit.Rows)
	return err
}
