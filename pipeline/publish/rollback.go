package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"perennial/pipeline/store"
)

// Rollback is the order to show an earlier commit's scores again.
type Rollback struct {
	Store     store.Store
	To        uint64 // the commit to show again
	RunID     string // of the rollback, used once
	Reason    string
	By        string
	CreatedAt time.Time

	// Erased reports whether a customer must not come back; nil means nobody is
	// erased. A target that holds one is refused.
	Erased func(customerID string) bool
	// ErasureListHash is the hash of the list behind Erased, Fence as in Set.
	ErasureListHash string
	Fence           func(context.Context) error
}

// ErrErased: the commit holds a customer who has been erased since.
var ErrErased = errors.New("holds an erased customer")

// Run makes a new commit that names the parts of commit To, with the delta from
// the newest. History is never rewound, so whoever follows it sees a step forward.
//
// Every byte of the target is verified first; ErrExpired and ErrCorrupt say that it
// cannot be shown again. If To shows already, the result is that commit and
// ErrAlreadyPublished. The nights that were published after To count as undone:
// see ErrRolledBack.
func (r Rollback) Run(ctx context.Context) (Result, error) {
	if err := r.check(); err != nil {
		return Result{}, err
	}
	for range maxFences {
		tip, err := findTip(ctx, r.Store)
		if err != nil {
			return Result{}, err
		}
		if tip.shows(r.To) {
			return Result{Commit: tip.newest}, fmt.Errorf("publish: roll back to commit %d: %w: it is what commit %d shows", r.To, ErrAlreadyPublished, tip.n)
		}
		won, c, err := r.attempt(ctx, tip)
		if err != nil {
			return Result{}, fmt.Errorf("publish: roll back to commit %d: %w", r.To, err)
		}
		if won {
			return Result{Commit: c, Warning: advance(ctx, r.Store, c.N)}, nil
		}
	}
	return Result{}, fmt.Errorf("publish: roll back to commit %d: %w (run again)", r.To, ErrContended)
}

func (r Rollback) check() error {
	if strings.TrimSpace(r.Reason) == "" {
		return fmt.Errorf("publish: roll back to commit %d: needs a reason", r.To)
	}
	return Set{RunID: r.RunID, Buckets: 1}.check()
}

// attempt tries to create the commit after tip.
func (r Rollback) attempt(ctx context.Context, tip tip) (won bool, c *Commit, err error) {
	if r.Fence != nil {
		if err := r.Fence(ctx); err != nil {
			return false, nil, err
		}
	}
	target, err := readCommit(ctx, r.Store, r.To)
	if err != nil {
		return false, nil, err
	}
	c = r.record(target, tip)
	if err := claimRuns(ctx, r.Store, c); err != nil {
		return false, nil, err
	}
	if err := r.verify(ctx, target, tip); err != nil {
		return false, nil, err
	}
	won, err = propose(ctx, r.Store, c, tip)
	return won, c, err
}

// record returns the commit that shows target again.
func (r Rollback) record(target *Commit, tip tip) *Commit {
	c := *target
	c.N, c.Base = tip.n+1, tip.n
	c.Kind, c.RestoredFrom = KindRollback, target.N
	c.RunID, c.CreatedAt = r.RunID, r.CreatedAt.UTC()
	c.Reason, c.By, c.ErasureListHash = r.Reason, r.By, r.ErasureListHash
	c.Gates, c.Override = nil, nil // were the target's
	c.Delta, c.NoDelta = nil, ""
	return &c
}

// verify reads every byte of the target.
func (r Rollback) verify(ctx context.Context, target *Commit, tip tip) error {
	report := VerifyReport{N: target.N}
	reader := &Reader{target, r.Store}
	if err := reader.verifySet(ctx, &report, r.Erased); err != nil {
		return err
	}
	const advice = "see which commits are whole: perennial verify --all"
	switch {
	case report.Missing > 0 && target.N < tip.n:
		return fmt.Errorf("%w: %d of its %d parts are gone (%s)", ErrExpired, report.Missing, len(target.Parts), advice)
	case !report.OK():
		return fmt.Errorf("%w: %s (%s)", ErrCorrupt, report.Problems[0], advice)
	}
	return nil
}
