package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// A fence means that another writer has committed, so the loop makes progress;
// an answer that is an error is asked for again a few times.
const (
	maxFences  = 32
	maxAnswers = 3
)

// Commit publishes the staged parts all at once, or changes nothing visible. It
// reads every part back, holds the bytes to the gates and creates the record of
// the next commit.
//
// With ErrAlreadyPublished the result holds the commit that is there: the work
// is done. Other errors: GateError, ErrSuperseded, ErrContended, ErrCorrupt for a
// staged part, or the store's.
func (s Set) Commit(ctx context.Context, d Draft) (Result, error) {
	if err := cmp.Or(s.check(), d.check()); err != nil {
		return Result{}, err
	}
	known := uint64(0) // commits up to this one do not make the work pointless
	for range maxFences {
		tip, err := tipIfAny(ctx, s.Store)
		if err == nil && !d.Force {
			err = tip.damage // whether the work is done cannot be told
		}
		if err != nil {
			return Result{}, err
		}
		if result, err := s.overtaken(ctx, d, tip.newest, known); err != nil {
			return result, err
		}
		if s.Fence != nil {
			if err := s.Fence(ctx); err != nil {
				return Result{}, fmt.Errorf("publish: run %s: %w", s.RunID, err)
			}
		}
		c := s.record(d, tip)
		if err := claimRuns(ctx, s.Store, c); err != nil {
			return Result{}, err
		}
		won, err := s.propose(ctx, d, c, tip)
		if err != nil {
			return Result{}, err
		}
		if won {
			return Result{Commit: c, Warning: advance(ctx, s.Store, c.N)}, nil
		}
		known = tip.n
	}
	return Result{}, fmt.Errorf("publish: run %s: %w (run again)", s.RunID, ErrContended)
}

// propose reads the staged parts back, holds them to the gates and makes c the next
// commit. It returns false if another run's record has the number.
func (s Set) propose(ctx context.Context, d Draft, c *Commit, tip tip) (won bool, err error) {
	read, err := s.readBack(ctx, d, c, tip.newest)
	if err == nil {
		c.describe(read.tally, d, tip.newest)
		if err := refusal(s.RunID, c.Gates); err != nil {
			return false, err
		}
		c.Delta, err = read.delta(tip.newest, c)
	}
	return conclude(ctx, s.Store, c, tip, err)
}

// propose stages the delta from the tip to c, and makes c the next commit. It
// returns false if another run's record has the number.
func propose(ctx context.Context, st store.Store, c *Commit, tip tip) (won bool, err error) {
	if tip.newest != nil {
		c.Delta, err = difference(ctx, st, tip.newest, c)
	}
	return conclude(ctx, st, c, tip, err)
}

// conclude makes c the next commit unless it has failed. A tip that cannot be read
// does not hold up the set that comes after it.
func conclude(ctx context.Context, st store.Store, c *Commit, tip tip, failed error) (won bool, err error) {
	switch {
	case errors.Is(failed, errBaseDamaged):
		c.NoDelta = failed.Error()
	case failed != nil:
		if _, taken := readCommit(ctx, st, c.N); taken == nil {
			return false, nil // and gc may have deleted what was staged for the number
		}
		return false, failed
	case tip.damage != nil:
		c.NoDelta = tip.damage.Error()
	}
	return createCommit(ctx, st, c)
}

// overtaken returns an error if a commit after n makes this one pointless: the
// same work, or work for a later day.
func (s Set) overtaken(ctx context.Context, d Draft, head *Commit, n uint64) (Result, error) {
	if d.Force || head == nil {
		return Result{}, nil
	}
	done, err := publishedAfter(ctx, s.Store, head, d.IdempotencyKey, n)
	if err != nil {
		return Result{Commit: done}, err
	}
	if done != nil {
		return Result{Commit: done}, fmt.Errorf("publish: run %s: %w as commit %d", s.RunID, ErrAlreadyPublished, done.N)
	}
	if head.AsOf > d.AsOf {
		return Result{Commit: head}, fmt.Errorf("publish: run %s as of %v: %w: commit %d is as of %v (force it to go back)", s.RunID, d.AsOf, ErrSuperseded, head.N, head.AsOf)
	}
	return Result{}, nil
}

// createCommit makes the record exist. It returns false if another run's record
// has the number. An error or "exists" may be the lost answer to our own success,
// so the record is read before anything is concluded.
func createCommit(ctx context.Context, st store.Store, c *Commit) (won bool, err error) {
	body, err := seal(c)
	if err != nil {
		return false, fmt.Errorf("publish: commit %d: %w", c.N, err)
	}
	var failed error
	for range maxAnswers {
		if failed = st.Create(ctx, commitKey(c.N), body); failed == nil {
			return true, nil
		}
		found, err := readCommit(ctx, st, c.N)
		if err == nil {
			return found.RunID == c.RunID, nil
		}
		if !errors.Is(err, ErrNoCommit) {
			failed = fmt.Errorf("%w; reading it back: %w", failed, err)
		}
	}
	return false, fmt.Errorf("publish: commit %d of run %s: %w (it may or may not be there; run again, which publishes once)", c.N, c.RunID, failed)
}
