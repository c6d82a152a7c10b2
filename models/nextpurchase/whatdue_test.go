package nextpurchase

import (
	"strings"
	"testing"

	"perennial/pipeline/history"
)

// TestDueDates: a consumable with a history of gaps is due, not before tonight, and
// a durable is not; where no product has a day, a category may.
func TestDueDates(t *testing.T) {
	shop := drawShop(40, 1500)
	what := shop.what(t)
	due, overdue, categories := 0, 0, 0
	for i := range shop.histories {
		h := &shop.histories[i]
		got := row(what, h)
		if got.ReplenishDueDate == nil {
			if got.ReplenishProduct != "" || got.ReplenishReason != "" {
				t.Fatalf("%s: a product without a day", h.Customer)
			}
			continue
		}
		due++
		if *got.ReplenishDueDate < int32(shopNight) {
			t.Fatalf("%s: due on %s, before tonight", h.Customer, history.Day(*got.ReplenishDueDate))
		}
		if *got.ReplenishDueDate == int32(shopNight) {
			overdue++
		}
		if got.ReplenishProduct == "" {
			// Every second product is consumable, and with it every second category.
			categories++
			if !strings.HasPrefix(got.ReplenishReason, "category ") || strings.Contains("13579", got.ReplenishReason[9:10]) {
				t.Fatalf("%s: due is %q", h.Customer, got.ReplenishReason)
			}
			continue
		}
		code := shop.vocabulary.Products.Code(got.ReplenishProduct)
		if !shop.assortment.consumable[code] || !strings.Contains(got.ReplenishReason, got.ReplenishProduct+": bought in ") {
			t.Fatalf("%s: due is %s, %s", h.Customer, got.ReplenishProduct, got.ReplenishReason)
		}
		last := history.Day(0)
		for _, line := range h.Lines {
			if line.Product == code {
				last = line.At.Day()
			}
		}
		if last == 0 {
			t.Fatalf("%s never bought %s", h.Customer, got.ReplenishProduct)
		}
	}
	if due < 100 || overdue == 0 || overdue == due || categories == 0 || categories > due/2 {
		t.Errorf("%d customers have something due, of them %d tonight, %d a category", due, overdue, categories)
	}
}

// TestAnythingMayRunOutWhereNothingIsMarked: without consumables in the catalogue
// habits alone decide.
func TestAnythingMayRunOutWhereNothingIsMarked(t *testing.T) {
	shop := drawShop(40, 1500)
	shop.assortment = NewAssortment(shop.vocabulary, nil, nil)
	what := shop.what(t)
	odd := false
	for i := range shop.histories {
		if p := row(what, &shop.histories[i]).ReplenishProduct; p != "" {
			odd = odd || shop.vocabulary.Products.Code(p)%2 == 0 // the drawn catalogue marks the others
		}
	}
	if !odd {
		t.Error("only what the catalogue would mark was due")
	}
}
