package nextpurchase

import (
	"path"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

// What recommends products and categories from a customer's own orders and,
// where those run out, from the shop's. It is immutable.
type What struct {
	vocabulary history.Vocabulary
	products   *basket.Model
	categories *basket.Model
	allowed    []bool // by product code
}

// How many are published.
const (
	maxProducts   = 5
	maxCategories = 3
)

// NewWhat returns a recommender over popularity in the shop's recent orders:
// item c-1 is the product or category of code c. Products that are not
// available, and those whose id matches a pattern of exclude, are never named.
func NewWhat(vocabulary history.Vocabulary, catalogue []history.Product, exclude []string, products, categories *basket.Popularity) *What {
	w := &What{
		vocabulary: vocabulary,
		products:   basket.Fit(products),
		categories: basket.Fit(categories),
		allowed:    make([]bool, vocabulary.Products.Len()+1),
	}
	for code := range w.allowed[1:] {
		w.allowed[code+1] = !excluded(vocabulary.Products.Name(history.Code(code+1)), exclude)
	}
	for _, product := range catalogue {
		w.allowed[product.Code] = w.allowed[product.Code] && product.Available
	}
	return w
}

// excluded reports whether id matches a pattern; config has checked them.
func excluded(id string, patterns []string) bool {
	for _, pattern := range patterns {
		if match, err := path.Match(pattern, id); err == nil && match {
			return true
		}
	}
	return false
}

// Next returns up to five product ids and three categories, likeliest first.
func (w *What) Next(view *history.View) (products, categories []string) {
	for _, item := range w.products.Rank(nil, Baskets(view, ProductOf), maxProducts, w.mayName) {
		products = append(products, w.vocabulary.Products.Name(history.Code(item)+1))
	}
	everything := func(int32) bool { return true }
	for _, item := range w.categories.Rank(nil, Baskets(view, CategoryOf), maxCategories, everything) {
		categories = append(categories, w.vocabulary.Categories.Name(history.Code(item)+1))
	}
	return products, categories
}

func (w *What) mayName(item int32) bool { return w.allowed[item+1] }

// ProductOf and CategoryOf say what of a line goes into a basket.
func ProductOf(line *history.Line) history.Code { return line.Product }

// CategoryOf returns the line's category.
func CategoryOf(line *history.Line) history.Code { return line.Category }

// Baskets returns the items of each order of a view in time order, code less
// one, without lines that are returns or have no item.
func Baskets(view *history.View, of func(*history.Line) history.Code) [][]int32 {
	var baskets [][]int32
	place := map[int32]int{}
	for i := range view.Lines {
		line := &view.Lines[i]
		if line.Return() || of(line) == 0 {
			continue
		}
		k, met := place[line.Order]
		if !met {
			k = len(baskets)
			place[line.Order] = k
			baskets = append(baskets, nil)
		}
		baskets[k] = append(baskets[k], int32(of(line)-1))
	}
	return baskets
}
