package gbdt

import (
	"context"
	"testing"

	"perennial/models/gbdt/internal/synthetic"
)

func BenchmarkFit(b *testing.B) {
	x, y := synthetic.Table(1, 0, 20_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Config{Trees: 20}).Fit(context.Background(), synthetic.Columns(), x, y, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPredict scores 20,000 rows a time with 200 trees of 31 leaves.
func BenchmarkPredict(b *testing.B) {
	x, y := synthetic.Table(1, 0, 20_000)
	m, err := Config{FeatureFraction: 1}.Fit(context.Background(), synthetic.Columns(), x, y, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Predict(y, synthetic.Columns(), x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/row")
}
