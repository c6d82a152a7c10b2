package nextpurchase

import "perennial/pipeline/history"

// RankProducts returns the codes of up to k products for a customer, likeliest
// first: what What.Next names, for judging.
func (w *What) RankProducts(view *history.View, k int) []history.Code {
	return codes(w.products.Rank(nil, Baskets(view, ProductOf), k, w.mayName))
}

// PopularProducts returns the codes of the shop's k most popular products: the
// floor of RankProducts.
func (w *What) PopularProducts(k int) []history.Code {
	return codes(w.products.Popular(nil, k, w.mayName))
}

// codes turns items into codes.
func codes(items []int32) []history.Code {
	out := make([]history.Code, len(items))
	for i, item := range items {
		out[i] = history.Code(item) + 1
	}
	return out
}
