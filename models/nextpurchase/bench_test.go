package nextpurchase

import (
	"math/rand/v2"
	"testing"

	"perennial/models/basket"
	"perennial/models/survival"
	"perennial/pipeline/history"
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

// BenchmarkNext recommends to a customer with twelve orders of four lines.
func BenchmarkNext(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	var orders [][]string
	for range 12 {
		var products []string
		for range 4 {
			products = append(products, vocabulary.Products.Name(history.Code(1+rng.IntN(vocabulary.Products.Len()))))
		}
		orders = append(orders, products)
	}
	what := NewWhat(vocabulary, nil, nil, shopOf(orders...), basket.NewPopularity(vocabulary.Categories.Len()))
	customer := view(orders...)
	b.ReportAllocs()
	for b.Loop() {
		what.Next(customer)
	}
}
