package publish

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

func rollback(st store.Store, nonce, to uint64) Rollback {
	return Rollback{Store: st, To: to, RunID: NewRunID(time.Unix(0, 0), nonce), Reason: "prices were wrong", By: "ana"}
}

func TestARollbackIsACommitOfOldParts(t *testing.T) {
	st := store.NewMemory()
	first := publish(t, st, 1, sampleScores(20, 1))
	publishOn(t, st, 2, sampleScores(22, 2), 1)
	wanted := decisions(sampleScores(20, 1))

	result, err := rollback(st, 9, 1).Run(t.Context())
	if err != nil || result.Warning != nil {
		t.Fatal(err, result.Warning)
	}
	c := result.Commit
	if c.N != 3 || c.Base != 2 || c.Kind != KindRollback || c.RestoredFrom != 1 || c.Reason == "" || c.By != "ana" || c.AsOf != first.AsOf || c.Delta == nil {
		t.Errorf("commit %+v", c)
	}
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, decisions(readAll(t, r))); diff != "" {
		t.Errorf("rows (-of commit 1 +shown):\n%s", diff)
	}
	if report, err := Verify(t.Context(), st, 0); err != nil || !report.OK() {
		t.Errorf("verify: %+v, %v", report, err)
	}
	for _, to := range []uint64{1, 3} {
		if result, err := rollback(st, 10, to).Run(t.Context()); !errors.Is(err, ErrAlreadyPublished) || result.Commit.N != 3 {
			t.Errorf("to commit %d again: %+v, %v, want ErrAlreadyPublished", to, result.Commit, err)
		}
	}
}

