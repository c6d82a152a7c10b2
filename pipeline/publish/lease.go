package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"perennial/pipeline/store"
)

// leaseKey is where the lease of a store stands.
const leaseKey = "lock.json"

// A lease that has not been renewed for leaseTTL is anybody's. Three renewals may
// fail before it is.
const (
	leaseTTL   = 60 * time.Second
	RenewEvery = 20 * time.Second // how often the holder of a lease renews it
)

// The answers about a lease; test with errors.Is.
var (
	ErrLeased    = errors.New("another run holds the lease")
	ErrLeaseLost = errors.New("the lease is lost")
)

// Owner says who holds a lease.
type Owner struct {
	Host  string `json:"host"`
	PID   int    `json:"pid"`
	RunID string `json:"run_id"`
}

// Lease keeps two runs from doing the same work twice. It saves work only: a run
// that has lost it without noticing is stopped where it commits.
type Lease struct {
	keeper store.Keeper

	mu     sync.Mutex
	record leaseRecord
	tag    store.Tag
}

type leaseRecord struct {
	Token     uint64    `json:"token"` // one more with each holder, as long as none gives it back
	Owner     Owner     `json:"owner"`
	ExpiresAt time.Time `json:"expires_at"` // by the holder's clock, for people to read
}

// LeasedError names who holds the lease; it is ErrLeased.
type LeasedError struct {
	Owner Owner
	Age   time.Duration // since it was renewed, by the store's clock
}

// Error says who holds the lease and what to do.
func (e *LeasedError) Error() string {
	return fmt.Sprintf("publish: %v: run %s, process %d on %s, renewed %v ago (wait for it; %v after its last renewal the lease is free)",
		ErrLeased, e.Owner.RunID, e.Owner.PID, e.Owner.Host, e.Age.Round(time.Second), leaseTTL)
}

// Is reports whether target is ErrLeased.
func (e *LeasedError) Is(target error) bool { return target == ErrLeased }

// TakeLease takes the store's lease for owner, from a holder too if it has not been
// renewed for a minute by the store's clock; otherwise it is a *LeasedError. The
// time now, by the caller's clock, is written down for people alone.
func TakeLease(ctx context.Context, keeper store.Keeper, owner Owner, now time.Time) (*Lease, error) {
	holder, tag, err := readLease(ctx, keeper)
	if err != nil {
		return nil, err
	}
	if tag != store.Absent && holder.Owner != owner {
		if age, err := leaseAge(ctx, keeper); err != nil {
			return nil, err
		} else if age <= leaseTTL {
			return nil, &LeasedError{holder.Owner, age}
		}
	}
	l := &Lease{keeper: keeper, record: leaseRecord{Token: holder.Token + 1, Owner: owner}, tag: tag}
	if err := l.Renew(ctx, now); errors.Is(err, ErrLeaseLost) {
		return nil, fmt.Errorf("publish: %w: it came first", ErrLeased)
	} else if err != nil {
		return nil, err
	}
	return l, nil
}

// readLease returns the lease that stands, Absent for none. One that cannot be
// parsed is held by nobody who could renew it; its age tells the rest.
func readLease(ctx context.Context, keeper store.Keeper) (leaseRecord, store.Tag, error) {
	body, tag, err := keeper.ReadTagged(ctx, leaseKey)
	if errors.Is(err, store.ErrNotExist) {
		return leaseRecord{}, store.Absent, nil
	}
	if err != nil {
		return leaseRecord{}, store.Absent, fmt.Errorf("publish: read the lease: %w", err)
	}
	var r leaseRecord
	if json.Unmarshal(body, &r) != nil {
		r = leaseRecord{}
	}
	return r, tag, nil
}

// leaseAge returns how long ago the lease was written, by the store's clock. A lease
// that has just been given back is as old as can be.
func leaseAge(ctx context.Context, keeper store.Keeper) (time.Duration, error) {
	written, err := modified(ctx, keeper, leaseKey)
	if errors.Is(err, store.ErrNotExist) {
		return leaseTTL + 1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("publish: date the lease: %w", err)
	}
	now, err := StoreTime(ctx, keeper)
	if err != nil {
		return 0, err
	}
	return now.Sub(written), nil
}

// Renew puts the lease off for another minute from now. ErrLeaseLost means that
// another run has taken it; after any other error it may or may not be renewed.
func (l *Lease) Renew(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.record.ExpiresAt = now.Add(leaseTTL).UTC()
	body, err := json.MarshalIndent(l.record, "", "  ")
	if err != nil {
		return fmt.Errorf("publish: renew the lease: %w", err)
	}
	tag, failed := l.keeper.ReplaceIf(ctx, leaseKey, l.tag, append(body, '\n'))
	if failed == nil {
		l.tag = tag
		return nil
	}
	// The answer to our own success may have been lost, and "changed" be about it.
	found, tag, err := readLease(ctx, l.keeper)
	switch {
	case err != nil:
		return errors.Join(failed, err)
	case tag != store.Absent && found.Owner == l.record.Owner && found.Token == l.record.Token:
		l.tag = tag
		return nil
	case errors.Is(failed, store.ErrChanged):
		return fmt.Errorf("publish: %w: run %s has taken it", ErrLeaseLost, found.Owner.RunID)
	}
	return fmt.Errorf("publish: renew the lease: %w", failed)
}

// Release gives the lease back. One that somebody else holds by now is left alone.
func (l *Lease) Release(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.keeper.DeleteIf(ctx, leaseKey, l.tag)
	if err == nil || errors.Is(err, store.ErrChanged) {
		return nil
	}
	return fmt.Errorf("publish: give the lease back: %w", err)
}

// Hold works under the lease, renews it at every tick and gives it back at the
// end. When it is lost, the context of the work ends with ErrLeaseLost as its cause.
// Ticks come every RenewEvery; one that cannot be renewed for a minute of ticks is
// as good as lost.
func (l *Lease) Hold(ctx context.Context, ticks <-chan time.Time, work func(context.Context) error) (err error) {
	held, lose := context.WithCancelCause(ctx)
	done := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { l.renewUntil(held, done, ticks, lose) })
	defer func() {
		close(done)
		renewing.Wait()
		lose(nil)
		err = errors.Join(err, l.Release(context.WithoutCancel(ctx)))
	}()
	return work(held)
}

// renewUntil renews the lease at every tick until done, and says when it is lost.
func (l *Lease) renewUntil(ctx context.Context, done <-chan struct{}, ticks <-chan time.Time, lose context.CancelCauseFunc) {
	failures := time.Duration(0)
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case now := <-ticks:
			err := l.Renew(ctx, now)
			if err == nil {
				failures = 0
				continue
			}
			if failures++; errors.Is(err, ErrLeaseLost) {
				lose(err)
			} else if failures*RenewEvery >= leaseTTL {
				lose(fmt.Errorf("%w: %w", ErrLeaseLost, err))
			}
		}
	}
}
