package features

import "math"

const (
	noProduct  = "no purchase of a known product"
	noCategory = "no purchase in a known category"
)

var (
	lineProducts    = []string{"orders.ordered_at", "orders.product_id"}
	orderProducts   = []string{"orders.order_id", "orders.ordered_at", "orders.product_id"}
	lineCategories  = []string{"orders.ordered_at", "orders.category", "products.category"}
	orderCategories = []string{"orders.order_id", "orders.ordered_at", "orders.category", "products.category"}
	categoryAmounts = []string{"orders.ordered_at", "orders.amount", "orders.category", "products.category"}
)

var breadth = Family{
	Name: "breadth",
	Doc:  "How many different products and categories the customer buys, and how often the same again.",
	Features: []Feature{
		{Name: "products_total", Doc: "Distinct products bought so far.", From: lineProducts, Unit: Count, Missing: noProduct,
			Words: Words{Churn: -1, More: "Bought {value} different products; {reference} is usual", Less: "Bought only {value} different products; {reference} is usual"},
			value: func(p *past) float64 { return p.productsIn(ever) }},
		{Name: "products_90d", Doc: "Distinct products bought in the last 90 days.", From: orderProducts, Window: 90, Unit: Count, Missing: noProduct,
			value: func(p *past) float64 { return p.productsIn(last90d) }},
		{Name: "products_365d", Doc: "Distinct products bought in the last 365 days.", From: orderProducts, Window: 365, Unit: Count, Missing: noProduct,
			value: func(p *past) float64 { return p.productsIn(last365d) }},
		{Name: "repeat_line_share", Doc: "Share of lines whose product an earlier order held.", From: orderProducts, Unit: Share, Missing: noProduct,
			value: func(p *past) float64 { return ratio(float64(p.repeatLines), float64(p.productLines)) }},
		{Name: "top_product_share", Doc: "Share of lines that hold the most bought product.", From: lineProducts, Unit: Share, Missing: noProduct,
			value: func(p *past) float64 { return ratio(float64(p.topProductLines), float64(p.productLines)) }},
		{Name: "categories_total", Doc: "Distinct categories bought so far.", From: lineCategories, Unit: Count, Missing: noCategory,
			value: func(p *past) float64 { return p.categoriesIn(ever) }},
		{Name: "categories_365d", Doc: "Distinct categories bought in the last 365 days.", From: orderCategories, Window: 365, Unit: Count, Missing: noCategory,
			value: func(p *past) float64 { return p.categoriesIn(last365d) }},
		{Name: "top_category_share", Doc: "Share of revenue in the category most spent on.", From: categoryAmounts, Unit: Share, Missing: noCategory + ", or of no value",
			value: (*past).topCategoryShare},
		{Name: "category_entropy", Doc: "Entropy of revenue over categories in nats: 0 is one category.", From: categoryAmounts, Unit: Ratio, Missing: noCategory + ", or of no value",
			value: (*past).categoryEntropy},
	},
}

func (p *past) productsIn(w window) float64 {
	if len(p.products.met) == 0 {
		return math.NaN()
	}
	return float64(p.in[w].products)
}

func (p *past) categoriesIn(w window) float64 {
	if len(p.categories.met) == 0 {
		return math.NaN()
	}
	return float64(p.in[w].categories)
}

func (p *past) topCategoryShare() float64 {
	top := 0.0
	for _, code := range p.categories.met {
		top = max(top, p.categories.of[code].revenue)
	}
	return ratio(top, p.categorised)
}

func (p *past) categoryEntropy() float64 {
	if !(p.categorised > 0) {
		return math.NaN()
	}
	entropy := 0.0
	for _, code := range p.categories.met {
		if share := p.categories.of[code].revenue / p.categorised; share > 0 {
			entropy -= share * math.Log(share)
		}
	}
	return entropy
}
