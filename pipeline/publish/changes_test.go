package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// shownRows is what a CRM holds: customer → what it shows of the row.
type shownRows map[string]string

// readShown reads everything a CRM shows of the newest commit, and its number.
func readShown(t testing.TB, st store.Store) (shownRows, uint64) {
	t.Helper()
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	shown := shownRows{}
	for _, s := range readAll(t, r) {
		if s.shown() {
			shown[s.CustomerID] = RowHash(&s)
		}
	}
	return shown, r.Commit.N
}

// apply brings the copy, which shows commit after, to the newest.
func (copied shownRows) apply(ctx context.Context, st store.Store, after uint64) (uint64, error) {
	for changes, err := range Changes(ctx, st, after) {
		if err != nil {
			return after, err
		}
		for row, err := range changes.Rows(ctx) {
			if err != nil {
				return after, err
			}
			before, held := copied[row.CustomerID]
			if before != row.PreviousRowHash || held != (row.PreviousRowHash != "") {
				return after, fmt.Errorf("customer %s shows %q, the delta says %q", row.CustomerID, before, row.PreviousRowHash)
			}
			if row.Op == Delete {
				delete(copied, row.CustomerID)
				continue
			}
			copied[row.CustomerID] = RowHash(row.Score)
		}
		after = changes.Commit.N
	}
	return after, nil
}

// From whatever commit a copy was taken, applying the deltas in their order gives
// what the newest commit shows: customers come, go, are excluded and come back,
// commits are rolled back, the number of buckets changes.
func TestDeltasLeadFromAnyCommitToTheNewest(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 1))
		st := store.NewMemory()
		copies := map[uint64]shownRows{}
		rows := sampleScores(40, seed)
		for night := range uint64(9) {
			if night > 2 && rng.IntN(3) == 0 {
				to := 1 + rng.Uint64N(night)
				rollback := Rollback{Store: st, To: to, RunID: sampleSet(st, 900+night).RunID, Reason: "test"}
				if _, err := rollback.Run(t.Context()); err != nil && !errors.Is(err, ErrAlreadyPublished) {
					t.Fatalf("seed %d: %v", seed, err)
				}
			} else {
				rows = nextNight(rng, rows)
				set := sampleSet(st, night)
				set.Buckets = 1 + rng.IntN(3)
				d := set.stage(t, rows)
				d.Override = &Override{Accept: []string{"H8", "H9"}, Reason: "random nights"}
				if _, err := set.Commit(t.Context(), d); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
			shown, n := readShown(t, st)
			copies[n] = shown
		}
		want, head := readShown(t, st)
		for n, copied := range copies {
			copied = maps.Clone(copied)
			reached, err := copied.apply(t.Context(), st, n)
			if err != nil || reached != head {
				t.Errorf("seed %d: from commit %d to %d of %d: %v", seed, n, reached, head, err)
			}
			if diff := cmp.Diff(want, copied); diff != "" {
				t.Errorf("seed %d: from commit %d (-shown +copy):\n%s", seed, n, diff)
			}
			if report, err := Verify(t.Context(), st, n); err != nil || !report.OK() {
				t.Errorf("seed %d: verify %d: %+v, %v", seed, n, report, err)
			}
		}
	}
}

// nextNight returns the rows of the night after: a tenth leave, some come, some
// become excluded or are shown again, a third move.
func nextNight(rng *rand.Rand, rows []Score) []Score {
	var next []Score
	for _, s := range rows {
		if rng.IntN(10) == 0 {
			continue
		}
		if rng.IntN(3) == 0 {
			s = sampleScore(rng, s.CustomerID)
		}
		if rng.IntN(8) == 0 {
			s.Eligibility = excluded
		}
		next = append(next, s)
	}
	for range rng.IntN(6) {
		next = append(next, sampleScore(rng, fmt.Sprintf("N%07d", rng.IntN(1e7))))
	}
	return next
}

