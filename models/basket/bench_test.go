package basket

import (
	"math/rand/v2"
	"testing"
)

// drawShop returns customers of about seven baskets of six out of items items, a
// few items being in most baskets, as in a grocery.
func drawShop(customers, items int) [][][]int32 {
	random := rand.New(rand.NewPCG(1, 2))
	popular := rand.NewZipf(random, 1.1, 10, uint64(items-1))
	shop := make([][][]int32, customers)
	for c := range shop {
		shop[c] = make([][]int32, 1+random.IntN(13))
		for b := range shop[c] {
			shop[c][b] = make([]int32, 1+random.IntN(11))
			for i := range shop[c][b] {
				shop[c][b][i] = int32(popular.Uint64())
			}
		}
	}
	return shop
}

func BenchmarkRank(b *testing.B) {
	customers := drawShop(10_000, 12_000)
	m := fit(12_000, customers...)
	dst := make([]int32, 0, 5)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		dst = m.Rank(dst[:0], customers[n%len(customers)], 5, nil)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

func BenchmarkPopularityAdd(b *testing.B) {
	customers := drawShop(10_000, 12_000)
	p := NewPopularity(12_000)
	baskets := 0
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		for _, basket := range customers[n%len(customers)] {
			p.Add(basket)
			baskets++
		}
	}
	b.ReportMetric(float64(baskets)/b.Elapsed().Seconds(), "baskets/s")
}
