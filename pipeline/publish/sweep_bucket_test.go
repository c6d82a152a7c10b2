package publish

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

// inBucket serves a bucket for as long as use runs.
func inBucket(t testing.TB, server *gcsfake.Server, use func(b *store.Bucket)) {
	t.Helper()
	serving := httptest.NewServer(server)
	defer serving.Close()
	b, err := store.OpenBucket("gs://shop/scores", store.BucketOptions{
		Endpoint: serving.URL, Tries: 3,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	use(b)
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// Each request of a publish to a bucket fails in each way. Once, the night does
// not even notice; for good, the next run ends with exactly one commit.
func TestTheNthRequestFails(t *testing.T) {
	exhaustive(t)
	before, after := sampleScores(40, 1), sampleScores(41, 2)
	base := gcsfake.New("shop")
	inBucket(t, base, func(b *store.Bucket) { publish(t, b, 1, before) })
	cases := 0
	for fault := gcsfake.None + 1; fault <= gcsfake.Truncated; fault++ {
		for _, sticky := range []bool{false, true} {
			if sticky && fault != gcsfake.Unavailable && fault != gcsfake.EOFAfter {
				continue // for good, the others are like one of these two
			}
			for n := 1; ; n++ {
				cases++
				name := fmt.Sprintf("request %d, fault %d, for good %t", n, fault, sticky)
				server := base.Clone()
				server.Fault = func(r gcsfake.Request) gcsfake.Fault {
					if r.N == n || sticky && r.N > n {
						return fault
					}
					return gcsfake.None
				}
				var acknowledged bool
				inBucket(t, server, func(b *store.Bucket) { acknowledged = tryPublish(t, b, 2, after) })
				if !sticky && !acknowledged {
					t.Errorf("%s: the night failed", name)
				}
				requests := server.Requests()
				inBucket(t, server.Clone(), func(b *store.Bucket) {
					seen := seenWhole(t, name, b, before, after)
					if acknowledged && seen != 2 {
						t.Errorf("%s: acknowledged, yet readers see commit %d", name, seen)
					}
					if seen == 2 {
						return // a next run finds it, as the sweep of the disk shows
					}
					if !tryPublish(t, b, 3, after) || seenWhole(t, name, b, before, after) != 2 {
						t.Errorf("%s: the next run did not end with commit 2 as the newest", name)
					}
				})
				if requests < n {
					break
				}
			}
		}
	}
	t.Logf("%d cases", cases)
}

// seenWhole returns the number of the commit that readers find, after looking
// whether it is whole.
func seenWhole(t *testing.T, name string, st store.Store, before, after []Score) uint64 {
	t.Helper()
	r, err := Head(t.Context(), st)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return 0
	}
	want := before
	if r.Commit.N == 2 {
		want = after
	}
	if rows := readAll(t, r); !slices.Equal(decisions(rows), decisions(want)) {
		t.Errorf("%s: commit %d is torn", name, r.Commit.N)
	}
	return r.Commit.N
}
