package publish

import (
	"errors"
	"sync"
	"testing"

	"perennial/pipeline/store"
)

// Eight runners on one night, fifty nights: each night is one commit, and seven
// are told that it is published.
func TestEightRunnersPublishEachNightOnce(t *testing.T) {
	const runners = 8
	nights := uint64(50)
	if testing.Short() {
		nights = 10
	}
	folder, err := store.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	for name, st := range map[string]store.Keeper{
		"memory": store.NewMemory(),
		"folder": folder,
	} {
		t.Run(name, func(t *testing.T) {
			for night := range nights {
				results := make([]error, runners)
				var group sync.WaitGroup
				for i := range runners {
					set := sampleSet(st, 100*night+uint64(i))
					set.Buckets = 1
					group.Go(func() {
						d, err := set.tryStage(t, sampleScores(3, night))
						if err != nil {
							t.Error(err)
						}
						d.IdempotencyKey = sampleSet(nil, 100*night).RunID
						_, results[i] = set.Commit(t.Context(), d)
					})
				}
				group.Wait()
				wins := 0
				for _, err := range results {
					if err == nil {
						wins++
					} else if !errors.Is(err, ErrAlreadyPublished) {
						t.Errorf("night %d: %v", night, err)
					}
				}
				head, err := Head(t.Context(), st)
				if err != nil || wins != 1 || head.Commit.N != night+1 {
					t.Fatalf("night %d: %d runners won, head %+v, %v", night, wins, head, err)
				}
			}
			if report, err := Verify(t.Context(), st, 0); err != nil || !report.OK() {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
}

// Nothing of a series is outside its prefix.
func TestASeriesStaysWithinItsPrefix(t *testing.T) {
	whole := newClocked(store.NewMemory())
	series := store.Within(whole, "backfill/2026-05-01")
	for n := range uint64(3) {
		publish(t, series, n, sampleScores(5, n))
	}
	publish(t, whole, 7, sampleScores(5, 7))
	if _, err := rollback(series, 9, 1).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	l, err := TakeLease(t.Context(), series, ana, anaClock)
	if err != nil {
		t.Fatal(err)
	}
	outside := func() (keys int) {
		for _, key := range listed(t, whole, "") {
			if len(key) < 9 || key[:9] != "backfill/" {
				keys++
			}
		}
		return keys
	}
	before := outside()
	if err := l.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole.advance(30 * day)
	if c := collect(t, series, aWeek); len(c.Deleted) == 0 {
		t.Error("nothing of the series was collected")
	}
	if outside() != before {
		t.Error("a collection of the series reached outside")
	}
	wantWhole(t, series, 3)
	wantWhole(t, whole, 1)
	if c := collect(t, whole, aWeek); len(c.Deleted) != 1 { // the claim of its commit
		t.Errorf("a collection of the whole store took %v", c.Deleted)
	}
	wantWhole(t, series, 3)
}
