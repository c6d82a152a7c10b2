package simulate

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestCatalogueHasEveryProductOnce(t *testing.T) {
	for _, n := range []int{categoryCount, 500, 5000} {
		c := newCatalogue(1, n, 730)
		names, ids, ranked := make(map[string]bool), make(map[string]bool), make(map[int32]bool)
		for _, p := range c.products {
			names[p.name], ids[p.id] = true, true
			if strings.ContainsAny(p.name+p.id+categories[p.category].name, ",\"\n") {
				t.Errorf("%q needs quoting in CSV", p.name)
			}
			if p.cents < 99 || p.consumable && !categories[p.category].consumable {
				t.Errorf("%+v: odd price or kind", p)
			}
		}
		for _, products := range c.ranked {
			for _, p := range products {
				ranked[p] = true
			}
		}
		if len(names) != n || len(ids) != n || len(ranked) != n {
			t.Errorf("%d products: %d names, %d ids, %d ranked", n, len(names), len(ids), len(ranked))
		}
	}
}

func TestAFewProductsAreDiscontinued(t *testing.T) {
	c := newCatalogue(1, 5000, 730)
	gone := 0
	for p := range c.products {
		if !c.sold(int32(p), 729) {
			gone++
		}
	}
	if gone < 120 || gone > 280 {
		t.Errorf("%d of 5000 are discontinued, want about 4%%", gone)
	}
}

func TestDrawnProductsAreSold(t *testing.T) {
	c := newCatalogue(3, 500, 20)
	r := rand.New(rand.NewPCG(1, 1))
	for range 50_000 {
		k, day := r.IntN(categoryCount), r.IntN(20)
		p := c.draw(r, k, day)
		if c.products[p].category != k || !c.sold(p, day) {
			t.Fatalf("category %d, day %d: drew %+v", k, day, c.products[p])
		}
	}
}

func TestPopularProductsAreDrawnMore(t *testing.T) {
	c := newCatalogue(3, 500, 730)
	r := rand.New(rand.NewPCG(1, 1))
	drawn := make(map[int32]int)
	for range 100_000 {
		drawn[c.draw(r, 0, 0)]++
	}
	ranks := c.ranked[0]
	first, tenth := drawn[ranks[0]], drawn[ranks[9]]
	if ratio := float64(first) / float64(tenth); ratio < 3.0 || ratio > 4.2 { // (12/3)^0.9 = 3.48
		t.Errorf("the first product is drawn %.2f times as often as the tenth", ratio)
	}
}
