package gbdt

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var inf32 = float32(math.Inf(1))

func TestCutEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apart := rapid.Float32().Filter(func(v float32) bool { return v == 0 || !asZero(v) })
		values := rapid.SliceOfNDistinct(apart, 1, 400, rapid.ID).Draw(t, "values")
		slices.Sort(values)
		bins := rapid.IntRange(2, 255).Draw(t, "bins")
		var masses []mass
		for _, v := range values {
			masses = append(masses, mass{v, rapid.Float64Range(0.1, 10).Draw(t, "weight")})
		}
		edges := cutEdges(masses, bins)
		if len(edges) >= bins {
			t.Fatalf("%d edges for %d bins", len(edges), bins)
		}
		if len(values) <= bins && len(edges) != len(values)-1 {
			t.Fatalf("%d edges between %d values", len(edges), len(values))
		}
		b := binning{edges: edges, missing: noMissing}
		codes := make([]uint8, len(values))
		b.encode(codes, values)
		if int(codes[0]) != 0 || int(codes[len(codes)-1]) != len(edges) || !slices.IsSorted(codes) {
			t.Fatalf("bins %v of ascending values", codes)
		}
		if used := len(slices.Compact(codes)); used != len(edges)+1 {
			t.Fatalf("%d of %d bins are empty", len(edges)+1-used, len(edges)+1)
		}
	})
}

func TestEqualWeightsMakeQuantiles(t *testing.T) {
	var values []mass
	for k := range 1000 {
		values = append(values, mass{float32(k), 1})
	}
	values[500].weight = 300 // heavier than any share: a bin of its own
	edges := cutEdges(values, 11)
	if !slices.Contains(edges, 499.5) || !slices.Contains(edges, 500.5) {
		t.Errorf("edges %v do not isolate 500", edges)
	}
	if len(edges) != 10 {
		t.Errorf("%d edges", len(edges))
	}
	previous := float32(-0.5)
	for _, e := range append(edges, 999.5) {
		if n := e - previous; n != 1 && (n < 80 || n > 130) {
			t.Errorf("a bin of %v values", n)
		}
		previous = e
	}
}

func TestBetween(t *testing.T) {
	tests := []struct{ low, high, want float32 }{
		{1, 2, 1.5},
		{1, math.Nextafter32(1, 2), 1},
		{-inf32, 0, -math.MaxFloat32},
		{-inf32, -math.MaxFloat32, -inf32},
		{math.MaxFloat32, inf32, math.MaxFloat32},
		{-math.MaxFloat32, math.MaxFloat32, zeroRange},
		{0, 1.5e-35, zeroRange},
		{-1.5e-35, 0, math.Nextafter32(-zeroRange, -1)},
		{-1.5e-35, 1.2e-35, math.Nextafter32(-zeroRange, -1)},
	}
	for _, tt := range tests {
		if got := between(tt.low, tt.high); got != tt.want || !(got < tt.high) {
			t.Errorf("between %v and %v is %v, want %v", tt.low, tt.high, got, tt.want)
		}
	}
}

func TestSortMasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var masses []mass
		for _, v := range rapid.SliceOf(rapid.Float32()).Draw(t, "values") {
			masses = append(masses, mass{value: v})
		}
		want := slices.Clone(masses)
		slices.SortStableFunc(want, func(a, b mass) int {
			switch {
			case a.value < b.value:
				return -1
			case a.value > b.value:
				return 1
			}
			return 0
		})
		sortMasses(masses)
		if diff := cmp.Diff(want, masses, cmp.AllowUnexported(mass{}), cmp.Comparer(func(a, b float32) bool { return a == b })); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestCategoriesKeepTheHeaviest(t *testing.T) {
	kept := keepCategories([]mass{{0, 1}, {3, 9}, {5, 2}, {7, 2}}, 3)
	if diff := cmp.Diff([]int32{3, 5, 7}, kept); diff != "" {
		t.Error(diff)
	}
	b := binning{categorical: true, categories: kept, missing: 3}
	codes := make([]uint8, 6)
	b.encode(codes, []float32{7, 3, 0, -1, nan32, 1e30})
	if diff := cmp.Diff([]uint8{2, 0, 3, 3, 3, 3}, codes); diff != "" {
		t.Error(diff)
	}
}

// TestCategoryDropsTheFraction: towards zero, as LightGBM does.
func TestCategoryDropsTheFraction(t *testing.T) {
	tests := []struct {
		cell float32
		want int32
		ok   bool
	}{
		{0, 0, true}, {0.9, 0, true}, {-0.9, 0, true}, {3.5, 3, true}, {1<<24 - 1, 1<<24 - 1, true},
		{-1, 0, false}, {1 << 24, 0, false}, {nan32, 0, false}, {inf32, 0, false},
	}
	for _, tt := range tests {
		if got, ok := category(tt.cell); got != tt.want || ok != tt.ok {
			t.Errorf("%v is category %d, %v, want %d, %v", tt.cell, got, ok, tt.want, tt.ok)
		}
	}
}

// TestNoThresholdPartsZeros fits labels that hang on cells which LightGBM takes for 0.
func TestNoThresholdPartsZeros(t *testing.T) {
	d := Data{Columns: []string{"tiny", "large"}, X: make([][]float32, 2)}
	tiny := []float32{-1, -2e-35, -1e-35, -1e-36, 0, 1e-36, 1e-35, 2e-35, 1}
	for i := range 900 {
		k := i % len(tiny)
		d.X[0] = append(d.X[0], tiny[k])
		d.X[1] = append(d.X[1], float32(i/len(tiny)))
		d.Y = append(d.Y, float64(k%2))
	}
	m, err := Config{Trees: 20, MinData: 5}.Fit(context.Background(), d.Columns, d.X, d.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	near := 0
	for _, tree := range m.Trees {
		for node, j := range tree.Feature {
			v := tree.Threshold[node]
			if j == 0 && math.Abs(v) < 2e-35 {
				near++
			}
			if j == 0 && v >= -float64(zeroRange) && v < float64(zeroRange) {
				t.Errorf("threshold %g is among cells that count as zero", v)
			}
		}
	}
	if near == 0 {
		t.Error("no threshold is near zero (the labels ask for one)")
	}
}

func TestRangesAreThoseOfLightGBM(t *testing.T) {
	d := Data{
		Columns: []string{"number", "constant", "absent", "kind"},
		X:       [][]float32{{1, 2.5, nan32}, {4, 4, 4}, {nan32, nan32, nan32}, {7, 3, 3}},
		Y:       []float64{0, 1, 1},
	}
	m, _ := mustFit(t, Config{Categorical: []string{"kind"}, Trees: 1}, d, Data{})
	if diff := cmp.Diff([]string{"[1:2.5]", "none", "none", "3:7"}, m.Ranges); diff != "" {
		t.Error(diff)
	}
}
