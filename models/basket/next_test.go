package basket

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Items of the made-up shop.
const (
	milk    = iota // everybody's, bought again and again
	coffee         // bought again by its owners
	fridge         // bought once
	filters        // follows coffee
	rare           // hardly ever bought
	shopItems
)

// madeUp draws customers whose habits are known. Days are about ten apart.
func madeUp(customers int, dated bool) []History {
	random := rand.New(rand.NewPCG(7, 7))
	var result []History
	for range customers {
		var orders [][]int32
		var days []int32
		likesCoffee := random.Float64() < .5
		for j := range 1 + random.IntN(8) {
			var order []int32
			if random.Float64() < .7 {
				order = append(order, milk)
			}
			if likesCoffee && random.Float64() < .6 {
				order = append(order, coffee)
			}
			if j == 0 && random.Float64() < .5 {
				order = append(order, fridge)
			}
			if j > 0 && slices.Contains(orders[j-1], coffee) && random.Float64() < .5 {
				order = append(order, filters)
			}
			if random.Float64() < .01 || len(order) == 0 {
				order = append(order, rare)
			}
			orders = append(orders, order)
			days = append(days, int32(10*j+random.IntN(5)))
		}
		if !dated {
			days = nil
		}
		result = append(result, HistoryOf(orders, days))
	}
	return result
}

