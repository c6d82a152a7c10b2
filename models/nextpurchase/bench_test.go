package nextpurchase

import (
	"math/rand/v2"
	"testing"

	"perennial/models/survival"
	"perennial/pipeline/publish"
)

// scored returns curves of n rows over the published horizons and a year's
// hazard.
func scored(b *testing.B, n int) (*When, int) {
	rng := rand.New(rand.NewPCG(1, 0))
	days, ordered := make([]float64, 5000), make([]bool, 5000)
	for i := range days {
		days[i], ordered[i] = float64(1+rng.IntN(365)), rng.IntN(2) == 0
	}
	hazard, err := survival.NelsonAalen(days, ordered)
	if err != nil {
		b.Fatal(err)
	}
	var anchors []Anchor
	for _, horizon := range Horizons {
		p := make(given, n)
		for i := range p {
			p[i] = rng.Float64()
		}
		anchors = append(anchors, Anchor{horizon, p})
	}
	return mustWhen(b, anchors, 90, hazard), n
}

func BenchmarkCurvesAndDatesMillionRows(b *testing.B) {
	w, n := scored(b, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		c := curvesOf(b, w, n)
		for i := range n {
			c.Dates(i, 20_000)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
}

func BenchmarkWithinMillionRows(b *testing.B) {
	w, n := scored(b, 1_000_000)
	c := curvesOf(b, w, n)
	b.ReportAllocs()
	for b.Loop() {
		for i := range n {
			c.Within(i, 45)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
}

// BenchmarkFill recommends to customers of about six orders of four lines, in a shop
// of 5,000 products.
func BenchmarkFill(b *testing.B) {
	shop := drawShop(5000, 3000)
	what := shop.what(b)
	recommender := what.Recommender()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		var row publish.Score
		view := shop.histories[n%len(shop.histories)].At(shopNight)
		recommender.Fill(&row, &view)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

// BenchmarkAdd gathers the same customers.
func BenchmarkAdd(b *testing.B) {
	shop := drawShop(5000, 3000)
	purchases := NewPurchases(shop.assortment, shopNight, 200_000)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		view := shop.histories[n%len(shop.histories)].At(shopNight)
		if err := purchases.Add(uint64(n), &view); err != nil {
			b.Fatal(err)
		}
	}
}
