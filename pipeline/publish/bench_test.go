package publish

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

// What a publish costs at a million customers:
//
//	go test ./pipeline/publish -run '^$' -bench BenchmarkPublish -benchtime 1x -customers 1000000
var (
	benchCustomers = flag.Int("customers", 50_000, "customers that BenchmarkPublish publishes")
	benchMoved     = flag.Int("moved", 30, "percent of customers whose scores BenchmarkPublish moves from night to night")
)

// BenchmarkPublish stages a set in a folder and in a bucket on loopback, then
// verifies, gates, compares it with the commit before and commits. Making up the rows
// is not counted.
func BenchmarkPublish(b *testing.B) {
	b.Run("folder", func(b *testing.B) {
		folder, err := store.OpenFolder(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		defer folder.Close()
		benchPublish(b, folder)
	})
	b.Run("bucket", func(b *testing.B) {
		inBucket(b, gcsfake.New("shop"), func(bucket *store.Bucket) { benchPublish(b, bucket) })
	})
}

func benchPublish(b *testing.B, under store.Store) {
	st := &metered{Store: under}
	shop := newBenchShop(*benchCustomers)
	shop.publish(b, st, 0) // the first has nothing to compare with
	var staging, committing time.Duration
	st.objects.Store(0)
	st.bytes.Store(0)
	st.deltas.Store(0)
	night := uint64(0)
	for b.Loop() {
		night++
		b.StopTimer()
		s, c := shop.publish(b, st, night)
		staging += s
		committing += c
		b.StartTimer()
	}
	per := func(n int64) float64 { return float64(n) / float64(b.N) }
	b.ReportMetric(per(int64(staging))/1e9, "stage-s/op")
	b.ReportMetric(per(int64(committing))/1e9, "commit-s/op")
	b.ReportMetric(per(st.objects.Load()), "objects/op")
	b.ReportMetric(per(st.bytes.Load())/1e6, "MB/op")
	b.ReportMetric(float64(st.deltas.Load())/float64(st.bytes.Load()-st.deltas.Load()), "delta/set")
}

// benchShop makes up the same customers every night, some of whom have moved.
type benchShop struct{ buckets [][]string }

func newBenchShop(customers int) *benchShop {
	shop := &benchShop{make([][]string, max(1, customers/16_000))}
	for i := range customers {
		id := fmt.Sprintf("C%07d", i)
		k := BucketOf(id, len(shop.buckets))
		shop.buckets[k] = append(shop.buckets[k], id)
	}
	return shop
}

// bucket returns the rows of bucket k in a night.
func (shop *benchShop) bucket(k int, night uint64) []Score {
	rows := make([]Score, len(shop.buckets[k]))
	for i, id := range shop.buckets[k] {
		seed := uint64(0)
		if h := hash64(id); int((h>>8)%100) < *benchMoved {
			seed = night
		}
		rows[i] = sampleScore(rand.New(rand.NewPCG(hash64(id), seed)), id)
	}
	return rows
}

// publish publishes a night and returns how long staging and committing took.
func (shop *benchShop) publish(b *testing.B, st store.Store, night uint64) (staging, committing time.Duration) {
	set := sampleSet(st, night)
	set.Buckets = len(shop.buckets)
	d := Draft{AsOf: sampleDay, IdempotencyKey: set.RunID}
	for k := range shop.buckets {
		rows := shop.bucket(k, night)
		for i := range rows {
			d.Eligible.Add(rows[i].CustomerID)
		}
		start := time.Now()
		part, err := set.WritePart(b.Context(), k, rows)
		if err != nil {
			b.Fatal(err)
		}
		staging += time.Since(start)
		d.Parts = append(d.Parts, part)
	}
	start := time.Now()
	if _, err := set.Commit(b.Context(), d); err != nil {
		b.Fatal(err)
	}
	return staging, time.Since(start)
}

// metered counts what is written.
type metered struct {
	store.Store
	objects, bytes, deltas atomic.Int64
}

func (m *metered) Create(ctx context.Context, key string, body []byte) error {
	m.count(key, body)
	return m.Store.Create(ctx, key, body)
}

func (m *metered) Replace(ctx context.Context, key string, body []byte) error {
	m.count(key, body)
	return m.Store.Replace(ctx, key, body)
}

func (m *metered) count(key string, body []byte) {
	m.objects.Add(1)
	m.bytes.Add(int64(len(body)))
	if strings.HasPrefix(key, "deltas/") {
		m.deltas.Add(int64(len(body)))
	}
}