// What a person has undone stays undone until something changes or a person
// says otherwise.
func TestANightThatWasRolledBack(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	bad := sampleSet(st, 2)
	d := bad.stage(t, sampleScores(20, 2))
	if _, err := bad.Commit(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if _, err := rollback(st, 9, 1).Run(t.Context()); err != nil {
		t.Fatal(err)
	}

	if c, err := Published(t.Context(), st, d.IdempotencyKey); !errors.Is(err, ErrRolledBack) || c == nil || c.N != 2 {
		t.Errorf("Published = %+v, %v, want commit 2 and ErrRolledBack", c, err)
	}
	again := sampleSet(st, 3)
	retry := again.stage(t, sampleScores(20, 2))
	retry.IdempotencyKey = d.IdempotencyKey
	if result, err := again.Commit(t.Context(), retry); !errors.Is(err, ErrRolledBack) || result.Commit.N != 2 {
		t.Errorf("a retry: %+v, %v, want ErrRolledBack", result.Commit, err)
	}

	forced := retry
	forced.Force = true
	if result, err := again.Commit(t.Context(), forced); err != nil || result.Commit.N != 4 {
		t.Fatalf("forced: %+v, %v, want commit 4", result.Commit, err)
	}
	if c, err := Published(t.Context(), st, d.IdempotencyKey); err != nil || c.N != 4 {
		t.Errorf("Published = %+v, %v, want commit 4", c, err)
	}

	// The key of commit 1 is in force again after a rollback to it, and the day after
	// publishes as ever.
	if _, err := rollback(st, 11, 1).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err := Published(t.Context(), st, "key of "+sampleSet(st, 1).RunID); err != nil || c.N != 1 {
		t.Errorf("Published = %+v, %v, want commit 1", c, err)
	}
	if c := publishOn(t, st, 5, sampleScores(20, 5), 1); c.N != 6 {
		t.Errorf("the day after is commit %d, want 6", c.N)
	}
}

// A rollback forward again undoes the undoing.
func TestARollbackCanBeRolledBack(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	publish(t, st, 2, sampleScores(20, 2))
	for i, to := range []uint64{1, 2} {
		if _, err := rollback(st, 9+uint64(i), to).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := Published(t.Context(), st, "key of "+sampleSet(st, 2).RunID); err != nil || c.N != 2 {
		t.Errorf("Published = %+v, %v, want commit 2", c, err)
	}
}

// A run that slept through the publish of its own work and through its rollback
// does not undo the person's decision.
func TestAZombieDoesNotUndoARollback(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	asleep := &sleeper{Store: st}
	zombie := sampleSet(asleep, 999)
	d := zombie.stage(t, sampleScores(20, 2))
	asleep.beforeCommit = func() {
		set := sampleSet(st, 2)
		same := set.stage(t, sampleScores(20, 2))
		same.IdempotencyKey = d.IdempotencyKey
		if _, err := set.Commit(t.Context(), same); err != nil {
			t.Fatal(err)
		}
		if _, err := rollback(st, 9, 1).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if result, err := zombie.Commit(t.Context(), d); !errors.Is(err, ErrRolledBack) {
		t.Errorf("%+v, %v, want ErrRolledBack", result.Commit, err)
	}
}

func TestATargetThatCannotBeShownAgain(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(st *store.Memory, first *Commit) error
		order func(r *Rollback)
		want  error
	}{
		"a part is gone": {
			spoil: func(st *store.Memory, c *Commit) error { return st.Delete(t.Context(), c.Parts[1].Key) },
			want:  ErrExpired,
		},
		"a part is damaged": {
			spoil: func(st *store.Memory, c *Commit) error {
				return st.Replace(t.Context(), c.Parts[1].Key, []byte("noise"))
			},
			want: ErrCorrupt,
		},
		"no such commit":          {order: func(r *Rollback) { r.To = 7 }, want: ErrNoCommit},
		"commit 0":                {order: func(r *Rollback) { r.To = 0 }, want: ErrNoCommit},
		"it holds who was erased": {order: func(r *Rollback) { r.Erased = func(id string) bool { return id == "C0000003" } }, want: ErrErased},
	} {
		st := store.NewMemory()
		first := publish(t, st, 1, sampleScores(20, 1))
		publish(t, st, 2, sampleScores(20, 2))
		if test.spoil != nil {
			if err := test.spoil(st, first); err != nil {
				t.Fatal(err)
			}
		}
		r := rollback(st, 9, 1)
		if test.order != nil {
			test.order(&r)
		}
		if result, err := r.Run(t.Context()); !errors.Is(err, test.want) {
			t.Errorf("%s: %+v, %v, want %v", name, result.Commit, err, test.want)
		}
		if head, err := Head(t.Context(), st); err != nil || head.Commit.N != 2 {
			t.Errorf("%s: %+v, %v, want commit 2 as the newest", name, head, err)
		}
	}
	r := rollback(store.NewMemory(), 9, 1)
	r.Reason = " "
	if _, err := r.Run(t.Context()); err == nil {
		t.Error("a rollback without a reason ran")
	}
}

// Without an older set, a forced night goes past the damaged record.
func TestAForcedNightPastADamagedRecord(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	if err := st.Replace(t.Context(), commitKey(1), []byte("noise")); err != nil {
		t.Fatal(err)
	}
	set := sampleSet(st, 2)
	d := set.stage(t, sampleScores(20, 2))
	if _, err := set.Commit(t.Context(), d); !errors.Is(err, ErrCorrupt) {
		t.Errorf("not forced: %v, want ErrCorrupt", err)
	}
	d.Force = true
	if result, err := set.Commit(t.Context(), d); err != nil || result.Commit.N != 2 || result.Commit.Base != 1 || result.Commit.NoDelta == "" {
		t.Errorf("forced: %+v, %v, want commit 2 without a delta", result.Commit, err)
	}
}

// A head whose record itself is damaged stops readers; a rollback goes past it.
func TestARollbackPastADamagedRecord(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	publish(t, st, 2, sampleScores(20, 2))
	if err := st.Replace(t.Context(), commitKey(2), []byte("noise")); err != nil {
		t.Fatal(err)
	}
	if _, err := Head(t.Context(), st); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("Head: %v, want ErrCorrupt", err)
	}
	result, err := rollback(st, 9, 1).Run(t.Context())
	if err != nil || result.Commit.N != 3 || result.Commit.NoDelta == "" {
		t.Fatalf("%+v, %v, want commit 3 without a delta", result.Commit, err)
	}
	if r, err := Head(t.Context(), st); err != nil || len(readAll(t, r)) != 20 {
		t.Errorf("Head: %v", err)
	}
	if c := publishOn(t, st, 4, sampleScores(20, 4), 1); c.N != 4 {
		t.Errorf("the night after is commit %d, want 4", c.N)
	}
}
