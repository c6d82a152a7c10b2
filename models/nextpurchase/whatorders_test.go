package nextpurchase

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"perennial/models/basket"
	"perennial/pipeline/history"
)

var bakery = history.Vocabulary{
	Products:   history.NewDictionary([]string{"apple", "bread", "cake", "POST", "POST-eu", "tea", "wine", "yeast"}),
	Categories: history.NewDictionary([]string{"bakery", "drinks", "fruit", "services"}),
}

// sold is a line of one piece on a day.
func sold(day history.Day, order int32, product string) history.Line {
	return history.Line{At: day.Start(), KnownAt: day.Start(), Order: order, Quantity: 1, Amount: 1, Product: bakery.Products.Code(product)}
}

func TestOrdersOfLines(t *testing.T) {
	item := func(product string) int32 { return int32(bakery.Products.Code(product)) - 1 }
	back := sold(4, 0, "tea")
	back.Quantity, back.Amount = -1, -1
	unknown := sold(1, 0, "")
	for _, test := range []struct {
		name  string
		lines []history.Line
		want  basket.History
	}{
		{"nothing", nil, basket.History{}},
		{"each item once an order", []history.Line{sold(3, 0, "tea"), sold(3, 0, "cake"), sold(3, 0, "tea"), sold(9, 1, "tea")},
			basket.History{Items: []int32{item("tea"), item("cake"), item("tea")}, Ends: []int32{2, 3}, Days: []int32{3, 9}}},
		{"an item added after the next order", []history.Line{sold(3, 0, "tea"), sold(9, 1, "wine"), sold(10, 0, "cake")},
			basket.History{Items: []int32{item("tea"), item("cake"), item("wine")}, Ends: []int32{2, 3}, Days: []int32{3, 9}}},
		{"returns, postage and unknown products", []history.Line{unknown, sold(2, 0, "POST"), sold(3, 1, "POST-eu"), sold(3, 1, "tea"), back},
			basket.History{Items: []int32{item("tea")}, Ends: []int32{1}, Days: []int32{3}}},
		{"an order whose first line does not count", []history.Line{sold(2, 0, "POST"), sold(3, 1, "tea"), sold(4, 0, "cake")},
			basket.History{Items: []int32{item("tea"), item("cake")}, Ends: []int32{1, 2}, Days: []int32{3, 4}}},
	} {
		a := NewAssortment(bakery, nil, []string{"POST*", "["})
		if diff := cmp.Diff(test.want, newOrderReader(a, Products).read(test.lines), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestOrdersAreThoseOfHistoryOf: the quick way gives what the plain one does, also
// when a reader is used again.
func TestOrdersAreThoseOfHistoryOf(t *testing.T) {
	a := NewAssortment(bakery, nil, nil)
	reader := newOrderReader(a, Products)
	rapid.Check(t, func(t *rapid.T) {
		var orders [][]int32
		var days []int32
		var lines []history.Line
		day := history.Day(0)
		for order := range rapid.IntRange(0, 6).Draw(t, "orders") {
			day += history.Day(rapid.IntRange(0, 3).Draw(t, "gap"))
			codes := rapid.SliceOfN(rapid.IntRange(1, bakery.Products.Len()), 1, 5).Draw(t, "codes")
			items := make([]int32, len(codes))
			for i, code := range codes {
				items[i] = int32(code) - 1
				lines = append(lines, sold(day, int32(order), bakery.Products.Name(history.Code(code))))
			}
			orders, days = append(orders, items), append(days, int32(day))
		}
		if diff := cmp.Diff(basket.HistoryOf(orders, days), reader.read(lines), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}
