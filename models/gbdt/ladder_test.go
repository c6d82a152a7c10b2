package gbdt

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

func TestLadderCountsThresholdsBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float32(), rapid.Float32Range(-3, 3), rapid.Float32Range(0, 1e-6))
		thresholds := rapid.SliceOfNDistinct(value, 0, 600, rapid.ID).Draw(t, "thresholds")
		slices.Sort(thresholds)
		cells := rapid.SliceOfN(value, 1, 50).Draw(t, "cells")
		cells = append(cells, nan32, -nan32, inf32, -inf32, 0, float32(math.Copysign(0, -1)), math.MaxFloat32, math.SmallestNonzeroFloat32)
		for _, threshold := range thresholds {
			cells = append(cells, before(threshold), threshold, -before(-threshold))
		}
		got := make([]uint32, len(cells))
		place(newLadder(thresholds), got, cells, 777)
		for i, cell := range cells {
			want := sort.Search(len(thresholds), func(k int) bool { return cell <= thresholds[k] })
			if cell != cell {
				want = 777
			}
			if int(got[i]) != want {
				t.Fatalf("%v is at %d, want %d of %v", cell, got[i], want, thresholds)
			}
		}
	})
}

// BenchmarkPlace places a million cells, more than a predictor of branches recalls.
func BenchmarkPlace(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	thresholds, cells := make([]float32, 254), make([]float32, 1<<20)
	for _, values := range [][]float32{thresholds, cells} {
		for i := range values {
			values[i] = float32(math.Exp(rng.NormFloat64()))
		}
	}
	slices.Sort(thresholds)
	l, places := newLadder(thresholds), make([]uint8, len(cells))
	b.ReportAllocs()
	for b.Loop() {
		place(l, places, cells, 255)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(cells)), "ns/cell")
}
