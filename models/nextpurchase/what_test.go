package nextpurchase

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

// bakeryWhat recommends by personal frequency what these orders, one customer each
// on the day before, make popular.
func bakeryWhat(t *testing.T, catalogue []history.Product, exclude []string, orders ...[]string) *What {
	t.Helper()
	p := NewPurchases(NewAssortment(bakery, catalogue, exclude), shopNight, 1000)
	for key, products := range orders {
		h := orderedOn(shopNight-1, products)
		view := h.At(shopNight)
		if err := p.Add(uint64(key), &view); err != nil {
			t.Fatal(err)
		}
	}
	what, err := NewWhat(t.Context(), p, chosen(Frequency))
	if err != nil {
		t.Fatal(err)
	}
	return what
}

// orderedOn is a customer whose orders are a day apart, from first on.
func orderedOn(first history.Day, orders ...[]string) *history.History {
	h := &history.History{}
	for k, products := range orders {
		for _, product := range products {
			h.Lines = append(h.Lines, sold(first+history.Day(k), int32(k), product))
		}
	}
	return h
}

func TestWhatMayBeNamed(t *testing.T) {
	shop := [][]string{{"tea", "cake"}, {"tea", "cake", "wine"}, {"POST", "tea"}, {"POST-eu", "POST"}, {"apple", "bread", "yeast"}}
	gone := history.Product{Code: bakery.Products.Code("cake")}
	for _, test := range []struct {
		name      string
		orders    [][]string
		catalogue []history.Product
		exclude   []string
		want      []string
	}{
		{"by her orders, then by popularity", [][]string{{"wine"}, {"wine", "bread"}}, nil, []string{"POST*"}, []string{"wine", "bread", "tea", "cake", "apple"}},
		{"her ties by popularity, then by code", [][]string{{"yeast", "bread", "cake"}}, nil, []string{"POST*"}, []string{"cake", "bread", "yeast", "tea", "apple"}},
		{"nobody's orders", nil, nil, nil, []string{"tea", "POST", "cake", "POST-eu", "apple"}},
		{"one excluded id", nil, nil, []string{"POST"}, []string{"tea", "cake", "POST-eu", "apple", "bread"}},
		{"not available any more", [][]string{{"cake"}, {"cake"}}, []history.Product{gone}, []string{"P*"}, []string{"tea", "apple", "bread", "wine", "yeast"}},
		{"everything excluded", [][]string{{"cake"}}, nil, []string{"*"}, nil},
	} {
		what := bakeryWhat(t, test.catalogue, test.exclude, shop...)
		got := row(what, orderedOn(shopNight-9, test.orders...))
		if diff := cmp.Diff(test.want, got.NextProducts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if got.NextCategories != nil || got.NextCategoryReasons != nil {
			t.Errorf("%s: categories are %v where nothing has one", test.name, got.NextCategories)
		}
	}
}

func TestReasonsInWords(t *testing.T) {
	what := bakeryWhat(t, nil, []string{"POST*"}, []string{"tea"}, []string{"tea", "wine"}, []string{"cake"})
	her := &history.History{Lines: []history.Line{
		sold(shopNight-100, 0, "bread"), sold(shopNight-90, 1, "bread"), sold(shopNight-81, 2, "bread"), sold(shopNight-70, 3, "bread"),
		sold(shopNight-70, 3, "apple"), sold(shopNight-40, 4, "bread"), sold(shopNight-1, 5, "yeast"),
	}}
	var got []string
	score := row(what, her)
	for k, product := range score.NextProducts {
		got = append(got, product+": "+score.NextProductReasons[k])
	}
	want := []string{
		"bread: Bought in 5 of the last 6 orders; last 40 days ago, usually every 15 days",
		"apple: Bought in 1 of the last 3 orders; last 70 days ago",
		"yeast: Bought in the last order, 1 day ago",
		"tea: In 2 of the 3 orders here in the last 365 days",
		"cake: In 1 of the 3 orders here in the last 365 days",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReasonsCanBeCounted takes the numbers out of every sentence of a shop and
// counts them again in the lines.
func TestReasonsCanBeCounted(t *testing.T) {
	shop := drawShop(200, 800)
	count := newRecount(shop)
	told := map[string]int{}
	for _, candidate := range []string{Frequency, Repeat, Next, NextOverdue} {
		what := shop.by(t, chosen(candidate))
		for i := range shop.histories {
			h := &shop.histories[i]
			score := row(what, h)
			for k, product := range score.NextProducts {
				told[count.check(t, h, product, score.NextProductReasons[k])]++
			}
		}
	}
	for _, kind := range []string{"Bought in", "Often follows", "second orders", "the last 60 days"} {
		if told[kind] == 0 {
			t.Errorf("no reason said %q: %v", kind, told)
		}
	}
}

// recount counts by hand what reasons claim.
type recount struct {
	shop           *testShop
	recent, second map[history.Code]int // orders that hold the product
	recents        int
	seconds        int
}

// productsOf returns the products of each order of a history, and the days.
func productsOf(h *history.History) (orders []map[history.Code]bool, days []history.Day) {
	for _, line := range h.Lines {
		if int(line.Order) == len(orders) {
			orders, days = append(orders, map[history.Code]bool{}), append(days, line.At.Day())
		}
		orders[line.Order][line.Product] = true
	}
	return orders, days
}

func newRecount(shop *testShop) *recount {
	c := &recount{shop: shop, recent: map[history.Code]int{}, second: map[history.Code]int{}}
	for i := range shop.histories {
		orders, days := productsOf(&shop.histories[i])
		for j := range orders {
			if j == 1 {
				c.seconds++
			}
			if days[j] >= shopNight-60 {
				c.recents++
			}
			for code := range orders[j] {
				if j == 1 {
					c.second[code]++
				}
				if days[j] >= shopNight-60 {
					c.recent[code]++
				}
			}
		}
	}
	return c
}

var numbers = regexp.MustCompile(`\b[0-9]+\b`)

// check counts again what a reason claims, and returns which kind it is.
func (c *recount) check(t *testing.T, h *history.History, product, reason string) string {
	t.Helper()
	code := c.shop.vocabulary.Products.Code(product)
	orders, days := productsOf(h)
	first, last, n := -1, -1, 0
	for j := range orders {
		if orders[j][code] {
			if n == 0 {
				first = j
			}
			last, n = j, n+1
		}
	}
	kind := ""
	for _, k := range []string{"Bought in", "Often follows", "second orders", "the last 60 days", "the last 365 days", "more than 365 days"} {
		if strings.Contains(reason, k) {
			kind = k
		}
	}
	var want []int
	switch kind {
	case "Bought in":
		want = []int{n, len(orders) - first, int(shopNight - days[last])}
		if n == len(orders)-first {
			want = want[1:]
		}
		if first == len(orders)-1 {
			want = want[1:]
		}
		if n > 3 {
			want = append(want, int(float64(days[last]-days[first])/float64(n-1)+.5))
		}
	case "Often follows":
		want = []int{int(shopNight - days[len(days)-1])}
	case "second orders":
		want = []int{c.second[code], c.seconds}
	case "the last 60 days":
		want = []int{c.recent[code], c.recents, 60}
	case "":
		t.Fatalf("%q is no known reason", reason)
	default:
		return kind
	}
	if n > 0 != (kind == "Bought in") {
		t.Fatalf("%s: %q for a product in %d of her orders", h.Customer, reason, n)
	}
	var got []int
	for _, text := range numbers.FindAllString(reason, -1) {
		number, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, number)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s, %s: %q has the wrong numbers (-counted +told):\n%s", h.Customer, product, reason, diff)
	}
	return kind
}

// TestRowsPassTheirContract for every customer and champion.
func TestRowsPassTheirContract(t *testing.T) {
	shop := drawShop(200, 600)
	for _, candidate := range candidates {
		what := shop.by(t, chosen(candidate))
		for i := range shop.histories {
			got := row(what, &shop.histories[i])
			if len(got.NextProducts) != 5 || len(got.NextCategories) != 3 || len(got.NextProductReasons) != 5 || len(got.NextCategoryReasons) != 3 {
				t.Fatalf("%s names %v and %v", candidate, got.NextProducts, got.NextCategories)
			}
			distinct(t, got.NextProducts)
			distinct(t, got.NextCategories)
			likely := 0 // nothing is, without a trial, unless the candidate says so itself
			if candidate == Next || candidate == NextOverdue {
				likely = 5
			}
			falling(t, got.NextProductProbabilities, likely)
			falling(t, got.NextCategoryProbabilities, min(likely, 3))
		}
	}
}

func distinct(t *testing.T, ids []string) {
	t.Helper()
	for k, id := range ids {
		if slices.Contains(ids[:k], id) {
			t.Fatalf("%v names %s twice", ids, id)
		}
	}
}

func falling(t *testing.T, probabilities []float64, n int) {
	t.Helper()
	if len(probabilities) != n {
		t.Fatalf("%d probabilities, want %d", len(probabilities), n)
	}
	high := 1.
	for _, p := range probabilities {
		if !(p >= 0 && p <= high) {
			t.Fatalf("probabilities %v", probabilities)
		}
		high = p
	}
}

func TestWhoHasNeverOrderedGetsWhatIsPopular(t *testing.T) {
	shop := drawShop(200, 600)
	what := shop.by(t, chosen(Next))
	got := row(what, &history.History{})
	for _, reason := range got.NextProductReasons {
		if !strings.HasPrefix(reason, "In ") {
			t.Error(reason)
		}
	}
	if len(got.NextProducts) != 5 || got.ReplenishDueDate != nil || got.NextProductProbabilities != nil {
		t.Errorf("%v, due %v", got.NextProducts, got.ReplenishDueDate)
	}
}
