package label

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// gapsOf returns the gaps of lines as of day 10,000.
func gapsOf(lines ...history.Line) *Gaps {
	g := &Gaps{}
	g.Add(&history.History{Lines: lines}, 10_000)
	return g
}

// counted returns the gaps of g that are not counted 0 times.
func counted(g *Gaps) map[int]int64 {
	counts := map[int]int64{}
	for days, n := range g.counts {
		if n > 0 {
			counts[days] = n
		}
	}
	return counts
}

func TestGapsAdd(t *testing.T) {
	late := line(30, 2, 1, 1)
	late.KnownAt = history.Day(10_000).Start()
	for _, test := range []struct {
		name  string
		lines []history.Line
		want  map[int]int64
	}{
		{"nobody", nil, map[int]int64{}},
		{"bought once", []history.Line{line(1, 0, 1, 1)}, map[int]int64{}},
		{"three orders", []history.Line{line(1, 0, 1, 1), line(8, 1, 1, 1), line(15, 2, 1, 1)}, map[int]int64{7: 2}},
		{"two lines of one order", []history.Line{line(1, 0, 1, 1), line(1, 0, 2, 1), line(8, 1, 1, 1)}, map[int]int64{7: 1}},
		{"two orders on one day", []history.Line{line(1, 0, 1, 1), line(1, 1, 1, 1), line(8, 2, 1, 1)}, map[int]int64{7: 1}},
		{"an item added next day", []history.Line{line(1, 0, 1, 1), line(2, 0, 2, 1), line(8, 1, 1, 1)}, map[int]int64{7: 1}},
		{"a return between", []history.Line{line(1, 0, 1, 1), refund(4, 1, 1), line(8, 2, 1, 1)}, map[int]int64{7: 1}},
		{"more than a year", []history.Line{line(1, 0, 1, 1), line(400, 1, 1, 1), line(2000, 2, 1, 1)}, map[int]int64{365: 2}},
		{"learnt at the cutoff", []history.Line{line(1, 0, 1, 1), line(8, 1, 1, 1), late}, map[int]int64{7: 1}},
		{"in the future", []history.Line{line(1, 0, 1, 1), line(8, 1, 1, 1), line(10_000, 2, 1, 1)}, map[int]int64{7: 1}},
	} {
		g := gapsOf(test.lines...)
		if diff := cmp.Diff(test.want, counted(g)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		var total int64
		for _, n := range test.want {
			total += n
		}
		if g.Total() != total {
			t.Errorf("%s: Total() = %d, want %d", test.name, g.Total(), total)
		}
	}
}

// repeated returns gaps that occur as often as counts says.
func repeated(counts map[int]int64) *Gaps {
	g := &Gaps{}
	for days, n := range counts {
		g.counts[days] += n
		g.total += n
	}
	return g
}

func TestHorizonAndMedian(t *testing.T) {
	for _, test := range []struct {
		name            string
		counts          map[int]int64
		horizon, median int
	}{
		{"no repeat orders", nil, 90, 0},
		{"every week", map[int]int64{7: 100}, 30, 7},
		{"exactly four of five within 30", map[int]int64{30: 4, 31: 1}, 30, 30},
		{"one less", map[int]int64{30: 79, 31: 21}, 60, 30},
		{"within 60", map[int]int64{10: 1, 60: 9}, 60, 60},
		{"within 90", map[int]int64{61: 5, 90: 5}, 90, 61},
		{"within 180", map[int]int64{91: 3, 180: 3}, 180, 91},
		{"within 180, not quite", map[int]int64{10: 7, 181: 3}, 365, 10},
		{"every other year", map[int]int64{365: 10}, 365, 365},
		{"an even number", map[int]int64{10: 2, 20: 2}, 30, 10},
	} {
		g := repeated(test.counts)
		if got := g.Horizon(); got != test.horizon {
			t.Errorf("%s: Horizon() = %d, want %d", test.name, got, test.horizon)
		}
		if got := g.Median(); got != test.median {
			t.Errorf("%s: Median() = %d, want %d", test.name, got, test.median)
		}
	}
}

// TestGapsMerge splits a shop into buckets, in any way.
func TestGapsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, buckets := &Gaps{}, make([]Gaps, 3)
		for range rapid.IntRange(0, 10).Draw(t, "customers") {
			h := drawHistory(t)
			whole.Add(h, 150)
			buckets[rapid.IntRange(0, 2).Draw(t, "bucket")].Add(h, 150)
		}
		merged := &Gaps{}
		for _, b := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			merged.Merge(&buckets[b])
		}
		if *merged != *whole {
			t.Fatalf("buckets hold %v, the shop %v", counted(merged), counted(whole))
		}
	})
}

// TestHorizonHoldsFourOfFive states what Horizon promises.
func TestHorizonHoldsFourOfFive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := repeated(rapid.MapOf(rapid.IntRange(1, gapLimit), rapid.Int64Range(1, 50)).Draw(t, "counts"))
		chosen := g.Horizon()
		for _, days := range Horizons {
			var held int64
			for d, n := range counted(g) {
				if d <= days {
					held += n
				}
			}
			holds := held*10 >= g.Total()*8
			if g.Total() > 0 && days < chosen && holds {
				t.Fatalf("%d was chosen, but %d holds %d of %d", chosen, days, held, g.Total())
			}
			if days == chosen && !holds {
				t.Fatalf("%d was chosen and holds %d of %d", chosen, held, g.Total())
			}
		}
	})
}
