package basket

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// fit counts the baskets of all histories.
func fit(items int, histories ...[][]int32) *Model {
	p := NewPopularity(items)
	for _, history := range histories {
		for _, basket := range history {
			p.Add(basket)
		}
	}
	return Fit(p)
}

// Item 4 is in four baskets, 2 in three, 0 and 3 in two, 1 in one, 5 in none.
var shop = [][]int32{{4, 2, 0}, {4, 2, 3}, {4, 2, 1}, {4, 0, 3}}

func TestRank(t *testing.T) {
	m := fit(6, shop)
	cases := []struct {
		name    string
		history [][]int32
		k       int
		allowed func(int32) bool
		want    []int32
	}{
		{"newcomer gets the popular ones", nil, 3, nil, []int32{4, 2, 0}},
		{"nobody gets what nobody buys", nil, 10, nil, []int32{4, 2, 0, 3, 1}},
		{"own items come first", [][]int32{{1}}, 3, nil, []int32{1, 4, 2}},
		{"more baskets come first", [][]int32{{1, 4}, {1}}, 2, nil, []int32{1, 4}},
		{"an item twice in a basket counts once", [][]int32{{1, 1, 1}, {2}, {2}}, 2, nil, []int32{2, 1}},
		{"ties go by popularity", [][]int32{{1, 3, 2}}, 3, nil, []int32{2, 3, 1}},
		{"ties of popularity go by id", [][]int32{{3, 0}}, 2, nil, []int32{0, 3}},
		{"own item that nobody else buys", [][]int32{{5}, {5}, {1}}, 2, nil, []int32{5, 1}},
		{"forbidden items are passed over", [][]int32{{1}, {1, 3}}, 3, func(i int32) bool { return i != 1 && i != 4 }, []int32{3, 2, 0}},
		{"nothing is allowed", [][]int32{{1}}, 3, func(int32) bool { return false }, nil},
		{"nothing is asked for", [][]int32{{1}}, 0, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, m.Rank(nil, c.history, c.k, c.allowed)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPersonalStopsAtOwnItems(t *testing.T) {
	m := fit(6, shop)
	if diff := cmp.Diff([]int32{3, 1}, m.Personal(nil, [][]int32{{1, 3}}, 5, nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int32{4, 2}, m.Popular(nil, 2, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestRankAppends(t *testing.T) {
	m := fit(6, shop)
	const before = 4 // stands in dst already, and must not hide the item 4
	want := []int32{before, 1, 4}
	if diff := cmp.Diff(want, m.Rank([]int32{before}, [][]int32{{1}}, 2, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestModelWithoutBaskets(t *testing.T) {
	m := fit(3)
	if got := m.Rank(nil, nil, 5, nil); len(got) != 0 {
		t.Errorf("nothing was ever bought, yet %v is recommended", got)
	}
	if got := m.Popularity(1); got != 0 {
		t.Errorf("popularity without baskets is %v", got)
	}
}

func TestModelStaysAsItWasFitted(t *testing.T) {
	p := NewPopularity(2)
	p.Add([]int32{0})
	m := Fit(p)
	p.Add([]int32{1})
	p.Add([]int32{1})
	if diff := cmp.Diff([]int32{0}, m.Rank(nil, nil, 2, nil)); diff != "" {
		t.Error(diff)
	}
}

const drawnItems = 12

var drawnHistory = rapid.SliceOfN(rapid.SliceOfN(rapid.Int32Range(0, drawnItems-1), 0, 6), 0, 8)

// TestRankProperties checks the list against its definition on random shops.
func TestRankProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := fit(drawnItems, drawnHistory.Draw(t, "other"), drawnHistory.Draw(t, "another"))
		history := drawnHistory.Draw(t, "history")
		forbidden := rapid.Uint32Range(0, 1<<drawnItems-1).Draw(t, "forbidden")
		allowed := func(item int32) bool { return forbidden>>item&1 == 0 }
		k := rapid.IntRange(0, drawnItems+1).Draw(t, "k")
		got := m.Rank(nil, history, k, allowed)

		var want []int32
		for item := range int32(drawnItems) {
			if allowed(item) && (m.holding[item] > 0 || frequency(history, item) > 0) {
				want = append(want, item)
			}
		}
		slices.SortFunc(want, func(a, b int32) int {
			if d := frequency(history, b) - frequency(history, a); d != 0 {
				return d
			}
			if d := int(m.holding[b] - m.holding[a]); d != 0 {
				return d
			}
			return int(a - b)
		})
		if diff := cmp.Diff(want[:min(k, len(want))], got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func frequency(history [][]int32, item int32) (n int) {
	for _, basket := range history {
		if slices.Contains(basket, item) {
			n++
		}
	}
	return n
}

func TestOrderOfHistoryDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := fit(drawnItems, drawnHistory.Draw(t, "others"))
		history := drawnHistory.Draw(t, "history")
		want := m.Rank(nil, history, 5, nil)
		mixed := rapid.Permutation(history).Draw(t, "mixed")
		for b := range mixed {
			mixed[b] = rapid.Permutation(mixed[b]).Draw(t, "basket")
		}
		if diff := cmp.Diff(want, m.Rank(nil, mixed, 5, nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestShorterListIsThePrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := fit(drawnItems, drawnHistory.Draw(t, "others"))
		history := drawnHistory.Draw(t, "history")
		long := m.Rank(nil, history, 9, nil)
		short := m.Rank(nil, history, 4, nil)
		if !slices.Equal(short, long[:min(4, len(long))]) {
			t.Fatalf("%v is not the beginning of %v", short, long)
		}
	})
}
