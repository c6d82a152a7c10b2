package publish

import (
	"testing"

	"perennial/pipeline/store"
)

// The benchmarks handle one part of 50,000 customers.
const benchmarkRows = 50_000

func BenchmarkWritePart(b *testing.B) {
	rows := sampleScores(benchmarkRows, 1)
	b.ReportAllocs()
	bytes := int64(0)
	for b.Loop() {
		set := Set{Store: store.NewMemory(), RunID: "bench", Buckets: 1}
		part, err := set.WritePart(b.Context(), 0, rows)
		if err != nil {
			b.Fatal(err)
		}
		bytes = part.Size
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(bytes)/benchmarkRows, "B/row")
}

func BenchmarkWriteSmallPart(b *testing.B) {
	rows := sampleScores(10, 1)
	b.ReportAllocs()
	for b.Loop() {
		set := Set{Store: store.NewMemory(), RunID: "bench", Buckets: 1}
		if _, err := set.WritePart(b.Context(), 0, rows); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPart(b *testing.B) {
	r := benchmarkReader(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Part(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFind(b *testing.B) {
	r := benchmarkReader(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Find(b.Context(), "C0031415"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTally(b *testing.B) {
	rows := sampleScores(benchmarkRows, 1)
	want := expected{asOf: sampleDay, buckets: 1}
	b.ReportAllocs()
	for b.Loop() {
		t := new(tally)
		for i := range rows {
			t.add(&rows[i], "", 0, want)
		}
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRowHash(b *testing.B) {
	s := sampleScores(1, 1)[0]
	b.ReportAllocs()
	for b.Loop() {
		RowHash(&s)
	}
}

func benchmarkReader(b *testing.B) *Reader {
	set := Set{Store: store.NewMemory(), RunID: "bench", Buckets: 1}
	part, err := set.WritePart(b.Context(), 0, sampleScores(benchmarkRows, 1))
	if err != nil {
		b.Fatal(err)
	}
	return &Reader{&Commit{N: 1, Parts: []Part{part}}, set.Store}
}
