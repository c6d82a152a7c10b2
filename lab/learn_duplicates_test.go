package lab

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualRows(t *testing.T) {
	negativeZero := float32(math.Copysign(0, -1))
	train := [][]float32{{1, 1, nan, 0}, {2, 3, 5, 7}}
	test := [][]float32{{1, 1, nan, negativeZero, 3, 0}, {2, 2, 5, 7, 1, 5}}
	if n := equalRows(train, test); n != 4 {
		t.Errorf("%d rows, want 4: repeats count, missing equals missing, 0 equals -0", n)
	}
}

// TestEqualRowsAgainstEveryPair is a property: the count is that of comparing
// every test row with every training row.
func TestEqualRowsAgainstEveryPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 3).Draw(t, "columns")
		draw := func(name string) [][]float32 {
			rows := rapid.IntRange(0, 12).Draw(t, name)
			x := make([][]float32, columns)
			for j := range x {
				x[j] = rapid.SliceOfN(rapid.SampledFrom([]float32{0, 1, nan}), rows, rows).Draw(t, name)
			}
			return x
		}
		train, test := draw("train"), draw("test")
		want := 0
		for i := range test[0] {
			if hasRow(train, test, i) {
				want++
			}
		}
		if got := equalRows(train, test); got != want {
			t.Errorf("%d rows, want %d", got, want)
		}
	})
}

// hasRow reports whether row i of test is in train.
func hasRow(train, test [][]float32, i int) bool {
	for k := range train[0] {
		equal := true
		for j := range train {
			a, b := train[j][k], test[j][i]
			equal = equal && (a == b || a != a && b != b)
		}
		if equal {
			return true
		}
	}
	return false
}

func BenchmarkEqualRows(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	draw := func(rows int) [][]float32 {
		x := make([][]float32, 50)
		for j := range x {
			x[j] = make([]float32, rows)
			for i := range x[j] {
				x[j][i] = random.Float32()
			}
		}
		return x
	}
	train, test := draw(100_000), draw(20_000)
	b.ReportAllocs()
	for b.Loop() {
		equalRows(train, test)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/120_000, "ns/row")
}
