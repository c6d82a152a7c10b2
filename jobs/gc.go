package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// CollectOptions say what garbage collection keeps.
type CollectOptions struct {
	Keep   int // newest commits; 0 takes publish.keep of the configuration
	DryRun bool
}

// Collect deletes what no kept commit needs: scores of older commits, what killed
// nights left, histories and features of days whose scores are gone. It looks after
// this machine's workspace too, and removes what was fetched or pulled for sources
// that the configuration has no more. It may run beside a night. Of past days in a
// series of their own the newest commit is kept. What was left of erased customers,
// such as their tombstones, goes when its time has come.
func Collect(ctx context.Context, cfg Config, opts CollectOptions, env command.Env, out io.Writer) (err error) {
	st, err := openExisting(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	policy := publish.DefaultPolicy(cmp.Or(opts.Keep, cfg.Publish.Keep))
	policy.DryRun = opts.DryRun
	beside, err := besideStore(newWorkspace(cfg, st))
	if err != nil {
		return err
	}
	if beside != nil {
		defer func() { err = errors.Join(err, closeStore(beside)) }()
		policy.Beside = beside
	}
	policy.Rules = []publish.Rule{
		{Prefix: "history/", Keep: latestOrKept},
		{Prefix: "features/", Keep: ofKeptDay},
		{Prefix: "spool/"},
		{Prefix: loads + "/", Keep: func(table string, _ []*publish.Commit) bool { return cfg.Pulls(table) }},
	}
	done, err := publish.Collect(ctx, st, policy)
	if errors.Is(err, publish.ErrCorrupt) {
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("%w (nobody knows what a damaged record names, so nothing is deleted: bring it back from a backup, or wait until its commit is not kept any more)", err)}
	}
	if err != nil {
		return err
	}
	if err := printCollection(out, "", done); err != nil {
		return err
	}
	if err := collectPastDays(ctx, st, policy, out); err != nil {
		return err
	}
	if !opts.DryRun {
		if err := sweepErased(ctx, cfg, st, env); err != nil {
			return err
		}
	}
	return collectInputs(ctx, cfg, policy, done, out)
}

// collectPastDays collects what the newest scores of past days do not need.
func collectPastDays(ctx context.Context, st store.Keeper, policy publish.Policy, out io.Writer) error {
	series, err := pastDays(ctx, st)
	if err != nil {
		return err
	}
	beside := policy.Beside
	policy.Keep, policy.Young = 1, 0
	for _, day := range series {
		if beside != nil {
			policy.Beside = store.Within(beside, day)
		}
		done, err := publish.Collect(ctx, store.Within(st, day), policy)
		if err != nil {
			return fmt.Errorf("%s: %w", day, err)
		}
		if len(done.Deleted) > 0 {
			if err := printCollection(out, day+": ", done); err != nil {
				return err
			}
		}
	}
	return nil
}

// besideStore opens the workspace of a store elsewhere, nil if this machine has none.
func besideStore(work workspace) (store.Keeper, error) {
	if _, err := os.Stat(work.dir); !work.apart || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return openStore(work.dir)
}

// collectInputs removes what was fetched from buckets and is not needed any more,
// unless a night is at work that may still read it.
func collectInputs(ctx context.Context, cfg Config, policy publish.Policy, done publish.Collection, out io.Writer) error {
	if len(done.Live) > 0 {
		return nil
	}
	stale, err := staleInputs(ctx, cfg, done.At.Add(-policy.Orphan))
	if err != nil {
		return fmt.Errorf("gc: fetched sources: %w", err)
	}
	for _, path := range stale {
		if policy.DryRun {
			fmt.Fprintf(out, "would delete %s\n", path)
		} else if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// sweepErased removes what is left of erased customers, if there are any.
func sweepErased(ctx context.Context, cfg Config, st store.Keeper, env command.Env) error {
	erased, err := loadErased(ctx, st, cfg)
	if err != nil || erased.Len() == 0 {
		return err
	}
	return newSweep(st, erased, nil, env).everywhere(ctx, newWorkspace(cfg, st))
}

// latestOrKept reports whether a folder of history is of a kept day; the record of
// the latest extract stays too.
func latestOrKept(name string, kept []*publish.Commit) bool {
	return name == path.Base(latestExtract) || ofKeptDay(name, kept)
}

// ofKeptDay reports whether a folder named for a day, such as 2026-11-22-3fa9c2d1,
// is of a day whose scores are kept.
func ofKeptDay(name string, kept []*publish.Commit) bool {
	for _, commit := range kept {
		if strings.HasPrefix(name, commit.AsOf.String()) {
			return true
		}
	}
	return false
}

func printCollection(out io.Writer, prefix string, done publish.Collection) error {
	verb := "deleted"
	if done.DryRun {
		verb = "would delete"
		for _, object := range done.Deleted {
			fmt.Fprintf(out, "%s%s %s, %d bytes\n", prefix, verb, object.Key, object.Size)
		}
	}
	fmt.Fprintf(out, "%s%s %d objects with %d bytes; the scores of %d commits are kept, the newest is %d\n", prefix, verb, len(done.Deleted), done.Bytes, len(done.Kept), done.Head)
	if len(done.Live) > 0 {
		fmt.Fprintf(out, "%sleft alone, for it is under way: run %s\n", prefix, strings.Join(done.Live, ", run "))
	}
	return nil
}
