package publish

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// faulty answers one operation, or all from it on, with an error: before it is
// applied, or after, as when the answer is lost.
type faulty struct {
	store.Store
	fail    int // the operation to fail, from 1
	applied bool
	sticky  bool // the process is dead from then on

	mu    sync.Mutex // parts are read back in parallel
	count int
}

var errInjected = errors.New("injected fault")

// do applies the operation unless it is the one to fail, or the process is dead.
func (f *faulty) do(operation func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	first, dead := f.count == f.fail, f.sticky && f.count > f.fail
	if dead || first && !f.applied {
		return errInjected
	}
	if err := operation(); err != nil || !first {
		return err
	}
	return errInjected
}

func (f *faulty) Create(ctx context.Context, key string, body []byte) error {
	return f.do(func() error { return f.Store.Create(ctx, key, body) })
}

func (f *faulty) Replace(ctx context.Context, key string, body []byte) error {
	return f.do(func() error { return f.Store.Replace(ctx, key, body) })
}

func (f *faulty) Read(ctx context.Context, key string) (body []byte, err error) {
	err = f.do(func() error { body, err = f.Store.Read(ctx, key); return err })
	if err != nil {
		return nil, err
	}
	return body, nil
}

// layered adds objects to those of a store below that is never written.
type layered struct {
	store.Store
	below store.Store
}

func (l layered) Create(ctx context.Context, key string, body []byte) error {
	if _, err := l.below.Read(ctx, key); err == nil {
		return store.ErrExists
	}
	return l.Store.Create(ctx, key, body)
}

func (l layered) Read(ctx context.Context, key string) ([]byte, error) {
	body, err := l.Store.Read(ctx, key)
	if errors.Is(err, store.ErrNotExist) {
		return l.below.Read(ctx, key)
	}
	return body, err
}

// Whichever operation of a publish fails, once or for good, before or after it
// took effect: readers see the old set or the new one, whole; an acknowledged
// set is there; and another run of the same work ends with exactly one commit.
func TestAnyOperationMayFail(t *testing.T) {
	exhaustive(t)
	before, after := sampleScores(40, 1), sampleScores(41, 2)
	published := store.NewMemory()
	publish(t, published, 1, before)
	for _, mode := range []struct{ applied, sticky bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		fail := 1
		for ; ; fail++ {
			name := fmt.Sprintf("operation %d fails, applied %t, for good %t", fail, mode.applied, mode.sticky)
			st := layered{store.NewMemory(), published}
			f := &faulty{Store: st, fail: fail, applied: mode.applied, sticky: mode.sticky}
			acknowledged := tryPublish(t, f, 2, after)
			seen := wantWholeSet(t, name, st, before, after)
			if acknowledged && seen != 2 {
				t.Errorf("%s: acknowledged, yet readers see commit %d", name, seen)
			}
			if !tryPublish(t, st, 3, after) || wantWholeSet(t, name, st, before, after) != 2 {
				t.Errorf("%s: the next run did not end with commit 2 as the newest", name)
			}
			if f.count < fail {
				break // a clean pass: every operation has had its turn
			}
		}
		if operations := fail - 1; operations < 3*sampleBuckets {
			t.Errorf("the sweep ended after %d operations", operations)
		}
	}
}

// tryPublish runs the night's work under a run id of its own and reports whether
// it was acknowledged.
func tryPublish(t *testing.T, st store.Store, nonce uint64, rows []Score) bool {
	set := sampleSet(st, nonce)
	d, err := set.tryStage(t, rows)
	if err != nil {
		return false
	}
	d.IdempotencyKey = "tonight"
	_, err = set.Commit(t.Context(), d)
	return err == nil || errors.Is(err, ErrAlreadyPublished)
}

// wantWholeSet reads the head as a CRM sync does and returns its number: 1 with
// the rows of before, or 2 with those of after.
func wantWholeSet(t *testing.T, name string, st store.Store, before, after []Score) uint64 {
	t.Helper()
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	want := before
	if r.Commit.N == 2 {
		want = after
	}
	if diff := cmp.Diff(decisions(want), decisions(readAll(t, r))); diff != "" {
		t.Errorf("%s: commit %d is torn:\n%s", name, r.Commit.N, diff)
	}
	return r.Commit.N
}

// decisions returns the decision id of each row, which no two rows of any night
// share.
func decisions(rows []Score) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].DecisionID
	}
	return ids
}

// The negative control: parts overwritten in place, each of them atomically, are
// seen torn when the writer dies between two.
func TestOverwritingInPlaceIsSeenTorn(t *testing.T) {
	torn := 0
	for fail := 1; fail <= sampleBuckets; fail++ {
		st := store.NewMemory()
		overwrite(t, st, "monday", sampleScores(40, 1))
		overwrite(t, &faulty{Store: st, fail: fail, sticky: true}, "tuesday", sampleScores(40, 2))
		seen := map[string]bool{}
		for k := range sampleBuckets {
			body, err := st.Read(t.Context(), fmt.Sprintf("latest/part-%d", k))
			if err != nil {
				t.Fatal(err)
			}
			p := Part{Rows: int64(len(byBucket(sampleScores(40, 1), sampleBuckets)[k]))}
			file, err := p.open(body)
			if err != nil {
				t.Fatal(err)
			}
			err = p.scan(file, make([]Score, scanRows), func(rows []Score) error {
				seen[rows[0].RunID] = true
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) > 1 {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no reader saw a torn set: the sweep above could not fail either")
	}
}

// overwrite writes rows over latest/ until the store fails.
func overwrite(t *testing.T, st store.Store, runID string, rows []Score) {
	for k, bucket := range byBucket(rows, sampleBuckets) {
		for i := range bucket {
			bucket[i].RunID = runID
		}
		body, err := encodePart(bucket)
		if err != nil {
			t.Fatal(err)
		}
		if st.Replace(t.Context(), fmt.Sprintf("latest/part-%d", k), body) != nil {
			return
		}
	}
}
