package nextpurchase

import (
	"path"
	"slices"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

// What recommends products and categories from a customer's own orders and,
// where those run out, from the shop's. It is immutable and safe to share.
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
// item c-1 of products or categories is that of code c in vocabulary. Products
// that the catalogue calls unavailable are never named, nor are those whose id
// matches a pattern of exclude as in path.Match; a pattern that is malformed
// matches nothing.
func NewWhat(vocabulary history.Vocabulary, catalogue []history.Product, exclude []string, products, categories *basket.Popularity) *What {
	w := &What{
		vocabulary: vocabulary,
		products:   basket.Fit(products),
		categories: basket.Fit(categories),
		allowed:    make([]bool, vocabulary.Products.Len()+1),
	}
	for code := range w.allowed {
		w.allowed[code] = !excluded(vocabulary.Products.Name(history.Code(code)), exclude)
	}
	for _, product := range catalogue {
		w.allowed[product.Code] = w.allowed[product.Code] && product.Available
	}
	return w
}

func excluded(id string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, id)
		return match && err == nil
	})
}

// Next returns up to five product ids and three categories, likeliest first.
func (w *What) Next(view *history.View) (products, categories []string) {
	for _, code := range w.RankProducts(view, maxProducts) {
		products = append(products, w.vocabulary.Products.Name(code))
	}
	for _, item := range w.categories.Rank(nil, Baskets(view, CategoryOf), maxCategories, nil) {
		categories = append(categories, w.vocabulary.Categories.Name(codeOf(item)))
	}
	return products, categories
}

// RankProducts returns up to k products for a customer, likeliest first: what
// she bought in most orders, then what is most popular in the shop. Ties go to
// the more popular, then to the smaller code.
func (w *What) RankProducts(view *history.View, k int) []history.Code {
	return codesOf(w.products.Rank(nil, Baskets(view, ProductOf), k, w.mayName))
}

// PopularProducts returns the shop's k most popular products: the floor of
// RankProducts.
func (w *What) PopularProducts(k int) []history.Code {
	return codesOf(w.products.Popular(nil, k, w.mayName))
}

func (w *What) mayName(item int32) bool { return w.allowed[codeOf(item)] }

// codeOf returns the code that item stands for.
func codeOf(item int32) history.Code { return history.Code(item) + 1 }

func codesOf(items []int32) []history.Code {
	codes := make([]history.Code, len(items))
	for k, item := range items {
		codes[k] = codeOf(item)
	}
	return codes
}

// ProductOf returns the line's product, 0 when unknown.
func ProductOf(line *history.Line) history.Code { return line.Product }

// CategoryOf returns the line's category, 0 when unknown.
func CategoryOf(line *history.Line) history.Code { return line.Category }

// Baskets returns what each order of a view holds, by order ordinal: the codes
// of its lines less one, without returns and unknown items. An order that holds
// none is left out.
func Baskets(view *history.View, of func(*history.Line) history.Code) [][]int32 {
	var baskets [][]int32
	for i := range view.Lines {
		line := &view.Lines[i]
		if line.Return() || of(line) == 0 {
			continue
		}
		for int(line.Order) >= len(baskets) {
			baskets = append(baskets, nil)
		}
		baskets[line.Order] = append(baskets[line.Order], int32(of(line)-1))
	}
	return slices.DeleteFunc(baskets, func(basket []int32) bool { return len(basket) == 0 })
}
