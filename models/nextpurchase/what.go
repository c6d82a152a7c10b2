package nextpurchase

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"perennial/models/basket"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// What recommends products and categories, says how likely each is and why, and
// when a consumable is due again. It is immutable and safe to share; each
// goroutine recommends with a Recommender of its own.
type What struct {
	assortment *Assortment
	levels     [levels]served
	lasting    [levels]*basket.Replenishment
}

// served is a level with the candidate that ranks it.
type served struct {
	level     Level
	ledger    *ledger
	board     Board
	newRank   func() rank
	strangers []basket.Item // named to who has never ordered
}

// NewWhat fits the champions of boards, as Trial.Choose returns them, on all
// purchases up to tonight. purchases may not be added to afterwards.
func NewWhat(ctx context.Context, purchases *Purchases, boards []Board) (*What, error) {
	w := &What{assortment: purchases.assortment}
	for l := range levels {
		s := &w.levels[l]
		*s = served{level: l, ledger: &purchases.ledgers[l], board: boards[l]}
		lasting, err := s.ledger.lasting(purchases.groups(l))
		if err != nil {
			return nil, fmt.Errorf("nextpurchase: %w", err)
		}
		if s.newRank, err = s.ledger.fit(ctx, s.board.Champion, lasting); err != nil {
			return nil, fmt.Errorf("nextpurchase: fit who ranks each %s: %w", l, err)
		}
		popular, err := s.ledger.fit(ctx, Popularity, nil)
		if err != nil {
			return nil, fmt.Errorf("nextpurchase: %w", err)
		}
		s.strangers = popular()(nil, basket.History{}, 0, l.published(), w.allowed(l))
		w.lasting[l] = lasting
	}
	return w, nil
}

// allowed returns which items of a level may be named, nil meaning all.
func (w *What) allowed(l Level) func(item int32) bool {
	if l == Products {
		return w.assortment.mayName
	}
	return nil
}

// Recommender recommends to one customer after another. It belongs to one goroutine.
type Recommender struct {
	what    *What
	readers [levels]*orderReader
	ranks   [levels]rank
	items   []basket.Item
	due     []basket.Due
}

// Recommender returns a new Recommender, which takes some forty bytes an item.
func (w *What) Recommender() *Recommender {
	r := &Recommender{what: w}
	for l := range levels {
		r.readers[l], r.ranks[l] = newOrderReader(w.assortment, l), w.levels[l].newRank()
	}
	return r
}

// Fill fills the columns of row about what the customer will have in her next
// order.
func (r *Recommender) Fill(row *publish.Score, view *history.View) {
	asOf := int32(view.Cutoff)
	products := r.readers[Products].read(view.Lines)
	row.NextProducts, row.NextProductProbabilities, row.NextProductReasons = r.recommend(Products, products, asOf)
	due := r.fillDue(row, Products, products, asOf)
	categories := r.readers[Categories].read(view.Lines)
	if !due { // of few products alone is it known how long they last
		r.fillDue(row, Categories, categories, asOf)
	}
	row.NextCategories, row.NextCategoryProbabilities, row.NextCategoryReasons = r.recommend(Categories, categories, asOf)
}

// recommend returns the items of a level, likeliest first, with how likely each is
// and why. It has no probabilities where they could not be learnt: from those who
// have never ordered nothing can.
func (r *Recommender) recommend(l Level, h basket.History, asOf int32) (ids []string, probabilities []float64, reasons []string) {
	s := &r.what.levels[l]
	items := s.strangers
	if h.Orders() > 0 {
		r.items = r.ranks[l](r.items[:0], h, asOf, l.published(), r.what.allowed(l))
		items = r.items
	}
	if len(items) == 0 {
		return nil, nil, nil
	}
	ids, reasons = make([]string, len(items)), make([]string, len(items))
	for place := range items {
		ids[place] = r.what.assortment.id(l, items[place].ID)
		reasons[place] = s.reason(r.what.assortment, &items[place], h, asOf)
	}
	return ids, s.probabilities(items, h.Orders()), reasons
}

// probabilities returns how likely the next order holds each item of a list, nil
// where that could not be learnt.
func (s *served) probabilities(items []basket.Item, orders int) []float64 {
	if orders == 0 {
		return nil
	}
	all := make([]float64, len(items))
	for place := range items {
		all[place] = items[place].Probability
		if math.IsNaN(all[place]) {
			all[place] = s.board.places.at(orders, place)
		}
		if math.IsNaN(all[place]) {
			return nil
		}
	}
	return all
}

// A consumable has a due date if she will likelier than not buy it within a year.
const (
	dueDays        = 365
	dueProbability = .5
)

// fillDue fills when the first consumable of a level is due: the day by which half
// of such gaps are over, or today if that has passed. It reports whether one is.
func (r *Recommender) fillDue(row *publish.Score, l Level, h basket.History, asOf int32) bool {
	w := r.what
	r.due = w.lasting[l].Due(r.due[:0], h, asOf, dueDays, w.assortment.mayBeDue(l))
	r.due = slices.DeleteFunc(r.due, func(d basket.Due) bool { return d.Probability < dueProbability })
	if len(r.due) == 0 {
		return false
	}
	first := slices.MinFunc(r.due, func(a, b basket.Due) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.ID, b.ID))
	})
	day := max(first.Day, asOf)
	row.ReplenishDueDate = &day
	if l == Products {
		row.ReplenishProduct = w.assortment.id(l, first.ID)
	}
	row.ReplenishReason = fmt.Sprintf("%s: bought in %s, last %s ago; lasts about %s",
		w.assortment.title(l, first.ID), orders(first.Orders), days(first.DaysSince), days(rounded(first.UsualDays)))
	return true
}

func orders(n int) string {
	if n == 1 {
		return "1 order"
	}
	return fmt.Sprintf("%d orders", n)
}
