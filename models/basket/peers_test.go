package basket

import (
	"cmp"
	"math"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestRepeatByHand(t *testing.T) {
	// Item 0: one repeat in the three orders after first purchases.
	histories := []History{HistoryOf([][]int32{{0}, {0, 1}, {2}}, nil), HistoryOf([][]int32{{0}, {1}}, nil)}
	m := RepeatConfig{Prior: 2, Popularity: .5, Decay: .9}.Fit(count(3, CountsConfig{}, histories...))
	general := (1. + 1) / (3 + 1 + 20.)
	rate := (1 + 50*general) / (3 + 50.)
	o := own{item: 0, orders: 2, first: 0, last: 1}
	want := (1 + 2*rate) / (2 + 2) * .9 // no latest order holds it
	if got := m.score(histories[0], &o); math.Abs(got-want) > 1e-12 {
		t.Errorf("score %v, want %v", got, want)
	}
	if diff := gocmp.Diff([]int32{2, 0, 1}, m.Rank(nil, histories[0], 5, nil)); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff([]int32{2}, m.Rank(nil, histories[0], 1, func(item int32) bool { return item == 2 })); diff != "" {
		t.Error(diff)
	}
}

func TestTIFUKNNVectorByHand(t *testing.T) {
	c := TIFUKNNConfig{WithinRate: .5, GroupRate: .1, Groups: 2}
	// Three orders make groups of one and of two.
	v := c.vector(HistoryOf([][]int32{{0}, {1}, {1, 2}}, nil))
	want := []float32{.5 * .5 * .1 / 2, (.5 + 1) / 4, 1. / 4}
	if diff := gocmp.Diff(want, v.values, cmpopts.EquateApprox(0, 1e-7)); diff != "" {
		t.Error(diff)
	}
	// One order of two groups: the group is the older.
	v = c.vector(HistoryOf([][]int32{{0}}, nil))
	if diff := gocmp.Diff([]float32{.1}, v.values, cmpopts.EquateApprox(0, 1e-7)); diff != "" {
		t.Error(diff)
	}
}

func TestNearestIsTheFrontOfTheSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float32Range(0, 5)).Draw(t, "similarities")
		for i := range values {
			values[i] = float32(int(values[i])) // many ties
		}
		k := rapid.IntRange(0, len(values)+1).Draw(t, "k")
		var want []similar
		for c, s := range values {
			want = append(want, similar{int32(c), s})
		}
		slices.SortFunc(want, compareSimilar)
		got := nearest(nil, values, k)
		if diff := gocmp.Diff(want[:min(k, len(want))], got, gocmp.AllowUnexported(similar{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestUPCFIsItsDefinition compares the inverted index with a sum over everybody.
func TestUPCFIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hs := new(Histories)
		for i, orders := range rapid.SliceOfN(drawnHistory, 0, 6).Draw(t, "others") {
			if err := hs.Append(uint64(i), HistoryOf(orders, nil)); err != nil {
				t.Fatal(err)
			}
		}
		h := HistoryOf(drawnHistory.Draw(t, "history"), nil)
		c := UPCFConfig{Recent: 2, Asymmetry: .25, Locality: 2}
		m := c.Fit(drawnItems, hs)
		got := m.Ranker().Rank(nil, h, drawnItems, nil)

		var sums [drawnItems]float64
		for i := range hs.Len() + 1 {
			other := h
			if i < hs.Len() {
				other = hs.At(i)
			}
			mine, theirs := sortedOwn(h), sortedOwn(other)
			common := 0
			for _, o := range theirs {
				if slices.Contains(h.Items, o.item) {
					common++
				}
			}
			if common == 0 {
				continue
			}
			w := math.Pow(float64(common)/math.Pow(float64(len(mine)), .25)/math.Pow(float64(len(theirs)), .75), 2)
			recent := min(other.Orders(), 2)
			for j := other.Orders() - recent; j < other.Orders(); j++ {
				for _, item := range other.Order(j) {
					sums[item] += w / float64(recent)
				}
			}
		}
		if !slices.IsSortedFunc(got, func(a, b int32) int {
			if math.Abs(sums[a]-sums[b]) < 1e-6 {
				return 0
			}
			return cmp.Compare(sums[b], sums[a])
		}) {
			t.Fatalf("%v is not in the order of %v", got, sums)
		}
		for item, sum := range sums {
			if slices.Contains(got, int32(item)) != (sum > 0) {
				t.Fatalf("item %d, sum %v, in %v", item, sum, got)
			}
		}
	})
}
