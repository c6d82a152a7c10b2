package publish

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func gridOf(ps ...float64) *grid {
	g := new(grid)
	for _, p := range ps {
		g.add(p)
	}
	return g
}

func TestDistributionOfTenths(t *testing.T) {
	g := new(grid)
	for i := range 1000 {
		g.add((float64(i) + 0.5) / 1000)
	}
	d := g.distribution()
	if d.Customers != 1000 || math.Abs(d.Mean-0.5) > 1e-12 || len(d.Edges) != 9 {
		t.Fatalf("%+v", d)
	}
	for i, n := range d.Counts {
		if n != 100 {
			t.Errorf("bin %d holds %d, want 100", i, n)
		}
	}
}

func TestDistributionOfTies(t *testing.T) {
	for _, tc := range []struct {
		name   string
		g      *grid
		counts []int64
	}{
		{"nobody", gridOf(), nil},
		{"one value", gridOf(0.3, 0.3, 0.3), []int64{3}},
		{"half a tie", gridOf(0.1, 0.1, 0.1, 0.1, 0.1, 0.6, 0.7, 0.8, 0.9, 1), []int64{5, 1, 1, 1, 1, 1}},
		{"the ends", gridOf(0, 1), []int64{1, 1}},
	} {
		if d := tc.g.distribution(); !slices.Equal(d.Counts, tc.counts) || len(d.Edges) != max(0, len(tc.counts)-1) {
			t.Errorf("%s: %+v, want counts %v", tc.name, d, tc.counts)
		}
	}
}

func TestDistributionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 200).Draw(t, "ps")
		g := gridOf(ps...)
		d := g.distribution()
		total := int64(0)
		for _, n := range d.Counts {
			if n == 0 {
				t.Error("an empty bin")
			}
			total += n
		}
		if total != int64(len(ps)) || !slices.IsSorted(d.Edges) || len(d.Counts) > quantileBins {
			t.Errorf("%d of %d customers in %+v", total, len(ps), d)
		}
		if index := g.stability(d); index != 0 {
			t.Errorf("stability against itself is %v", index)
		}
		cut := rapid.IntRange(0, len(ps)).Draw(t, "cut")
		merged := gridOf(ps[:cut]...)
		merged.merge(gridOf(ps[cut:]...))
		if merged.counts != g.counts || merged.n != g.n {
			t.Error("two halves count otherwise than the whole")
		}
	})
}

// Two shares that trade places: 2 (0.6-0.4) ln(0.6/0.4).
func TestStabilityByHand(t *testing.T) {
	reference := Distribution{Customers: 10, Edges: []float64{0.5}, Counts: []int64{6, 4}}
	got := gridOf(0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9).stability(reference)
	if want := 2 * 0.2 * math.Log(1.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("stability = %v, want %v", got, want)
	}
}

// From 2,000 customers on, a score that has not changed stays below the warning.
func TestStabilityOfTheSameShop(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		before, now := new(grid), new(grid)
		for range minStabilityRows {
			before.add(rng.Float64() * rng.Float64())
			now.add(rng.Float64() * rng.Float64())
		}
		if index := now.stability(before.distribution()); index > warnStability {
			t.Errorf("seed %d: %v", seed, index)
		}
	}
}

func TestMajority(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0, 0, 0, 0, 0, 0, 0.5, 1}), 1, 100).Draw(t, "xs")
		count := make(map[float64]int)
		var whole, left, right majority
		cut := rapid.IntRange(0, len(xs)).Draw(t, "cut")
		for i, x := range xs {
			count[x]++
			whole.add(x)
			if i < cut {
				left.add(x)
			} else {
				right.add(x)
			}
		}
		left.merge(right)
		for _, m := range []majority{whole, left} {
			if m.n != int64(len(xs)) {
				t.Fatalf("%d rows of %d", m.n, len(xs))
			}
			for x, n := range count {
				share := float64(n) / float64(len(xs))
				if share > 0.5 && (m.candidate != x || m.share() < share-1e-12) {
					t.Errorf("%v holds %v of the rows; found %v with %v", x, share, m.candidate, m.share())
				}
			}
			if float64(count[m.candidate]) < float64(m.lead) {
				t.Errorf("a lead of %d with %d rows", m.lead, count[m.candidate])
			}
		}
	})
}
