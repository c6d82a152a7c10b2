package publish

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// erasing is the order to erase customers, the list being named by hash.
func erasing(st store.Store, nonce uint64, hash string, ids ...string) Erasure {
	return Erasure{
		Store: st, ListHash: hash, RunID: NewRunID(time.Unix(0, 0), nonce), Reason: "asked for it", By: "ana",
		Erased: func(id string) bool { return slices.Contains(ids, id) },
	}
}

// othersOf returns the rows of other customers.
func othersOf(rows []Score, ids ...string) []Score {
	return slices.DeleteFunc(slices.Clone(rows), func(s Score) bool { return slices.Contains(ids, s.CustomerID) })
}

func TestAnErasureIsACommitWithoutTheCustomer(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(40, 1))
	second := publishOn(t, st, 2, sampleScores(40, 2), 1)
	reader, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	before := readAll(t, reader)
	copied, n := readShown(t, st)

	result, err := erasing(st, 3, "h1", "C0000003", "nobody").Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := result.Commit
	if c.N != 3 || c.Kind != KindErasure || c.ErasureListHash != "h1" || c.Rows != 39 || c.AsOf != second.AsOf || c.Base != 2 {
		t.Errorf("commit %+v", c)
	}
	if reader, err = Head(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(othersOf(before, "C0000003"), readAll(t, reader)); diff != "" {
		t.Errorf("rows of others changed, -want +got:\n%s", diff)
	}
	if report, err := Verify(t.Context(), st, 0); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	gone := BucketOf("C0000003", sampleBuckets)
	for k := range c.Parts {
		if same := c.Parts[k] == second.Parts[k]; same == (k == gone) {
			t.Errorf("part %d is named again: %v", k, same)
		}
	}
	if d := c.Delta.Counts; d.Tombstones != 1 || d.Deleted != 1 || d.Upserted != 0 {
		t.Errorf("delta %+v", d)
	}
	if _, err := copied.apply(t.Context(), st, n); err != nil {
		t.Fatal(err)
	}
	if shown, _ := readShown(t, st); cmp.Diff(shown, copied) != "" {
		t.Error("whoever follows the delta still shows the customer")
	}
}

func TestAnErasureIsMadeOnceForEachList(t *testing.T) {
	st := store.NewMemory()
	if _, err := erasing(st, 9, "h1", "C0000003").Run(t.Context()); !errors.Is(err, ErrNoCommit) {
		t.Errorf("erasure of an empty store: %v", err)
	}
	publish(t, st, 1, sampleScores(20, 1))
	for i, want := range []struct {
		hash string
		n    uint64
		err  error
	}{{"h1", 2, nil}, {"h1", 2, ErrAlreadyPublished}, {"h2", 3, nil}, {"h2", 3, ErrAlreadyPublished}} {
		result, err := erasing(st, uint64(10+i), want.hash, "C0000003").Run(t.Context())
		if !errors.Is(err, want.err) || result.Commit.N != want.n {
			t.Errorf("erasure %d: commit %+v, %v", i, result.Commit, err)
		}
	}
}

