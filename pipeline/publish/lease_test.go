package publish

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"perennial/pipeline/store"
)

// Clocks of the holders, an hour apart from each other and from the store's: none
// of them counts.
var anaClock, bobClock = time.Unix(1e9, 0), time.Unix(1e9+3600, 0)

var ana, bob = Owner{"a", 1, "run-a"}, Owner{"b", 2, "run-b"}

func TestALeaseIsHeldUntilItExpires(t *testing.T) {
	st := newClocked(store.NewMemory())
	take := func(owner Owner, at time.Time) (*Lease, error) { return TakeLease(t.Context(), st, owner, at) }
	held, err := take(ana, anaClock)
	if err != nil {
		t.Fatal(err)
	}
	st.advance(leaseTTL)
	var leased *LeasedError
	if _, err := take(bob, bobClock); !errors.Is(err, ErrLeased) || !errors.As(err, &leased) || leased.Owner != ana || leased.Age != leaseTTL {
		t.Fatalf("a minute later: %v, want ErrLeased by ana", err)
	}
	if err := held.Renew(t.Context(), anaClock); err != nil {
		t.Fatal(err)
	}
	st.advance(leaseTTL)
	if _, err := take(bob, bobClock); !errors.Is(err, ErrLeased) {
		t.Fatalf("a minute after the renewal: %v, want ErrLeased", err)
	}

	st.advance(time.Second)
	taken, err := take(bob, bobClock)
	if err != nil || taken.record.Token != 2 {
		t.Fatalf("once expired: %+v, %v, want token 2", taken, err)
	}
	// Ana wakes up: she is told, and what she gives back is not hers.
	if err := held.Renew(t.Context(), anaClock); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("the former holder renews: %v, want ErrLeaseLost", err)
	}
	if err := held.Release(t.Context()); err != nil {
		t.Errorf("the former holder releases: %v", err)
	}
	if _, err := take(ana, anaClock); !errors.Is(err, ErrLeased) {
		t.Errorf("after the former holder's release: %v, want ErrLeased by bob", err)
	}
	if err := taken.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, err := take(ana, anaClock); err != nil || again.record.Token != 1 {
		t.Errorf("after bob's release: %+v, %v", again, err)
	}
	if left := listed(t, st, clockPrefix); len(left) > 0 {
		t.Errorf("telling the time left %v", left)
	}
}

