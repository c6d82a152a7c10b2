package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
)

const (
	zipfExponent      = 0.9
	zipfOffset        = 2 // keeps the first product from dwarfing the second
	discontinuedShare = 0.04
)

// product is one article of the shop.
type product struct {
	id         string
	name       string
	category   int
	cents      int64 // list price
	consumable bool
	interval   float64 // days that a consumable lasts
	gone       int     // day from which it is no longer sold
}

// catalogue is what the shop sells. Products of a category are drawn by rank of
// popularity.
type catalogue struct {
	products   []product
	ranked     [categoryCount][]int32   // products by popularity, most popular first
	popularity [categoryCount][]float64 // cumulative, by rank
}

// newCatalogue makes up products for a shop open for days.
func newCatalogue(seed uint64, products, days int) catalogue {
	r := rand.New(rand.NewPCG(seed, catalogueStream))
	var c catalogue
	for p := range products {
		c.products = append(c.products, newProduct(r, p, days))
	}
	for k := range c.ranked {
		for p := k; p < products; p += categoryCount {
			c.ranked[k] = append(c.ranked[k], int32(p))
		}
		r.Shuffle(len(c.ranked[k]), func(i, j int) {
			c.ranked[k][i], c.ranked[k][j] = c.ranked[k][j], c.ranked[k][i]
		})
		c.products[c.ranked[k][0]].gone = forever // something is always for sale
		total := 0.0
		for rank := range c.ranked[k] {
			total += math.Pow(float64(rank+1+zipfOffset), -zipfExponent)
			c.popularity[k] = append(c.popularity[k], total)
		}
	}
	return c
}

func newProduct(r *rand.Rand, index, days int) product {
	k := index % categoryCount
	cat := &categories[k]
	p := product{
		id:         fmt.Sprintf("p%05d", index+1),
		name:       productName(cat, index/categoryCount),
		category:   k,
		cents:      int64(logNormal(r, cat.price, 0.45))*100 + 99,
		consumable: cat.consumable && r.Float64() < 0.9,
		interval:   21 + 70*r.Float64(),
		gone:       forever,
	}
	if r.Float64() < discontinuedShare {
		p.gone = days/2 + r.IntN(days-days/2)
	}
	return p
}

// draw draws a product of category k that is sold on day. A draw of one that is
// gone falls to the next more popular.
func (c *catalogue) draw(r *rand.Rand, k, day int) int32 {
	rank := pick(c.popularity[k], r.Float64())
	for c.products[c.ranked[k][rank]].gone <= day {
		rank--
	}
	return c.ranked[k][rank]
}

// sold reports whether product p is sold on day.
func (c *catalogue) sold(p int32, day int) bool { return day < c.products[p].gone }
