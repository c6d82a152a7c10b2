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
		t, err := s.readBack(ctx, d)
		if err != nil {
			return Result{}, err
		}
		c.describe(t, d, tip.newest)
		if err := refusal(s.RunID, c.Gates); err != nil {
			return Result{}, err
		}
		won, err := propose(ctx, s.Store, c, tip)
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

// propose stages the delta from the tip to c, and makes c the next commit. It
// returns false if another run's record has the number. A tip that cannot be read
// does not hold up the set that comes after it.
func propose(ctx context.Context, st store.Store, c *Commit, tip tip) (won bool, err error) {
	if tip.newest != nil {
		c.Delta, err = difference(ctx, st, tip.newest, c)
	}
	switch {
	case tip.damage != nil:
		c.NoDelta = tip.damage.Error()
	case errors.Is(err, errBaseDamaged):
		c.NoDelta = err.Error()
	case err != nil:
		if _, taken := readCommit(ctx, st, c.N); taken == nil {
			return false, nil // and gc may have deleted what was staged for the number
		}
		return false, err
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