func TestOfTwoWhoTakeOverOneHolds(t *testing.T) {
	st := newClocked(store.NewMemory())
	if _, err := TakeLease(t.Context(), st, ana, anaClock); err != nil {
		t.Fatal(err)
	}
	st.advance(2 * leaseTTL)
	early := &hookedKeeper{Keeper: st}
	early.beforeReplaceIf = func() {
		if _, err := TakeLease(t.Context(), st, bob, bobClock); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := TakeLease(t.Context(), early, Owner{"c", 3, "run-c"}, anaClock); !errors.Is(err, ErrLeased) {
		t.Errorf("the second: %v, want ErrLeased", err)
	}
}

// hookedKeeper runs beforeReplaceIf once; afterwards it answers every ReplaceIf
// with answer, having applied it, unless nil.
type hookedKeeper struct {
	store.Keeper
	beforeReplaceIf func()
	answer          error
}

func (h *hookedKeeper) ReplaceIf(ctx context.Context, key string, tag store.Tag, body []byte) (store.Tag, error) {
	if run := h.beforeReplaceIf; run != nil {
		h.beforeReplaceIf = nil
		run()
	}
	next, err := h.Keeper.ReplaceIf(ctx, key, tag, body)
	if h.answer != nil {
		return store.Absent, h.answer
	}
	return next, err
}

// A lost answer to a renewal, or "changed" about our own write, is no loss.
func TestALostAnswerIsNoLostLease(t *testing.T) {
	for _, answer := range []error{errDisk, store.ErrChanged} {
		st := &hookedKeeper{Keeper: newClocked(store.NewMemory()), answer: answer}
		l, err := TakeLease(t.Context(), st, ana, anaClock)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Renew(t.Context(), anaClock); err != nil {
			t.Error(err)
		}
		st.answer = nil
		if err := l.Release(t.Context()); err != nil {
			t.Error(err)
		}
		if left := listed(t, st, leaseKey); len(left) > 0 {
			t.Errorf("the lease was not given back")
		}
	}
}

func TestALeaseThatIsGarbageExpiresToo(t *testing.T) {
	st := newClocked(store.NewMemory())
	if err := st.Replace(t.Context(), leaseKey, []byte("noise")); err != nil {
		t.Fatal(err)
	}
	if _, err := TakeLease(t.Context(), st, ana, anaClock); !errors.Is(err, ErrLeased) {
		t.Errorf("a fresh one: %v, want ErrLeased", err)
	}
	st.advance(2 * leaseTTL)
	if _, err := TakeLease(t.Context(), st, ana, anaClock); err != nil {
		t.Errorf("an old one: %v", err)
	}
}

func TestWorkIsToldThatTheLeaseIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newClocked(store.NewMemory())
		l, err := TakeLease(t.Context(), st, ana, anaClock)
		if err != nil {
			t.Fatal(err)
		}
		ticks := make(chan time.Time)
		tick := func() { // returns when the lease has been renewed, or found lost
			ticks <- anaClock
			synctest.Wait()
		}
		errWork := errors.New("the work ends")
		err = l.Hold(t.Context(), ticks, func(ctx context.Context) error {
			st.advance(leaseTTL)
			tick()
			if _, err := TakeLease(t.Context(), st, bob, bobClock); !errors.Is(err, ErrLeased) {
				t.Errorf("while renewed: %v, want ErrLeased", err)
			}
			st.advance(2 * leaseTTL) // a long sleep
			if _, err := TakeLease(t.Context(), st, bob, bobClock); err != nil {
				t.Error(err)
			}
			tick()
			if cause := context.Cause(ctx); !errors.Is(cause, ErrLeaseLost) {
				t.Errorf("the cause is %v, want ErrLeaseLost", cause)
			}
			return errWork
		})
		if !errors.Is(err, errWork) {
			t.Errorf("Hold: %v", err)
		}
		if holder, _, err := readLease(t.Context(), st); err != nil || holder.Owner != bob {
			t.Errorf("held by %+v, %v, want bob", holder, err)
		}
	})
}

func TestAHeldLeaseIsGivenBack(t *testing.T) {
	st := newClocked(store.NewMemory())
	l, err := TakeLease(t.Context(), st, ana, anaClock)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Hold(t.Context(), nil, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if left := listed(t, st, leaseKey); len(left) > 0 {
		t.Error("the lease is still there")
	}
}

// A store that answers nothing for a minute of renewals: the lease may be gone.
func TestALeaseThatCannotBeRenewedIsLost(t *testing.T) {
	st := &hookedKeeper{Keeper: newClocked(store.NewMemory())}
	l, err := TakeLease(t.Context(), st, ana, anaClock)
	if err != nil {
		t.Fatal(err)
	}
	l.keeper = dumb{st}
	ticks := make(chan time.Time)
	err = l.Hold(t.Context(), ticks, func(ctx context.Context) error {
		for range leaseTTL / RenewEvery {
			if ctx.Err() != nil {
				t.Error("lost too early")
			}
			ticks <- anaClock
		}
		<-ctx.Done()
		return nil
	})
	if err != nil {
		t.Errorf("Hold: %v", err)
	}
}

// dumb answers no conditional write.
type dumb struct{ store.Keeper }

func (dumb) ReplaceIf(context.Context, string, store.Tag, []byte) (store.Tag, error) {
	return store.Absent, errDisk
}

func (d dumb) ReadTagged(context.Context, string) ([]byte, store.Tag, error) {
	return nil, store.Absent, errDisk
}

// listed returns the keys below a prefix.
func listed(t testing.TB, k store.Keeper, prefix string) (keys []string) {
	t.Helper()
	for object, err := range k.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, object.Key)
	}
	return keys
}
