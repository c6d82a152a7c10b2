package golearn

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawTable returns a small table with many equal rows and missing cells.
func drawTable(t *rapid.T) (x [][]float32, y []float64) {
	cell := rapid.SampledFrom([]float32{0, 1, 2, float32(math.NaN())})
	rows := rapid.IntRange(1, 30).Draw(t, "rows")
	for range rapid.IntRange(1, 3).Draw(t, "columns") {
		x = append(x, rapid.SliceOfN(cell, rows, rows).Draw(t, "column"))
	}
	return x, rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1}), rows, rows).Draw(t, "y")
}

// contents returns the hashes of rows in order.
func contents(x [][]float32, y []float64, rows []int32) []uint64 {
	hashes := make([]uint64, len(rows))
	for k, i := range rows {
		hashes[k] = contentHash(0, x, y, int(i))
	}
	return hashes
}

func pickRows[V any](values []V, rows []int) []V {
	picked := make([]V, len(rows))
	for k, i := range rows {
		picked[k] = values[i]
	}
	return picked
}

func mustSample(t *rapid.T, x [][]float32, y, weights []float64, limit int) []uint64 {
	rows, err := sample(7, x, y, weights, limit)
	if err != nil {
		t.Fatal(err)
	}
	return contents(x, y, rows)
}

func TestSampleIgnoresRowOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawTable(t)
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		want := mustSample(t, x, y, nil, limit)
		if len(want) != min(limit, len(y)) {
			t.Fatalf("%d rows of %d under a limit of %d", len(want), len(y), limit)
		}
		order := make([]int, len(y))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		mixed := make([][]float32, len(x))
		for j := range x {
			mixed[j] = pickRows(x[j], order)
		}
		if diff := cmp.Diff(want, mustSample(t, mixed, pickRows(y, order), nil, limit)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestSampleTakesWeightsAsRepetitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawTable(t)
		limit := rapid.IntRange(1, 90).Draw(t, "limit")
		weights := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 3), func(n int) float64 { return float64(n) }), len(y), len(y)).Draw(t, "weights")
		var order []int
		for i, w := range weights {
			for range int(w) {
				order = append(order, i)
			}
		}
		repeated := make([][]float32, len(x))
		for j := range x {
			repeated[j] = pickRows(x[j], order)
		}
		want := mustSample(t, repeated, pickRows(y, order), nil, limit)
		if diff := cmp.Diff(want, mustSample(t, x, y, weights, limit)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestSampleDrawsEqualRowsInProportion has two kinds of rows: a hash of the
// content alone would take all of one kind first.
func TestSampleDrawsEqualRowsInProportion(t *testing.T) {
	const rows, ones, limit = 10_000, 3_000, 1_000
	column := make([]float32, rows)
	for i := range ones {
		column[i] = 1
	}
	drawn, err := sample(1, [][]float32{column}, make([]float64, rows), nil, limit)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, i := range drawn {
		if i < ones {
			count++
		}
	}
	if count < 240 || count > 360 { // 300 and four standard errors
		t.Errorf("%d of %d drawn rows are of the kind that makes up 30%%", count, limit)
	}
}

func TestSampleRefusesFractions(t *testing.T) {
	for _, w := range []float64{0.5, -1, math.NaN(), math.Inf(1)} {
		if _, err := sample(1, [][]float32{{1, 2}}, []float64{0, 1}, []float64{1, w}, 10); err == nil {
			t.Errorf("a weight of %v was accepted", w)
		}
	}
}

func TestContentHashTakesZerosAndMissingForEqual(t *testing.T) {
	minusZero, otherNaN := float32(math.Copysign(0, -1)), math.Float32frombits(0x7fc00123)
	x := [][]float32{{0, minusZero, float32(math.NaN()), otherNaN}}
	y := make([]float64, 4)
	if contentHash(1, x, y, 0) != contentHash(1, x, y, 1) {
		t.Error("0 and -0 differ")
	}
	if contentHash(1, x, y, 2) != contentHash(1, x, y, 3) {
		t.Error("two NaN differ")
	}
	if contentHash(1, x, y, 0) == contentHash(1, x, y, 2) {
		t.Error("0 and NaN are equal")
	}
}
