package churn

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMedianIsThatOfSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float32(), rapid.Map(rapid.IntRange(0, 3), func(n int) float32 { return float32(n) }))
		v := rapid.SliceOfN(value, 1, 50).Draw(t, "values")
		sorted := slices.Sorted(slices.Values(v))
		if got, want := median(v), sorted[(len(v)-1)/2]; got != want {
			t.Fatalf("median of %v is %v, want %v", sorted, got, want)
		}
	})
}
