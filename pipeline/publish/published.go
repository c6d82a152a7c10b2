package publish

import (
	"context"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// remembered is how many commits back an idempotency key is looked for: a year
// of nights and a month.
const remembered = 400

// ErrRolledBack: the work was published and a person has undone it. The same
// inputs, program and models would bring the same scores back, so neither a retry
// nor a run that slept may: it takes Draft.Force, or a rollback to that commit.
// Anything that changes the key publishes as ever.
var ErrRolledBack = errors.New("published and rolled back")

// Published returns the newest commit that carries the idempotency key, or nil.
// It looks at the last 400 commits. With ErrRolledBack the commit is there and
// readers no longer see it.
func Published(ctx context.Context, st store.Store, idempotencyKey string) (*Commit, error) {
	head, err := headIfAny(ctx, st)
	if err != nil {
		return nil, err
	}
	return publishedAfter(ctx, st, head, idempotencyKey, 0)
}

// publishedAfter looks for the key from head back to the commit after n. A
// rollback leads past the commits that it undid, but if only one of these has the
// key, that is ErrRolledBack.
func publishedAfter(ctx context.Context, st store.Store, head *Commit, idempotencyKey string, n uint64) (*Commit, error) {
	if head == nil {
		return nil, nil
	}
	var undone *Commit
	lineage := head.N // the next commit, going back, that has not been undone
	for m := head.N; m > n && m+remembered > head.N; m-- {
		c, err := readCommit(ctx, st, m)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			return nil, err
		}
		if err == nil && c.Kind == KindPublish && c.IdempotencyKey == idempotencyKey {
			if m == lineage {
				return c, nil
			}
			undone = newer(undone, c)
		}
		if m == lineage {
			lineage = m - 1
			if err == nil && c.Kind == KindRollback {
				lineage = c.RestoredFrom
			}
		}
	}
	if undone != nil {
		return undone, fmt.Errorf("publish: commit %d: %w (publish it again with --force, or show it again with: perennial rollback --to %d)", undone.N, ErrRolledBack, undone.N)
	}
	return nil, nil
}

// newer returns the later of two commits, the first of which may be nil.
func newer(a, b *Commit) *Commit {
	if a == nil || b.N > a.N {
		return b
	}
	return a
}
