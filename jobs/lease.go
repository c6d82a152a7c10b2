package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"perennial/command"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// How often a night that waits looks whether the one at work has ended: soon at
// first, then rarely.
const (
	firstLook = 100 * time.Millisecond
	laterLook = 5 * time.Second
)

// alone opens the store, works while no other run does, and closes the store. A
// second run is told who is at work, or waits for its end as long as opts.Wait; what
// it did in the meantime is then found done. Two runs at once, should it come to
// that, cost work and nothing else: the fence is where they commit.
func alone(ctx context.Context, cfg Config, opts NightlyOptions, env command.Env, work func(ctx context.Context, st store.Keeper, waited string) error) (err error) {
	st, err := openStore(cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(st)) }()
	leased := st
	if opts.past {
		leased = store.Within(st, seriesOf(opts.AsOf))
	}
	lease, waited, err := waitForLease(ctx, leased, opts.Wait, env)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(publish.RenewEvery)
	defer ticker.Stop()
	return lease.Hold(ctx, ticker.C, func(held context.Context) error {
		err := work(held, st, waited)
		if lost := context.Cause(held); err != nil && errors.Is(lost, publish.ErrLeaseLost) {
			return &command.Error{Code: command.ExitTry, Err: fmt.Errorf("%w (that run goes on with the night: look at its end)", lost)}
		}
		return err
	})
}

// waitForLease takes the lease, waiting for whoever holds it no longer than wait. It
// returns what to tell about waiting.
func waitForLease(ctx context.Context, keeper store.Keeper, wait time.Duration, env command.Env) (lease *publish.Lease, waited string, err error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, "", err
	}
	owner := publish.Owner{Host: host, PID: os.Getpid(), RunID: publish.NewRunID(env.Clock(), env.Nonce())}
	began := time.Now() // waiting is real, whatever the time of the night
	for look := firstLook; ; look = min(2*look, laterLook) {
		lease, err = takeLease(ctx, keeper, owner, env.Clock())
		var leased *publish.LeasedError
		if err == nil || !errors.Is(err, publish.ErrLeased) {
			return lease, waited, err
		}
		known := errors.As(err, &leased) // else another came first at this very moment: look who it is
		if known && time.Since(began)+look > wait {
			return nil, "", &command.Error{Code: command.ExitTry, Err: fmt.Errorf("%w: run %s, process %d on %s, seen %s ago (let this one wait for it: --wait 30m; if it has died, it is free a minute after it was last seen)",
				publish.ErrLeased, leased.Owner.RunID, leased.Owner.PID, leased.Owner.Host, leased.Age.Round(time.Second))}
		}
		if known && waited == "" {
			env.Log.Info("waiting for another run", "run", leased.Owner.RunID, "process", leased.Owner.PID, "host", leased.Owner.Host)
			waited = fmt.Sprintf("Waited for run %s (process %d on %s) to end.", leased.Owner.RunID, leased.Owner.PID, leased.Owner.Host)
		}
		select {
		case <-ctx.Done():
			return nil, "", ctx.Err()
		case <-time.After(look):
		}
	}
}

// takeLease takes the lease of a store, at once from a process of this machine that
// has died: it need not be waited for.
func takeLease(ctx context.Context, keeper store.Keeper, owner publish.Owner, now time.Time) (*publish.Lease, error) {
	lease, err := publish.TakeLease(ctx, keeper, owner, now)
	var leased *publish.LeasedError
	if !errors.As(err, &leased) || !dead(leased.Owner, owner) {
		return lease, err
	}
	left, err := publish.TakeLease(ctx, keeper, leased.Owner, now) // in its name, to give it back
	if err != nil {
		return nil, err
	}
	if err := left.Release(ctx); err != nil {
		return nil, err
	}
	return publish.TakeLease(ctx, keeper, owner, now)
}

// dead reports whether the holder was a process of this machine that is no more. A
// holder with this process's own number was another one, before a restart.
func dead(holder, own publish.Owner) bool {
	if holder.Host != own.Host || holder.PID <= 0 {
		return false
	}
	return holder.PID == own.PID && holder.RunID != own.RunID || errors.Is(syscall.Kill(holder.PID, 0), syscall.ESRCH)
}