// TestANightThatBeganBeforeAnErasure lets an erasure come between any two steps of
// a night: its customer is never in the newest commit afterwards.
func TestANightThatBeganBeforeAnErasure(t *testing.T) {
	errGrown := errors.New("the list has grown")
	for _, moment := range []string{"before the fence", "after the fence", "before the commit record"} {
		st := store.NewMemory()
		publish(t, st, 1, sampleScores(20, 1))
		erased := false
		erase := func() {
			if erased {
				return
			}
			erased = true
			if _, err := erasing(st, 3, "h1", "C0000003").Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		slow := &sleeper{Store: st}
		if moment == "before the commit record" {
			slow.beforeCommit = erase
		}
		set := sampleSet(slow, 2)
		set.Fence = func(context.Context) error {
			if moment == "before the fence" {
				erase()
			}
			if erased {
				return errGrown
			}
			if moment == "after the fence" {
				erase()
			}
			return nil
		}
		d := set.stage(t, sampleScores(21, 2))
		if _, err := set.Commit(t.Context(), d); !errors.Is(err, errGrown) {
			t.Errorf("%s: the night ended with %v", moment, err)
		}
		wantErased(t, moment, st, "C0000003")
	}
}

// TestAnErasureIsOvertaken has a night that passed its fence commit first: the
// erasure goes on from that commit.
func TestAnErasureIsOvertaken(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	slow := &sleeper{Store: st, beforeCommit: func() { publishOn(t, st, 2, sampleScores(22, 2), 1) }}
	result, err := erasing(slow, 3, "h1", "C0000003").Run(t.Context())
	if err != nil || result.Commit.N != 3 || result.Commit.Rows != 21 {
		t.Errorf("commit %+v, %v", result.Commit, err)
	}
	wantErased(t, "overtaken", st, "C0000003")
}

// wantErased reads the newest commit, verified, and looks for the customer.
func wantErased(t *testing.T, name string, st store.Store, id string) {
	t.Helper()
	if report, err := Verify(t.Context(), st, 0); err != nil || !report.OK() {
		t.Errorf("%s: %+v, %v", name, report, err)
	}
	reader, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Find(t.Context(), id); !errors.Is(err, ErrNoCustomer) {
		t.Errorf("%s: %s is found: %v", name, id, err)
	}
}

// TestARollbackAsksTheFence refuses a rollback whose list is not the newest.
func TestARollbackAsksTheFence(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	publishOn(t, st, 2, sampleScores(20, 2), 1)
	r := rollback(st, 3, 1)
	r.ErasureListHash = "h1"
	r.Fence = func(context.Context) error { return errInjected }
	if _, err := r.Run(t.Context()); !errors.Is(err, errInjected) {
		t.Errorf("Run: %v", err)
	}
	r.Fence = func(context.Context) error { return nil }
	if result, err := r.Run(t.Context()); err != nil || result.Commit.ErasureListHash != "h1" {
		t.Errorf("Run: %+v, %v", result.Commit, err)
	}
}

// TestAnErasureMayFailAnywhere fails or kills it at every operation: readers see
// the commit before or the one without her, and a second try ends with one erasure.
func TestAnErasureMayFailAnywhere(t *testing.T) {
	published := store.NewMemory()
	publish(t, published, 1, sampleScores(20, 1))
	for _, mode := range []struct{ applied, sticky bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		for fail := 1; ; fail++ {
			st := layered{store.NewMemory(), published}
			f := &faulty{Store: st, fail: fail, applied: mode.applied, sticky: mode.sticky}
			_, failed := erasing(f, 2, "h1", "C0000003").Run(t.Context())
			if report, err := Verify(t.Context(), st, 0); err != nil || !report.Whole() {
				t.Errorf("operation %d: %+v, %v", fail, report, err)
			}
			if _, err := erasing(st, 3, "h1", "C0000003").Run(t.Context()); err != nil && !errors.Is(err, ErrAlreadyPublished) {
				t.Errorf("operation %d: second try: %v", fail, err)
			}
			wantErased(t, "tried twice", st, "C0000003")
			if head, err := Head(t.Context(), st); err != nil || head.Commit.N != 2 {
				t.Errorf("operation %d: two erasures", fail)
			}
			if f.count < fail {
				if failed != nil || fail < 10 {
					t.Errorf("a clean pass of %d operations: %v", fail-1, failed)
				}
				break
			}
		}
	}
}

// TestAnErasureOfADamagedCommit changes nothing.
func TestAnErasureOfADamagedCommit(t *testing.T) {
	st := store.NewMemory()
	c := publish(t, st, 1, sampleScores(20, 1))
	if err := st.Replace(t.Context(), c.Parts[0].Key, []byte("gone")); err != nil {
		t.Fatal(err)
	}
	_, err := erasing(st, 2, "h1", "C0000003").Run(t.Context())
	if !errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "\n") {
		t.Errorf("Run: %v", err)
	}
	if head, err := Head(t.Context(), st); err != nil || head.Commit.N != 1 {
		t.Errorf("Head: %+v, %v", head, err)
	}
}
