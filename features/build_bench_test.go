package features

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"perennial/pipeline/history"
)

// syntheticVocabulary is that of a shop with 2,000 products in 20 categories.
func syntheticVocabulary() history.Vocabulary {
	numbered := func(format string, n int) history.Dictionary {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf(format, i)
		}
		return history.NewDictionary(names)
	}
	return history.Vocabulary{
		Products:   numbered("product-%04d", 2000),
		Categories: numbered("category-%02d", 20),
		Channels:   history.NewDictionary([]string{"app", "store", "web"}),
		Kinds:      history.NewDictionary(slices.Clone(kindNames[:])),
		Actions:    history.NewDictionary([]string{"win_back"}),
	}
}

// syntheticHistories returns n customers with 20 lines in about eight orders
// and 20 engagements each, spread over the two years before end.
func syntheticHistories(n int, end history.Day) []history.History {
	rng := rand.New(rand.NewPCG(1, 2))
	instant := func() history.Instant {
		return (end - 1 - history.Day(rng.IntN(730))).Start() + history.Instant(rng.Int64N(86_400_000_000))
	}
	histories := make([]history.History, n)
	for i := range histories {
		h := &histories[i]
		h.Customer = history.CustomerID(fmt.Sprintf("c%06d", i))
		h.Profile.SignedUpAt = (end - 800).Start()
		var orders [8]history.Instant
		for k := range orders {
			orders[k] = instant()
		}
		slices.Sort(orders[:])
		for k := range 20 {
			order := k * len(orders) / 20
			h.Lines = append(h.Lines, history.Line{
				At: orders[order], KnownAt: orders[order], Order: int32(order),
				Amount: float64(rng.IntN(10_000)) / 100, Quantity: float32(1 + rng.IntN(3)),
				Discount: float32(rng.IntN(3)), Product: history.Code(1 + rng.IntN(2000)),
				Category: history.Code(1 + rng.IntN(20)), Channel: history.Code(1 + rng.IntN(3)),
			})
			at := instant()
			h.Engagements = append(h.Engagements, history.Engagement{
				At: at, KnownAt: at, Kind: history.Code(1 + rng.IntN(len(kindNames))), Value: float32(math.NaN()),
			})
		}
		slices.SortFunc(h.Engagements, func(a, b history.Engagement) int { return int(a.At/1e6 - b.At/1e6) })
	}
	return histories
}

// BenchmarkBuild reports events per second of one core: a customer's 40 events
// count once, however many cutoffs look at them.
func BenchmarkBuild(b *testing.B) {
	const customers = 10_000
	end := history.Day(20_000)
	histories := syntheticHistories(customers, end)
	set, err := NewSet(syntheticVocabulary(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, count := range []int{1, 6} {
		var cutoffs []history.Day
		for k := range count {
			cutoffs = append(cutoffs, end-history.Day(30*k))
		}
		b.Run(fmt.Sprintf("cutoffs=%d", count), func(b *testing.B) {
			b.ReportAllocs()
			builder := set.NewBuilder()
			for b.Loop() {
				if err := builder.Build(set.NewMatrix(), histories, cutoffs, Everybody); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(40*customers*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
