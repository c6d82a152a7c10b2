package evaluate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Concordance returns Harrell's C index (Harrell et al. 1982): among pairs of
// which one is known to have had its event earlier, the share in which that one
// has the higher risk, equal risks counting one half.
//
// days[i] is the time to the event of row i if event[i], else the time at which
// it was last seen without one, which is later than an event on the same day.
// Two events on one day are no pair. It takes n·log n time.
func Concordance(days []float64, event []bool, risk []float64) float64 {
	if len(days) != len(event) || len(days) != len(risk) {
		panic(fmt.Sprintf("evaluate: %d times, %d event flags, %d risks", len(days), len(event), len(risk)))
	}
	for i := range days {
		if math.IsNaN(days[i]) || math.IsNaN(risk[i]) {
			return math.NaN()
		}
	}
	order := latestFirst(days, event)
	rank, distinct := denseRanks(risk)
	later := make(counter, distinct+1)
	won, pairs, seen := 0.0, 0.0, 0
	for k := 0; k < len(order); {
		i := order[k]
		if !event[i] {
			later.add(rank[i])
			seen, k = seen+1, k+1
			continue
		}
		first := k // of the events of one day, which are compared before they are added
		for ; k < len(order) && event[order[k]] && days[order[k]] == days[i]; k++ {
			r := rank[order[k]]
			below, notAbove := later.below(r), later.below(r+1)
			won += float64(below) + float64(notAbove-below)/2
			pairs += float64(seen)
		}
		for _, i := range order[first:k] {
			later.add(rank[i])
		}
		seen += k - first
	}
	return won / pairs
}

// latestFirst returns the rows by falling days; on one day, rows without an event
// come first.
func latestFirst(days []float64, event []bool) []int {
	order := make([]int, len(days))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, k int) int {
		if c := cmp.Compare(days[k], days[i]); c != 0 || event[i] == event[k] {
			return c
		}
		if event[k] {
			return -1
		}
		return 1
	})
	return order
}

// denseRanks returns the rank of each value among the distinct ones, from 0 on,
// and their number.
func denseRanks(v []float64) (ranks []int, distinct int) {
	sorted := slices.Compact(slices.Sorted(slices.Values(v)))
	ranks = make([]int, len(v))
	for i := range v {
		ranks[i] = sort.SearchFloat64s(sorted, v[i])
	}
	return ranks, len(sorted)
}

// counter counts ranks from 0 on in a binary indexed tree (Fenwick 1994).
type counter []int

func (c counter) add(rank int) {
	for k := rank + 1; k < len(c); k += k & -k {
		c[k]++
	}
}

// below returns how many of the ranks added are less than rank.
func (c counter) below(rank int) int {
	n := 0
	for k := rank; k > 0; k -= k & -k {
		n += c[k]
	}
	return n
}
