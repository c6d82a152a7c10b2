package nextpurchase

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// shopNight is tonight in tests.
const shopNight = history.Day(2000)

// testShop is a drawn shop: customers rebuy a few products of their own and pick the
// rest by popularity.
type testShop struct {
	assortment *Assortment
	vocabulary history.Vocabulary
	histories  []history.History
}

// drawShop draws customers who have ordered since about a year before shopNight.
// Products belong to ten categories in turn.
func drawShop(products, customers int) *testShop {
	random := rand.New(rand.NewPCG(7, 7))
	popular := rand.NewZipf(random, 1.2, 8, uint64(products-1))
	ids, names := make([]string, products), make([]string, 10)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%05d", i)
	}
	for i := range names {
		names[i] = fmt.Sprintf("category %d", i)
	}
	s := &testShop{vocabulary: history.Vocabulary{Products: history.NewDictionary(ids), Categories: history.NewDictionary(names)}}
	catalogue := make([]history.Product, products)
	for i := range catalogue {
		catalogue[i] = history.Product{Code: history.Code(i + 1), Category: history.Code(i%10 + 1), Available: true, Consumable: i%2 == 0}
	}
	s.assortment = NewAssortment(s.vocabulary, catalogue, nil)
	for c := range customers {
		h := history.History{Customer: history.CustomerID(fmt.Sprintf("c%05d", c))}
		staples := []int{int(popular.Uint64()), int(popular.Uint64())}
		day := shopNight - history.Day(30+random.IntN(330))
		for order := int32(0); day < shopNight && order < 12; order++ {
			add := func(p int) {
				h.Lines = append(h.Lines, history.Line{
					At: day.Start(), KnownAt: day.Start(), Order: order, Product: history.Code(p + 1), Category: history.Code(p%10 + 1), Quantity: 1, Amount: 5,
				})
			}
			for _, p := range staples {
				if random.IntN(3) > 0 {
					add(p)
				}
			}
			for range 1 + random.IntN(3) {
				add(int(popular.Uint64()))
			}
			day += history.Day(5 + random.IntN(60))
		}
		s.histories = append(s.histories, h)
	}
	return s
}

// purchases gathers everybody as of day.
func (s *testShop) purchases(t testing.TB, day history.Day) *Purchases {
	t.Helper()
	p := NewPurchases(s.assortment, day, 100_000)
	for key := range s.histories {
		view := s.histories[key].At(day)
		if err := p.Add(uint64(key), &view); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// trial gathers the trial of everybody as of day.
func (s *testShop) trial(t testing.TB, day history.Day) *Trial {
	t.Helper()
	trial := NewTrial(s.purchases(t, day), 100_000)
	for key := range s.histories {
		view := s.histories[key].At(day)
		if err := trial.Add(uint64(key), &view, s.histories[key].Lines, 60); err != nil {
			t.Fatal(err)
		}
	}
	return trial
}

// what recommends tonight by the champions of a trial 60 days ago.
func (s *testShop) what(t testing.TB) *What {
	t.Helper()
	boards, err := s.trial(t, shopNight-60).Choose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.by(t, boards)
}

// by recommends tonight by the champions of boards.
func (s *testShop) by(t testing.TB, boards []Board) *What {
	t.Helper()
	what, err := NewWhat(t.Context(), s.purchases(t, shopNight), boards)
	if err != nil {
		t.Fatal(err)
	}
	return what
}

// chosen makes one candidate the champion of both levels, without a trial.
func chosen(candidate string) []Board {
	return []Board{{Level: Products.String(), Champion: candidate}, {Level: Categories.String(), Champion: candidate}}
}

// row fills what a row says of a history tonight.
func row(what *What, h *history.History) *publish.Score {
	var score publish.Score
	view := h.At(shopNight)
	what.Recommender().Fill(&score, &view)
	return &score
}
