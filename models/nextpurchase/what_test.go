package nextpurchase

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

var vocabulary = history.Vocabulary{
	Products:   history.NewDictionary([]string{"apple", "bread", "cake", "POST", "POST-eu", "tea", "wine", "yeast"}),
	Categories: history.NewDictionary([]string{"bakery", "drinks", "fruit", "services"}),
}

// view is a customer's orders, each a list of products.
func view(orders ...[]string) *history.View {
	v := &history.View{}
	for k, products := range orders {
		for _, product := range products {
			v.Lines = append(v.Lines, history.Line{Order: int32(k), Quantity: 1, Amount: 1, Product: vocabulary.Products.Code(product)})
		}
	}
	return v
}

// shopOf counts the shop's orders.
func shopOf(orders ...[]string) *basket.Popularity {
	p := basket.NewPopularity(vocabulary.Products.Len())
	for _, items := range Baskets(view(orders...), ProductOf) {
		p.Add(items)
	}
	return p
}

func TestNextProducts(t *testing.T) {
	shop := shopOf([]string{"tea", "cake"}, []string{"tea", "cake", "wine"}, []string{"POST", "tea"}, []string{"POST-eu", "POST"}, []string{"apple", "bread", "yeast"})
	for _, test := range []struct {
		name      string
		orders    [][]string
		catalogue []history.Product
		exclude   []string
		want      []string
	}{
		{"by her orders, then by popularity", [][]string{{"wine"}, {"wine", "bread"}}, nil, []string{"POST*"},
			[]string{"wine", "bread", "tea", "cake", "apple"}},
		{"her ties by popularity, then by code", [][]string{{"yeast", "bread", "cake"}}, nil, []string{"POST*"},
			[]string{"cake", "bread", "yeast", "tea", "apple"}},
		{"nobody's orders", nil, nil, nil,
			[]string{"tea", "POST", "cake", "POST-eu", "apple"}},
		{"one excluded id", nil, nil, []string{"POST"},
			[]string{"tea", "cake", "POST-eu", "apple", "bread"}},
		{"not available any more", [][]string{{"cake"}, {"cake"}}, []history.Product{{Code: 4, Available: true}, {Code: vocabulary.Products.Code("cake")}}, []string{"P*"},
			[]string{"tea", "apple", "bread", "wine", "yeast"}},
		{"a malformed pattern", nil, nil, []string{"[", "POST*"},
			[]string{"tea", "cake", "apple", "bread", "wine"}},
		{"everything excluded", [][]string{{"cake"}}, nil, []string{"*"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			what := NewWhat(vocabulary, test.catalogue, test.exclude, shop, basket.NewPopularity(vocabulary.Categories.Len()))
			products, categories := what.Next(view(test.orders...))
			if diff := cmp.Diff(test.want, products); diff != "" {
				t.Error(diff)
			}
			if categories != nil {
				t.Errorf("categories are %v where nothing has one", categories)
			}
		})
	}
}

func TestNextCategories(t *testing.T) {
	popularity := basket.NewPopularity(vocabulary.Categories.Len())
	for _, items := range [][]int32{{3, 1}, {3}, {3, 0}, {2}} {
		popularity.Add(items)
	}
	v := &history.View{Lines: []history.Line{{Category: 3, Amount: 1}, {Category: 1, Amount: -1}, {Category: 0, Amount: 1}}}
	_, categories := NewWhat(vocabulary, nil, nil, shopOf(), popularity).Next(v)
	if diff := cmp.Diff([]string{"fruit", "services", "bakery"}, categories); diff != "" {
		t.Error(diff)
	}
}

func TestBaskets(t *testing.T) {
	lines := []history.Line{
		{Order: 1, Product: 5, Amount: 3},
		{Order: 0, Product: 2, Amount: 0},
		{Order: 1, Product: 2, Amount: 3},
		{Order: 1, Product: 5, Amount: 3},
		{Order: 3, Product: 4, Amount: -3},
		{Order: 1, Product: 0, Amount: 3},
		{Order: 4, Product: 1, Amount: 1, Quantity: -1},
		{Order: 6, Product: 3, Amount: 1},
		{Order: 0, Product: 7, Amount: 1}, // added later
	}
	want := [][]int32{{1, 6}, {4, 1, 4}, {2}}
	if diff := cmp.Diff(want, Baskets(&history.View{Lines: lines}, ProductOf)); diff != "" {
		t.Error(diff)
	}
}

// TestRankedProductsAreAllowedAndDistinct for any orders, and the same again.
func TestRankedProductsAreAllowedAndDistinct(t *testing.T) {
	items := vocabulary.Products.Len()
	rapid.Check(t, func(t *rapid.T) {
		product := rapid.Map(rapid.IntRange(1, items), func(c int) string { return vocabulary.Products.Name(history.Code(c)) })
		orders := rapid.SliceOfN(rapid.SliceOfN(product, 1, 4), 0, 8)
		shop, her := shopOf(orders.Draw(t, "shop")...), view(orders.Draw(t, "her")...)
		gone := history.Code(rapid.IntRange(1, items).Draw(t, "gone"))
		what := NewWhat(vocabulary, []history.Product{{Code: gone}}, []string{"POST*"}, shop, basket.NewPopularity(0))
		k := rapid.IntRange(0, items).Draw(t, "k")
		ranked := what.RankProducts(her, k)
		if len(ranked) > k {
			t.Fatalf("%d products, want at most %d", len(ranked), k)
		}
		met := map[history.Code]bool{}
		for _, code := range ranked {
			if met[code] || code == gone || code == vocabulary.Products.Code("POST") || code == vocabulary.Products.Code("POST-eu") {
				t.Fatalf("%v repeats a product or names one that is gone (%d) or excluded", ranked, gone)
			}
			met[code] = true
		}
		if diff := cmp.Diff(ranked, what.RankProducts(her, k)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(what.PopularProducts(k), what.RankProducts(&history.View{}, k)); diff != "" {
			t.Fatalf("without orders the ranking is not that of popularity:\n%s", diff)
		}
	})
}