func TestADeltaSaysWhatChanged(t *testing.T) {
	st := store.NewMemory()
	rows := sampleScores(5, 1)
	for i := range rows {
		rows[i].Eligibility = "ok"
	}
	rows[4].Eligibility = excluded
	publish(t, st, 1, rows)

	next := slices.Clone(rows)
	next[0].NextProducts = []string{"tea", "jam", "bread"}
	next[0].ChurnRisk = map[bool]string{true: "low", false: "high"}[rows[0].ChurnRisk == "high"]
	next[1].DecisionID = "only a key, which no CRM shows"
	next[2].Eligibility = excluded
	newcomer := sampleScore(rand.New(rand.NewPCG(3, 3)), "NEW")
	next = append(next[:3], newcomer) // the fourth has gone, the fifth too
	c := publish(t, st, 2, next)

	want := DeltaCounts{Upserted: 2, Unchanged: 1, Deleted: 2, Ineligible: 1, Total: 6, Tombstones: 2}
	if diff := cmp.Diff(want, c.Delta.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	got := map[string]DeltaRow{}
	for changes, err := range Changes(t.Context(), st, 1) {
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range changes.Rows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got[row.CustomerID] = *row
		}
	}
	if len(got) != 4 {
		t.Errorf("%d rows, want 4: %v", len(got), slices.Sorted(maps.Keys(got)))
	}
	moved := got[rows[0].CustomerID]
	if moved.Op != Upsert || moved.PreviousRowHash != RowHash(&rows[0]) || !slices.Equal(moved.Changed, []string{"churn_risk", "next_products"}) {
		t.Errorf("who moved: %+v", moved)
	}
	if moved.Score == nil || moved.Score.DecisionID != next[0].DecisionID || moved.Score.NextProducts[0] != "tea" {
		t.Errorf("who moved has the row %+v", moved.Score)
	}
	if row := got["NEW"]; row.Op != Upsert || row.PreviousRowHash != "" || !slices.Contains(row.Changed, "eligibility") || slices.Contains(row.Changed, "decision_id") {
		t.Errorf("who is new: %+v", row)
	}
	for _, id := range []string{rows[2].CustomerID, rows[3].CustomerID} {
		if row := got[id]; row.Op != Delete || row.Score != nil || row.PreviousRowHash == "" || len(row.Changed) > 0 {
			t.Errorf("who is no longer shown: %+v", row)
		}
	}
}

func TestAConsumerIsToldToReadEverything(t *testing.T) {
	st := store.NewMemory()
	if _, err := (shownRows{}).apply(t.Context(), st, 0); !errors.Is(err, ErrNoCommit) {
		t.Errorf("an empty store: %v, want ErrNoCommit", err)
	}
	for n := range uint64(4) {
		publish(t, st, n, sampleScores(20, n))
	}
	why := func(after uint64) Why {
		t.Helper()
		_, err := shownRows{}.apply(t.Context(), st, after)
		var everything *ReadAllError
		if !errors.Is(err, ErrReadAll) || !errors.As(err, &everything) {
			t.Fatalf("after commit %d: %v, want ErrReadAll", after, err)
		}
		return everything.Why
	}
	if got := why(0); got != FirstCommit {
		t.Errorf("after nothing: %s", got)
	}
	if got := why(5); got != Ahead {
		t.Errorf("after a commit to come: %s", got)
	}
	for range Changes(t.Context(), st, 4) {
		t.Error("after the newest commit something changed")
	}

	c, err := readCommit(t.Context(), st, 3)
	if err != nil {
		t.Fatal(err)
	}
	key := c.Delta.Parts[1].Key
	body, err := st.Read(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Replace(t.Context(), key, body[:len(body)-1]); err != nil {
		t.Fatal(err)
	}
	if got := why(2); got != Damaged {
		t.Errorf("across a damaged delta: %s", got)
	}
	if err := st.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if got := why(2); got != Expired {
		t.Errorf("across a collected delta: %s", got)
	}
	for _, err := range Changes(t.Context(), st, 3) {
		if err != nil {
			t.Errorf("beyond the collected delta: %v", err)
		}
	}
}

// A head whose parts are damaged does not hold up the night after it: it has no
// delta, and says so.
func TestADamagedBaseGivesNoDelta(t *testing.T) {
	st := store.NewMemory()
	publish(t, st, 1, sampleScores(20, 1))
	c := publish(t, st, 2, sampleScores(20, 2))
	if err := st.Replace(t.Context(), c.Parts[0].Key, []byte("noise")); err != nil {
		t.Fatal(err)
	}
	c = publish(t, st, 3, sampleScores(20, 3))
	if c.Delta != nil || c.NoDelta == "" {
		t.Errorf("commit %d has the delta %+v, no delta for %q", c.N, c.Delta, c.NoDelta)
	}
	var everything *ReadAllError
	if _, err := (shownRows{}).apply(t.Context(), st, 2); !errors.As(err, &everything) || everything.Why != Gap || everything.N != 3 {
		t.Errorf("across the gap: %v", err)
	}
}
