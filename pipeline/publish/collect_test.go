package publish

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

const day = 24 * time.Hour

// aWeek keeps two commits and what is younger than three days.
var aWeek = Policy{Keep: 2, Young: 3 * day, Orphan: 2 * day}

// publishedWeek returns a store with a commit of each of seven days.
func publishedWeek(t testing.TB) *clocked {
	st := newClocked(store.NewMemory())
	for n := range uint64(7) {
		st.advance(day)
		publish(t, st, n, sampleScores(10, n))
	}
	return st
}

func collect(t testing.TB, st store.Keeper, p Policy) Collection {
	t.Helper()
	c, err := Collect(t.Context(), st, p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantWhole checks that the commits from first to the newest can be read, and
// followed from the one before first.
func wantWhole(t testing.TB, st store.Store, first uint64) {
	t.Helper()
	head, err := findHead(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	for n := first; n <= head.N; n++ {
		if report, err := Verify(t.Context(), st, n); err != nil || !report.OK() {
			t.Fatalf("commit %d: %+v, %v", n, report, err)
		}
	}
}

func TestCollectKeepsWhatIsNewOrNamed(t *testing.T) {
	st := publishedWeek(t)
	if _, err := rollback(st, 90, 1).Run(t.Context()); err != nil { // commit 8 names the parts of 1
		t.Fatal(err)
	}
	dry := aWeek
	dry.DryRun = true
	before := listed(t, st, "")
	would := collect(t, st, dry)
	if diff := cmp.Diff(before, listed(t, st, "")); diff != "" {
		t.Errorf("a dry run changed something:\n%s", diff)
	}

	did := collect(t, st, aWeek)
	if diff := cmp.Diff(would.Deleted, did.Deleted); diff != "" || would.Bytes != did.Bytes || did.Bytes == 0 {
		t.Errorf("(-would +did):\n%s", diff)
	}
	if want := []uint64{8, 7, 6, 5}; !slices.Equal(did.Kept, want) {
		t.Errorf("kept %v, want %v", did.Kept, want)
	}
	wantWhole(t, st, 5)
	if report, err := Verify(t.Context(), st, 1); err != nil || !report.Whole() {
		t.Errorf("commit 1, whose parts commit 8 names: %+v, %v", report, err)
	}
	for n := uint64(2); n <= 4; n++ {
		r, err := At(t.Context(), st, n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tryReadAll(t, r); !errors.Is(err, ErrExpired) {
			t.Errorf("commit %d: %v, want ErrExpired", n, err)
		}
	}
	var everything *ReadAllError
	if _, err := (shownRows{}).apply(t.Context(), st, 3); !errors.As(err, &everything) || everything.Why != Expired {
		t.Errorf("following from commit 3: %v, want ErrReadAll, expired", err)
	}
	for changes, err := range Changes(t.Context(), st, 4) {
		if err != nil {
			t.Errorf("following from commit 4: %v, %v", changes, err)
		}
	}
	if _, err := rollback(st, 91, 3).Run(t.Context()); !errors.Is(err, ErrExpired) {
		t.Errorf("rolling back to commit 3: %v, want ErrExpired", err)
	}
	if _, err := rollback(st, 92, 5).Run(t.Context()); err != nil {
		t.Errorf("rolling back to commit 5: %v", err)
	}
	again := collect(t, st, aWeek)
	for _, object := range again.Deleted {
		if object.Key[:7] != "claims/" {
			t.Errorf("a second collection deleted %s", object.Key)
		}
	}
}

func TestCollectTakesCrashedRuns(t *testing.T) {
	st := publishedWeek(t)
	for nonce, place := range map[uint64]string{501: "dead", 502: "leased", 503: "resumable"} {
		set := sampleSet(st, nonce)
		set.stage(t, sampleScores(5, nonce))
		if err := st.Create(t.Context(), "runs/"+set.RunID+"/log.jsonl", []byte(place)); err != nil {
			t.Fatal(err)
		}
	}
	dead, leased, resumable := sampleSet(nil, 501).RunID, sampleSet(nil, 502).RunID, sampleSet(nil, 503).RunID
	if _, err := TakeLease(t.Context(), st, Owner{RunID: leased}, anaClock); err != nil {
		t.Fatal(err)
	}
	if err := st.Create(t.Context(), "nights/k.json", fmt.Appendf(nil, `{"run_id": %q}`, resumable)); err != nil {
		t.Fatal(err)
	}

	left := func(run string) int { return len(listed(t, st, "sets/"+run)) + len(listed(t, st, "runs/"+run)) }
	st.advance(aWeek.Orphan - time.Minute)
	collect(t, st, aWeek)
	if left(dead) != 3 {
		t.Error("a run of yesterday was taken for a crashed one")
	}
	st.advance(2 * time.Minute)
	if c := collect(t, st, aWeek); left(dead) != 0 || left(leased) != 3 || left(resumable) != 3 || len(c.Live) != 2 {
		t.Errorf("left of the dead run %d, leased %d, resumable %d; live %v", left(dead), left(leased), left(resumable), c.Live)
	}
	st.advance(aWeek.Young)
	if collect(t, st, aWeek); left(resumable) != 0 || len(listed(t, st, nightsPrefix)) != 0 {
		t.Error("a night that nobody has gone on with stays for good")
	}
	wantWhole(t, st, 6)
}

// A run sleeps for a week, anywhere between staging and its commit, while gc
// runs: it commits a whole set or gets ErrExpired.
func TestAZombieWhoseObjectsAreCollected(t *testing.T) {
	exhaustive(t)
	committed, refused := 0, 0
	for at := 1; ; at++ {
		st := newClocked(store.NewMemory())
		publish(t, st, 1, sampleScores(10, 1))
		asleep := &napping{Keeper: st, at: at}
		set := sampleSet(asleep, 2)
		d := set.stage(t, sampleScores(10, 2))
		asleep.count = 0
		asleep.nap = func() {
			st.advance(7 * day)
			collect(t, st, aWeek)
		}
		result, err := set.Commit(t.Context(), d)
		switch {
		case err == nil:
			committed++
			wantWhole(t, st, result.Commit.N)
		case errors.Is(err, ErrExpired) || errors.Is(err, store.ErrNotExist):
			refused++
			wantWhole(t, st, 1)
		default:
			t.Fatalf("asleep before operation %d: %v", at, err)
		}
		if asleep.count < at {
			break
		}
	}
	if committed == 0 || refused == 0 {
		t.Errorf("%d committed and %d were refused: one of the two was never tried", committed, refused)
	}
}

// napping calls nap before its at-th operation.
type napping struct {
	store.Keeper
	at  int
	nap func()

	mu    sync.Mutex
	count int
}

func (n *napping) tick() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.count++; n.count == n.at && n.nap != nil {
		n.nap()
	}
}

func (n *napping) Create(ctx context.Context, key string, body []byte) error {
	n.tick()
	return n.Keeper.Create(ctx, key, body)
}

func (n *napping) Read(ctx context.Context, key string) ([]byte, error) {
	n.tick()
	return n.Keeper.Read(ctx, key)
}

func (n *napping) Replace(ctx context.Context, key string, body []byte) error {
	n.tick()
	return n.Keeper.Replace(ctx, key, body)
}

// mortal answers nothing after the operation with which it dies; that one may
// have been applied.
type mortal struct {
	store.Keeper
	dies    int
	applied bool
	count   int
}

var errDead = errors.New("killed")

func (m *mortal) do(run func() error) error {
	if m.count++; m.count < m.dies {
		return run()
	}
	if m.count == m.dies && m.applied {
		if err := run(); err != nil {
			return err
		}
	}
	return errDead
}

func (m *mortal) Create(ctx context.Context, key string, body []byte) error {
	return m.do(func() error { return m.Keeper.Create(ctx, key, body) })
}

func (m *mortal) Replace(ctx context.Context, key string, body []byte) error {
	return m.do(func() error { return m.Keeper.Replace(ctx, key, body) })
}

func (m *mortal) Delete(ctx context.Context, key string) error {
	return m.do(func() error { return m.Keeper.Delete(ctx, key) })
}

func (m *mortal) Read(ctx context.Context, key string) (body []byte, err error) {
	err = m.do(func() error { body, err = m.Keeper.Read(ctx, key); return err })
	return body, err
}

func (m *mortal) List(ctx context.Context, prefix string) iter.Seq2[store.Object, error] {
	if m.do(func() error { return nil }) != nil {
		return func(yield func(store.Object, error) bool) { yield(store.Object{}, errDead) }
	}
	return m.Keeper.List(ctx, prefix)
}

// Whatever operation a collection dies at, nothing that is named is gone, and the
// next one ends where an uninterrupted one would have.
func TestACollectionMayBeKilledAnywhere(t *testing.T) {
	exhaustive(t)
	original := newClocked(store.NewMemory())
	for n := range uint64(4) {
		original.advance(2 * day)
		publish(t, original, n, sampleScores(4, n))
	}
	sampleSet(original, 77).stage(t, sampleScores(4, 77))
	original.advance(4 * day)
	fresh := func() *clocked { return original.copied(t) }
	whole := fresh()
	collect(t, whole, aWeek)
	want := listed(t, whole, "")
	for _, applied := range []bool{false, true} {
		for dies := 1; ; dies++ {
			st := fresh()
			m := &mortal{Keeper: st, dies: dies, applied: applied}
			_, err := Collect(t.Context(), m, aWeek)
			wantWhole(t, st, 3)
			collect(t, st, aWeek)
			left := slices.DeleteFunc(listed(t, st, ""), func(key string) bool { return key[:6] == clockPrefix })
			if diff := cmp.Diff(want, left); diff != "" {
				t.Fatalf("killed at operation %d (-uninterrupted +killed and run again):\n%s", dies, diff)
			}
			if err == nil {
				if dies < 30 {
					t.Errorf("the sweep ended after %d operations", dies)
				}
				break
			}
		}
	}
}

// A thousand runs crash at any moment; what they leave behind does not add up.
func TestDiskUseIsBoundedWhateverCrashes(t *testing.T) {
	exhaustive(t)
	st := newClocked(store.NewMemory())
	publish(t, st, 1, sampleScores(4, 1))
	ctx, rng, most := t.Context(), rand.New(rand.NewPCG(8, 8)), 0
	for i := range uint64(1000) {
		st.advance(6 * time.Hour)
		runID := sampleSet(nil, 1000+i).RunID
		keys := []string{
			fmt.Sprintf("sets/%s/part-00000.parquet", runID), fmt.Sprintf("sets/%s/part-00001.parquet", runID), "runs/" + runID + "/log.jsonl",
			claimKey(2, runID), deltaKey(2, runID, 0), deltaKey(2, runID, 1),
		}
		for _, key := range keys[:rng.IntN(len(keys)+1)] {
			if err := st.Create(ctx, key, fmt.Appendf(nil, `{"by": %q}`, runID)); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 3 {
			collect(t, st, aWeek)
			most = max(most, len(listed(t, st, "sets/"))+len(listed(t, st, "runs/"))+len(listed(t, st, "deltas/")))
		}
		if i%100 == 99 {
			publish(t, st, 100_000+i, sampleScores(4, i))
		}
	}
	if left := len(listed(t, st, "")); most > 250 || left > 800 {
		t.Errorf("up to %d objects of runs, at last %d in all", most, left)
	}
	wantWhole(t, st, 10)
}

// Collections beside writers and slow readers, all at once.
func TestCollectionsBesideReadersAndWriters(t *testing.T) {
	st := newClocked(store.NewMemory())
	publish(t, st, 1, sampleScores(10, 1))
	var group sync.WaitGroup
	for w := range uint64(3) {
		group.Go(func() {
			for i := range uint64(6) {
				st.advance(day)
				set := sampleSet(st, 1000*(w+1)+i)
				d, err := set.tryStage(t, sampleScores(10, i))
				if err == nil {
					_, err = set.Commit(t.Context(), d)
				}
				if err != nil && !errors.Is(err, ErrExpired) && !errors.Is(err, store.ErrNotExist) {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for range 12 {
				if _, err := Collect(t.Context(), st, aWeek); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for range 12 {
				r, err := Head(t.Context(), st)
				if err != nil {
					t.Error(err)
					return
				}
				rows, err := tryReadAll(t, r)
				if err != nil && !errors.Is(err, ErrExpired) || err == nil && len(rows) != 10 {
					t.Errorf("commit %d: %d rows, %v", r.Commit.N, len(rows), err)
				}
			}
		})
	}
	group.Wait()
	head, err := findHead(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, st, head.N-1)
}

func TestCollectFollowsRules(t *testing.T) {
	st := publishedWeek(t)
	for _, key := range []string{"history/old/bucket-0", "history/old/bucket-1", "history/named/bucket-0", "features/old/part-0"} {
		if err := st.Create(t.Context(), key, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	st.advance(3 * day)
	if err := st.Create(t.Context(), "history/new/bucket-0", []byte("x")); err != nil {
		t.Fatal(err)
	}
	p := aWeek
	p.Rules = []Rule{{Prefix: "history/", Keep: func(name string, kept []*Commit) bool {
		if len(kept) == 0 || kept[0].N != 7 {
			t.Errorf("kept commits %v", kept)
		}
		return name == "named"
	}}, {Prefix: "features/"}}
	collect(t, st, p)
	want := []string{"history/named/bucket-0", "history/new/bucket-0"}
	if got := slices.Concat(listed(t, st, "features/"), listed(t, st, "history/")); !slices.Equal(got, want) {
		t.Errorf("left %v, want %v", got, want)
	}
}

// A commit whose record cannot be read may name anything.
func TestCollectDeletesNothingBesideADamagedRecord(t *testing.T) {
	st := publishedWeek(t)
	if err := st.Replace(t.Context(), commitKey(6), []byte("noise")); err != nil {
		t.Fatal(err)
	}
	if c, err := Collect(t.Context(), st, aWeek); !errors.Is(err, ErrCorrupt) || len(c.Deleted) > 0 {
		t.Errorf("%+v, %v, want ErrCorrupt and nothing deleted", c, err)
	}
}
