package publish

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

func TestWhatIsPublishedIsRead(t *testing.T) {
	st := store.NewMemory()
	rows := sampleScores(300, 1)
	c := publish(t, st, 1, rows)
	if c.N != 1 || c.Base != 0 || c.Rows != 300 || c.Kind != KindPublish || len(c.Parts) != sampleBuckets {
		t.Errorf("commit %+v", c)
	}
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, r.Commit, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the record read differs from the record made (-made +read):\n%s", diff)
	}
	for i := range rows {
		rows[i].RunID, rows[i].SchemaVersion, rows[i].RowHash = c.RunID, SchemaVersion, RowHash(&rows[i])
	}
	if diff := cmp.Diff(rows, readAll(t, r), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("rows (-published +read):\n%s", diff)
	}
}

func TestEmptyBucketsAreParts(t *testing.T) {
	for _, n := range []int{0, 1} {
		st := store.NewMemory()
		c := publish(t, st, 1, sampleScores(n, 1))
		r, err := Head(t.Context(), st)
		if err != nil || len(c.Parts) != sampleBuckets || len(readAll(t, r)) != n {
			t.Errorf("%d customers: %+v, %v", n, c, err)
		}
		if report, err := Verify(t.Context(), st, 1); err != nil || !report.OK() {
			t.Errorf("%d customers: %+v, %v", n, report, err)
		}
		if _, err := r.Find(t.Context(), "nobody"); !errors.Is(err, ErrNoCustomer) {
			t.Errorf("%d customers: %v, want ErrNoCustomer", n, err)
		}
		for k := range sampleBuckets {
			if _, err := r.Part(t.Context(), k); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTheSameKeyPublishesOnce(t *testing.T) {
	st := store.NewMemory()
	rows := sampleScores(50, 1)
	first := sampleSet(st, 1)
	d := first.stage(t, rows)
	if _, err := first.Commit(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	publish(t, st, 2, rows)

	again := sampleSet(st, 3)
	repeated := again.stage(t, rows)
	repeated.IdempotencyKey = d.IdempotencyKey
	result, err := again.Commit(t.Context(), repeated)
	if !errors.Is(err, ErrAlreadyPublished) || result.Commit == nil || result.Commit.N != 1 {
		t.Errorf("Commit = %+v, %v, want commit 1 and ErrAlreadyPublished", result.Commit, err)
	}
	found, err := Published(t.Context(), st, d.IdempotencyKey)
	if err != nil || found == nil || found.N != 1 {
		t.Errorf("Published = %+v, %v, want commit 1", found, err)
	}
	if found, err := Published(t.Context(), st, "another key"); found != nil || err != nil {
		t.Errorf("Published(another key) = %+v, %v", found, err)
	}

	repeated.Force = true
	if result, err := again.Commit(t.Context(), repeated); err != nil || result.Commit.N != 3 {
		t.Errorf("forced: %+v, %v, want commit 3", result.Commit, err)
	}
}

func TestWritersOfDifferentWorkAllCommit(t *testing.T) {
	const writers = 8
	st := store.NewMemory()
	rows := sampleScores(20, 1)
	results := make([]Result, writers)
	var group sync.WaitGroup
	for i := range writers {
		set := sampleSet(st, uint64(i))
		d := set.stage(t, rows)
		group.Go(func() {
			var err error
			if results[i], err = set.Commit(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	seen := map[uint64]bool{}
	for _, r := range results {
		if r.Commit == nil || seen[r.Commit.N] || r.Commit.Base != r.Commit.N-1 || r.Warning != nil {
			t.Fatalf("commit %+v, warning %v", r.Commit, r.Warning)
		}
		seen[r.Commit.N] = true
	}
}

// A writer that slept after staging wakes up to a newer commit.
func TestAZombieIsFenced(t *testing.T) {
	rows := sampleScores(20, 1)
	st := store.NewMemory()
	woken := func(awake func(zombie Draft)) (Result, error) {
		set := sampleSet(nil, 999)
		asleep := &sleeper{Store: st}
		set.Store = asleep
		d := set.stage(t, rows)
		asleep.beforeCommit = func() { awake(d) }
		return set.Commit(t.Context(), d)
	}

	var winner *Commit
	result, err := woken(func(d Draft) {
		set := sampleSet(st, 1)
		same := set.stage(t, rows)
		same.IdempotencyKey = d.IdempotencyKey
		published, err := set.Commit(t.Context(), same)
		if err != nil {
			t.Fatal(err)
		}
		winner = published.Commit
	})
	if !errors.Is(err, ErrAlreadyPublished) || result.Commit.RunID != winner.RunID {
		t.Errorf("same work: %+v, %v, want the winner's commit", result.Commit, err)
	}

	st = store.NewMemory()
	result, err = woken(func(Draft) { publishOn(t, st, 2, rows, 1) })
	if !errors.Is(err, ErrSuperseded) || result.Commit.N != 1 {
		t.Errorf("next day's work is there: %+v, %v, want ErrSuperseded", result.Commit, err)
	}

	st = store.NewMemory()
	result, err = woken(func(Draft) { publish(t, st, 3, rows) })
	if err != nil || result.Commit.N != 2 || result.Commit.Base != 1 {
		t.Errorf("other work of the same day: %+v, %v, want commit 2", result.Commit, err)
	}
}

// publishOn publishes rows as of days after the sample day.
func publishOn(t *testing.T, st store.Store, nonce uint64, rows []Score, days int32) *Commit {
	t.Helper()
	set := sampleSet(st, nonce)
	later := append([]Score(nil), rows...)
	for i := range later {
		later[i].AsOf += days
		later[i].ExpectedNextOrderEarliest = nil
	}
	d := set.stage(t, later)
	d.AsOf += history.Day(days)
	result, err := set.Commit(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return result.Commit
}

// sleeper runs beforeCommit just before the first commit record is created.
type sleeper struct {
	store.Store
	beforeCommit func()
}

func (s *sleeper) Create(ctx context.Context, key string, body []byte) error {
	if awake := s.beforeCommit; awake != nil && key[:8] == "commits/" {
		s.beforeCommit = nil
		awake()
	}
	return s.Store.Create(ctx, key, body)
}

func TestAHintThatFailsIsAWarning(t *testing.T) {
	st := store.NewMemory()
	set := sampleSet(noHint{st}, 1)
	result, err := set.Commit(t.Context(), set.stage(t, sampleScores(20, 1)))
	if err != nil || !errors.Is(result.Warning, errDisk) {
		t.Fatalf("Commit: %v, warning %v", err, result.Warning)
	}
	if r, err := Head(t.Context(), st); err != nil || r.Commit.N != 1 {
		t.Errorf("Head without a hint: %+v, %v", r, err)
	}
}

type noHint struct{ store.Store }

var errDisk = errors.New("disk on fire")

func (noHint) Replace(context.Context, string, []byte) error { return errDisk }

func TestADraftThatCannotBe(t *testing.T) {
	set := sampleSet(store.NewMemory(), 1)
	good := set.stage(t, sampleScores(20, 1))
	for name, spoil := range map[string]func(s *Set, d *Draft){
		"a part is missing":        func(_ *Set, d *Draft) { d.Parts = d.Parts[1:] },
		"parts are out of order":   func(_ *Set, d *Draft) { d.Parts[0], d.Parts[1] = d.Parts[1], d.Parts[0] },
		"no buckets":               func(s *Set, d *Draft) { s.Buckets = 0 },
		"a run id that climbs":     func(s *Set, d *Draft) { s.RunID = "../x" },
		"a run id of two parts":    func(s *Set, d *Draft) { s.RunID = "a/b" },
		"no idempotency key":       func(_ *Set, d *Draft) { d.IdempotencyKey = "" },
		"no run id":                func(s *Set, d *Draft) { s.RunID = "" },
		"an override without why":  func(_ *Set, d *Draft) { d.Override = &Override{Accept: []string{"H8"}} },
		"an override of a certain": func(_ *Set, d *Draft) { d.Override = &Override{Accept: []string{"H4"}, Reason: "hurry"} },
	} {
		s, d := set, good
		d.Parts = append([]Part(nil), good.Parts...)
		spoil(&s, &d)
		if result, err := s.Commit(t.Context(), d); err == nil {
			t.Errorf("%s: committed %+v", name, result.Commit)
		}
	}
	if _, err := Head(t.Context(), set.Store); !errors.Is(err, ErrNoCommit) {
		t.Errorf("after refusals: %v, want ErrNoCommit", err)
	}
}
