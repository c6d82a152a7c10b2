package churn

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/features"
)

func TestNewReference(t *testing.T) {
	nan := float32(math.NaN())
	got := NewReference(
		[]string{"recency_days", "nps_last", "orders_total", "visits_30d"},
		[][]float32{{30, nan, 10, 20}, {nan, nan, nan, nan}, {4, 1, 2, 3}, {}},
	)
	want := Reference{"recency_days": 20, "orders_total": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReferenceOf(t *testing.T) {
	set := standard(t)
	r := Reference{"recency_days": 40, "orders_trend_90d": -0.3, "overdue_ratio_own": 0.7}
	for name, want := range map[string]float64{"recency_days": 40, "orders_trend_90d": 0, "overdue_ratio_own": 1} {
		if got := r.of(declared(t, set, name)); got != want {
			t.Errorf("%s is held against %v, want %v", name, got, want)
		}
	}
	if got := r.of(features.Feature{Name: "unknown"}); !math.IsNaN(got) {
		t.Errorf("what nobody knows is held against %v", got)
	}
}

func BenchmarkNewReference(b *testing.B) {
	const rows, columns = 100_000, 20
	names, x := make([]string, columns), make([][]float32, columns)
	for j := range x {
		names[j] = string(rune('a' + j))
		for i := range rows {
			x[j] = append(x[j], float32((i*7919+j)%100_003))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		NewReference(names, x)
	}
}
