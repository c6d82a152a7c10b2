package basket

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// drawCustomer draws one customer of drawShop's kind: about seven orders of six.
func drawCustomer(random *rand.Rand, popular *rand.Zipf) [][]int32 {
	orders := make([][]int32, 1+random.IntN(13))
	for b := range orders {
		orders[b] = make([]int32, 1+random.IntN(11))
		for i := range orders[b] {
			orders[b][i] = int32(popular.Uint64())
		}
	}
	return orders
}

func fitShop(b *testing.B, customers [][][]int32, items, lines int) *Next {
	counts, sample := NewCounts(items, CountsConfig{}), NewSample(lines)
	for i, orders := range customers {
		h := HistoryOf(orders, nil)
		counts.Add(h)
		if err := sample.Add(uint64(i), h); err != nil {
			b.Fatal(err)
		}
	}
	hs, err := sample.Histories()
	if err != nil {
		b.Fatal(err)
	}
	m, err := NextConfig{}.Fit(b.Context(), counts, hs)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkNextRank(b *testing.B) {
	customers := drawShop(10_000, 12_000)
	r := fitShop(b, customers, 12_000, 200_000).Ranker()
	histories := make([]History, len(customers))
	for i := range histories {
		histories[i] = HistoryOf(customers[i], nil)
	}
	dst := make([]Item, 0, 5)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		dst = r.Rank(dst[:0], histories[n%len(histories)], 0, 5, nil)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

// BenchmarkNextTaFeng ranks real histories.
func BenchmarkNextTaFeng(b *testing.B) {
	m := tafeng(b)
	model, err := NextConfig{}.Fit(b.Context(), m.counts(), m.pick(b, m.folds[0].Train))
	if err != nil {
		b.Fatal(err)
	}
	r := model.Ranker()
	dst := make([]Item, 0, 10)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		dst = r.Rank(dst[:0], m.histories[m.all[n%len(m.all)]], 0, 5, nil)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

// BenchmarkTIFUKNNTaFeng is one fold of the published script's work: fit on its
// training shoppers, then rank for its test shoppers.
func BenchmarkTIFUKNNTaFeng(b *testing.B) {
	m := tafeng(b)
	train := m.pick(b, m.folds[0].Train)
	b.ReportAllocs()
	for b.Loop() {
		r := TIFUKNNConfig{}.Fit(m.items, train).Ranker()
		for _, id := range m.folds[0].Test {
			r.Rank(nil, m.histories[id], 20, nil)
		}
	}
	reportPeak(b)
}

// BenchmarkNextMillion streams a million customers of 100,000 products into a fit,
// and ranks for each.
func BenchmarkNextMillion(b *testing.B) {
	const items, customers = 100_000, 1_000_000
	b.ReportAllocs()
	for b.Loop() {
		counts, sample := NewCounts(items, CountsConfig{}), NewSample(0)
		each := func(visit func(key uint64, h History)) {
			random := rand.New(rand.NewPCG(1, 2))
			popular := rand.NewZipf(random, 1.1, 10, items-1)
			for key := range uint64(customers) {
				visit(key, HistoryOf(drawCustomer(random, popular), nil))
			}
		}
		each(func(key uint64, h History) {
			counts.Add(h)
			if err := sample.Add(key, h); err != nil {
				b.Fatal(err)
			}
		})
		hs, err := sample.Histories()
		if err != nil {
			b.Fatal(err)
		}
		m, err := NextConfig{}.Fit(b.Context(), counts, hs)
		if err != nil {
			b.Fatal(err)
		}
		r := m.Ranker()
		var dst []Item
		each(func(_ uint64, h History) { dst = r.Rank(dst[:0], h, 0, 5, nil) })
	}
	reportPeak(b)
}

// reportPeak reports the most memory that the process has held, where the system
// tells.
func reportPeak(b *testing.B) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if fields := strings.Fields(rest); len(fields) > 0 {
		if kilobytes, err := strconv.ParseFloat(fields[0], 64); err == nil {
			b.ReportMetric(kilobytes/1024, "MB-peak")
		}
	}
}
