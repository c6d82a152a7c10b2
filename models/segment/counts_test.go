package segment

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestKeysAreInTheOrderOfValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if a < b && key(a) > key(b) {
			t.Fatalf("key(%v) = %d > key(%v) = %d", a, key(a), b, key(b))
		}
	})
}

func TestKeysAreNarrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(1e-5, 1e11).Draw(t, "v")
		wider := v * (1 + 2.0/1024)
		if key(v) == key(wider) || key(-v) == key(-wider) {
			t.Fatalf("%v and %v share a key", v, wider)
		}
	})
}

func TestSmallWholeNumbersHaveTheirOwnKeys(t *testing.T) {
	for n := range 2048 {
		if key(float64(n)) >= key(float64(n+1)) {
			t.Fatalf("%d and %d share a key", n, n+1)
		}
	}
}

func TestKeyOfExtremes(t *testing.T) {
	for _, same := range [][2]float64{
		{math.Inf(1), 1 << 40}, {math.Inf(-1), -(1 << 40)}, {0, math.Copysign(0, -1)}, {1e-9, -1e-9},
	} {
		if key(same[0]) != key(same[1]) {
			t.Errorf("key(%v) = %d, key(%v) = %d, want them equal", same[0], key(same[0]), same[1], key(same[1]))
		}
	}
}

func TestRankAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(-50, 50), 1, 200).Draw(t, "values")
		counts := Counts{}
		for _, v := range values {
			counts.add(float64(v))
		}
		d := newDistribution(counts)
		slices.Sort(values)
		for v := -51; v <= 51; v++ {
			first, _ := slices.BinarySearch(values, v)
			after, _ := slices.BinarySearch(values, v+1)
			want := (float64(first) + float64(after)) / 2 / float64(len(values))
			if got := d.rank(float64(v)); math.Abs(got-want) > 1e-12 {
				t.Fatalf("rank(%d) = %v, want %v", v, got, want)
			}
		}
	})
}

func TestMissingValuesAreNotCounted(t *testing.T) {
	counts := Counts{}
	counts.add(math.NaN())
	if len(counts) != 0 {
		t.Errorf("counts = %v, want none", counts)
	}
	if rank := newDistribution(counts).rank(1); !math.IsNaN(rank) {
		t.Errorf("rank among nobody = %v, want NaN", rank)
	}
}

func TestCountsTravelAsJSON(t *testing.T) {
	want := Counts{}
	for _, v := range []float64{-3, 0, 1, 1, 2.5} {
		want.add(v)
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Counts
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
