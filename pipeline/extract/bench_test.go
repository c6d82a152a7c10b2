package extract

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// benchLines is the size of the benchmarks' shop. 20 million lines are 1.4 GB.
var benchLines = flag.Int("lines", 1_000_000, "order lines of the benchmarks")

// BenchmarkRun extracts a csv file of -lines order lines.
func BenchmarkRun(b *testing.B) {
	c := ordersFrom(b, someOrders(*benchLines))
	c.Buckets, c.Threads, c.MaxRejects = 0, 0, 0
	info, err := os.Stat(c.Sources.Orders.Files[0])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := runIn(b, c, "2026-01-01"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*benchLines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkUnchangedNight extracts the night after, of files that have not changed.
func BenchmarkUnchangedNight(b *testing.B) {
	c := ordersFrom(b, someOrders(*benchLines))
	c.Buckets, c.Threads, c.MaxRejects = 0, 0, 0
	dir, _, err := runIn(b, c, "2026-01-01")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		memory, err := Recall(dir)
		if err != nil {
			b.Fatal(err)
		}
		in, err := memory.Survey(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := in.Run(b.Context(), day(b, "2026-01-02"), filepath.Join(b.TempDir(), "next"), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBucket reads one bucket of -lines order lines on one core.
func BenchmarkBucket(b *testing.B) {
	c := ordersFrom(b, someOrders(*benchLines))
	e := mustExtract(b, c, "2026-01-01")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Bucket(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*benchLines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