func fitNext(t testing.TB, cfg NextConfig, histories []History) *Next {
	t.Helper()
	counts, sample := NewCounts(shopItems, CountsConfig{AsOf: 90}), new(Histories)
	for i, h := range histories {
		counts.Add(h)
		if err := sample.Append(uint64(i), h); err != nil {
			t.Fatal(err)
		}
	}
	m, err := cfg.Fit(t.Context(), counts, sample)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNextLearnsHabits(t *testing.T) {
	m := fitNext(t, NextConfig{}, madeUp(3000, false))
	r := m.Ranker()
	items := r.Rank(nil, HistoryOf([][]int32{{milk, fridge}, {milk, coffee}}, nil), 0, 5, nil)
	byID := make(map[int32]Item)
	for _, item := range items {
		byID[item.ID] = item
	}
	if _, there := byID[fridge]; there {
		t.Error("a fridge is recommended to somebody who has one")
	}
	for id, want := range map[int32]float64{milk: .7, coffee: .6, filters: .5} {
		if got := byID[id].Probability; math.Abs(got-want) > .12 {
			t.Errorf("item %d: probability %.3f, want about %.1f", id, got, want)
		}
	}
	facts := cmpopts.IgnoreFields(Item{}, "Score", "Probability", "Popularity")
	want := Item{ID: filters, OrdersSince: -1, DaysSince: -1, UsualDays: math.NaN(), After: coffee}
	if diff := cmp.Diff(want, byID[filters], facts, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	want = Item{ID: milk, Orders: 2, Of: 2, OrdersSince: 0, DaysSince: -1, UsualDays: math.NaN(), After: byID[milk].After}
	if diff := cmp.Diff(want, byID[milk], facts, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

// TestNextIsCalibrated compares what is promised for customers who were not
// learnt from with what they buy.
func TestNextIsCalibrated(t *testing.T) {
	all := madeUp(6000, false)
	m := fitNext(t, NextConfig{}, all[:4000])
	r := m.Ranker()
	promised, bought := 0., 0.
	for _, h := range all[4000:] {
		n := h.Orders()
		if n < 2 {
			continue
		}
		for _, item := range r.Rank(nil, h.Before(n-1), 0, 3, nil) {
			promised += item.Probability
			if slices.Contains(h.Last(), item.ID) {
				bought++
			}
		}
	}
	if math.Abs(promised/bought-1) > .05 {
		t.Errorf("%.0f promised, %.0f bought", promised, bought)
	}
}

// TestNextListIsTheOrderOfScores checks lists, which stop early, against scoring
// every item.
func TestNextListIsTheOrderOfScores(t *testing.T) {
	m := fitNext(t, NextConfig{}, madeUp(500, false))
	r := m.Ranker()
	rapid.Check(t, func(t *rapid.T) {
		orders := rapid.SliceOfN(rapid.SliceOfN(rapid.Int32Range(0, shopItems-1), 0, 4), 0, 6).Draw(t, "orders")
		h := HistoryOf(orders, nil)
		forbidden := rapid.Uint32Range(0, 1<<shopItems-1).Draw(t, "forbidden")
		allowed := func(item int32) bool { return forbidden>>item&1 == 0 }
		var want []scored
		for _, item := range r.Rank(nil, h, 0, shopItems, nil) {
			if allowed(item.ID) {
				want = append(want, scored{item.ID, m.places[item.ID], item.Score})
			}
		}
		if !slices.IsSortedFunc(want, func(a, b scored) int {
			if a.before(b) {
				return -1
			}
			return 1
		}) {
			t.Fatalf("not in order: %+v", want)
		}
		k := rapid.IntRange(0, shopItems+1).Draw(t, "k")
		got := r.Rank(nil, h, 0, k, allowed)
		if len(got) != min(k, len(want)) {
			t.Fatalf("%d items, want %d", len(got), min(k, len(want)))
		}
		for i, item := range got {
			if item.ID != want[i].item || item.Score != want[i].score || item.Probability < 0 || item.Probability > 1 {
				t.Fatalf("place %d: %+v, want %+v", i, item, want[i])
			}
		}
	})
}

// TestRefitIsTheSame offers the customers in another order, in two shares.
func TestRefitIsTheSame(t *testing.T) {
	histories := madeUp(500, false)
	var files [2]bytes.Buffer
	for k := range files {
		counts, sample := NewCounts(shopItems, CountsConfig{}), NewSample(800)
		share, others := NewCounts(shopItems, CountsConfig{}), NewSample(800)
		for i := range histories {
			if k == 1 {
				i = len(histories) - 1 - i
			}
			c, s := counts, sample
			if k == 1 && i%2 == 0 {
				c, s = share, others
			}
			c.Add(histories[i])
			if err := s.Add(uint64(i), histories[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(counts.Merge(share), sample.Merge(others)); err != nil {
			t.Fatal(err)
		}
		hs, err := sample.Histories()
		if err != nil {
			t.Fatal(err)
		}
		m, err := NextConfig{}.Fit(t.Context(), counts, hs)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Write(&files[k]); err != nil {
			t.Fatal(err)
		}
	}
	if files[0].String() != files[1].String() {
		t.Error("the same customers make another model")
	}
}

func TestNextWithoutAnybody(t *testing.T) {
	m := fitNext(t, NextConfig{}, nil)
	if got := m.Ranker().Rank(nil, History{}, 0, 5, nil); len(got) != 0 {
		t.Errorf("nothing was ever bought, yet %v is recommended", got)
	}
}

// TestNextWithoutReturningCustomers falls back on the closed form.
func TestNextWithoutReturningCustomers(t *testing.T) {
	m := fitNext(t, NextConfig{}, []History{HistoryOf([][]int32{{milk}}, nil), HistoryOf([][]int32{{milk, coffee}}, nil)})
	items := m.Ranker().Rank(nil, HistoryOf([][]int32{{coffee}}, nil), 0, 5, nil)
	if diff := cmp.Diff([]int32{milk, coffee}, ids(items)); diff != "" {
		t.Error(diff)
	}
}

func TestNextStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (NextConfig{}).Fit(ctx, NewCounts(3, CountsConfig{}), new(Histories)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fit returned %v", err)
	}
}

// TestNextKnowsWhenThingsRunOut gives customers weekly orders of milk, and soap
// every fourth: the week decides whether soap is due.
func TestNextKnowsWhenThingsRunOut(t *testing.T) {
	const soap = coffee
	weekly := func(start, weeks int) History {
		var orders [][]int32
		var days []int32
		for j := range weeks {
			order := []int32{milk}
			if (start+j)%4 == 0 {
				order = append(order, soap)
			}
			orders, days = append(orders, order), append(days, int32(7*j))
		}
		return HistoryOf(orders, days)
	}
	var histories []History
	gaps := NewGaps(shopItems)
	for i := range 400 {
		histories = append(histories, weekly(i, 8+i%5))
		gaps.Add(histories[i])
	}
	lasting, err := ReplenishConfig{}.Fit(gaps, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := fitNext(t, NextConfig{Replenishment: lasting, WeighOverdue: true}, histories).Ranker()
	chance := func(weeks int) Item {
		items := r.Rank(nil, weekly(0, weeks), int32(7*weeks), 2, nil)
		return items[slices.IndexFunc(items, func(item Item) bool { return item.ID == soap })]
	}
	early, due := chance(10), chance(12)
	if early.Probability > .1 || due.Probability < .8 {
		t.Errorf("soap has %.2f two weeks after the last, %.2f when four are over", early.Probability, due.Probability)
	}
	if due.DaysSince != 28 || math.Abs(due.UsualDays-28) > 1 || due.Orders != 3 || due.Of != 12 {
		t.Errorf("%+v, want 28 days since, usually 28, in 3 of 12", due)
	}
}

func TestNextWriteThenRead(t *testing.T) {
	histories := madeUp(400, true)
	gaps := NewGaps(shopItems)
	for _, h := range histories {
		gaps.Add(h)
	}
	lasting, err := ReplenishConfig{}.Fit(gaps, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := fitNext(t, NextConfig{Replenishment: lasting, WeighOverdue: true}, histories)
	var first, second bytes.Buffer
	if err := m.Write(&first); err != nil {
		t.Fatal(err)
	}
	read, err := ReadNext(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Write(&second); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("a model that was read is written differently")
	}
	for _, h := range histories {
		if diff := cmp.Diff(m.Ranker().Rank(nil, h, 90, 5, nil), read.Ranker().Rank(nil, h, 90, 5, nil), cmpopts.EquateNaNs()); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestReadNextRejects(t *testing.T) {
	var b bytes.Buffer
	if err := fitNext(t, NextConfig{}, madeUp(50, false)).Write(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	for name, file := range map[string]string{
		"an empty file":            "",
		"half a file":              whole[:len(whole)/2],
		"another format":           strings.Replace(whole, nextFormat, "perennial next basket 2", 1),
		"a column of other length": strings.Replace(whole, `"log_recent":[`, `"log_recent":[0,`, 1),
		"a weight too many":        strings.Replace(whole, `{"own":[`, `{"own":[0,`, 1),
		"an unknown follower":      strings.Replace(whole, `"followers":[[`, `"followers":[[99,`, 1),
		"a curve that falls":       strings.Replace(whole, `"probabilities":[`, `"probabilities":[2,`, 1),
	} {
		if _, err := ReadNext(strings.NewReader(file)); err == nil {
			t.Errorf("ReadNext accepted %s", name)
		}
	}
}

func FuzzReadNext(f *testing.F) {
	f.Add(`{"format":"perennial next basket 1"}`)
	f.Fuzz(func(t *testing.T, file string) {
		m, err := ReadNext(strings.NewReader(file))
		if err != nil {
			return
		}
		m.Ranker().Rank(nil, History{}, 0, 3, nil)
	})
}
