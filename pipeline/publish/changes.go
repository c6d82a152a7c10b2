package publish

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"perennial/pipeline/store"
)

// ErrReadAll: changes cannot be followed from where the consumer is. It reads
// every row of Head, removes whom it shows besides, and goes on from there. The
// error is a *ReadAllError.
var ErrReadAll = errors.New("read everything")

// ReadAllError says why changes cannot be followed.
type ReadAllError struct {
	After uint64 // the commit that the consumer has applied
	N     uint64 // the commit that stands in the way
	Why   Why
	Err   error // what was found, nil for nothing more
}

// Why is a reason to read everything.
type Why string

// The reasons to read everything.
const (
	FirstCommit Why = "the first commit has nothing before it"
	Expired     Why = "its delta has been collected"
	Gap         Why = "it has no delta"
	Damaged     Why = "its delta is damaged"
	Ahead       Why = "the store does not have it yet"
)

// Error names the commit and what to do.
func (e *ReadAllError) Error() string {
	text := fmt.Sprintf("publish: changes after commit %d: commit %d: %s (read every row of the newest commit, then follow from it)", e.After, e.N, e.Why)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is reports whether target is ErrReadAll.
func (e *ReadAllError) Is(target error) bool { return target == ErrReadAll }

// Unwrap returns the cause.
func (e *ReadAllError) Unwrap() error { return e.Err }

// ChangeSet is what one commit changed for whoever shows scores.
type ChangeSet struct {
	Commit *Commit // read only
	store  store.Store
}

// Changes yields what each commit after the given one changed, oldest first, up
// to the newest: nothing if the consumer is there. Each delta is read and compared
// with its record before it is yielded, so that none is applied by half. A consumer
// that has applied all the rows keeps Commit.N and asks again from there; rows
// may be applied twice.
//
// An error ends the sequence: ErrReadAll, before anything is yielded where the
// records tell, or the store's.
func Changes(ctx context.Context, st store.Store, after uint64) iter.Seq2[*ChangeSet, error] {
	return func(yield func(*ChangeSet, error) bool) {
		pending, err := changesAfter(ctx, st, after)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, c := range pending {
			if err := c.Delta.verify(ctx, st); err != nil {
				yield(nil, deltaError(after, c, err))
				return
			}
			if !yield(&ChangeSet{c, st}, nil) {
				return
			}
		}
	}
}

// changesAfter returns the commits after the given one, each of which has a delta.
func changesAfter(ctx context.Context, st store.Store, after uint64) ([]*Commit, error) {
	head, err := findHead(ctx, st)
	if err != nil {
		return nil, err
	}
	if after > head.N {
		return nil, &ReadAllError{After: after, N: after, Why: Ahead}
	}
	var pending []*Commit
	for n := after + 1; n <= head.N; n++ {
		c, err := readCommit(ctx, st, n)
		switch {
		case errors.Is(err, ErrCorrupt):
			return nil, &ReadAllError{After: after, N: n, Why: Damaged, Err: err}
		case err != nil:
			return nil, err
		case c.Base == 0:
			return nil, &ReadAllError{After: after, N: n, Why: FirstCommit}
		case c.Delta == nil || c.Delta.Base != n-1:
			return nil, &ReadAllError{After: after, N: n, Why: Gap}
		}
		pending = append(pending, c)
	}
	return pending, nil
}

// deltaError says why the delta of commit c cannot be applied.
func deltaError(after uint64, c *Commit, err error) error {
	switch {
	case errors.Is(err, store.ErrNotExist):
		return &ReadAllError{After: after, N: c.N, Why: Expired, Err: err}
	case errors.Is(err, ErrCorrupt):
		return &ReadAllError{After: after, N: c.N, Why: Damaged, Err: err}
	}
	return fmt.Errorf("publish: changes of commit %d: %w", c.N, err)
}

// Rows returns the customers to write or remove, bucket by bucket, sorted within
// each. The caller may keep them. An error ends the rows: ErrReadAll if the delta
// was collected or damaged meanwhile, or the store's.
func (s *ChangeSet) Rows(ctx context.Context) iter.Seq2[*DeltaRow, error] {
	return func(yield func(*DeltaRow, error) bool) {
		for k := range s.Commit.Delta.Parts {
			rows, err := s.Commit.Delta.Parts[k].readDelta(ctx, s.store)
			if err != nil {
				yield(nil, deltaError(s.Commit.Delta.Base, s.Commit, err))
				return
			}
			for i := range rows {
				if !yield(&rows[i], nil) {
					return
				}
			}
		}
	}
}
