package features

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// redraw draws one canonical column of h anew. It keeps which lines are
// returns, because From does not name the columns that tell.
var redraw = map[string]func(t *rapid.T, h *history.History){
	"orders.order_id": eachLine(func(t *rapid.T, l *history.Line) {
		l.Order = int32(rapid.IntRange(0, 9).Draw(t, "order"))
	}),
	"orders.ordered_at": eachLine(func(t *rapid.T, l *history.Line) {
		l.At = instant(t, firstDay, lastDay+1)
		l.KnownAt = l.At
	}),
	"orders.amount": eachLine(func(t *rapid.T, l *history.Line) {
		factor := rapid.SampledFrom([]float64{0.25, 0.5, 3}).Draw(t, "factor")
		if l.Amount *= factor; l.Amount == 0 && !l.Return() {
			l.Amount = factor
		}
	}),
	"orders.quantity": eachLine(func(t *rapid.T, l *history.Line) {
		factor := rapid.SampledFrom([]float32{0.25, 0.5, 3}).Draw(t, "factor")
		if l.Quantity *= factor; l.Quantity == 0 && !l.Return() {
			l.Quantity = factor
		}
	}),
	"orders.discount": eachLine(func(t *rapid.T, l *history.Line) {
		l.Discount = float32(plain.discount.Draw(t, "discount"))
	}),
	"orders.product_id": eachLine(func(t *rapid.T, l *history.Line) { l.Product = code(t, testVocabulary.Products) }),
	"orders.category":   eachLine(func(t *rapid.T, l *history.Line) { l.Category = code(t, testVocabulary.Categories) }),
	"orders.channel":    eachLine(func(t *rapid.T, l *history.Line) { l.Channel = code(t, testVocabulary.Channels) }),
	"engagements.occurred_at": eachEngagement(func(t *rapid.T, e *history.Engagement) {
		e.At = instant(t, firstDay, lastDay+1)
		e.KnownAt = e.At
	}),
	"engagements.kind":        eachEngagement(func(t *rapid.T, e *history.Engagement) { e.Kind = code(t, testVocabulary.Kinds) }),
	"engagements.channel":     eachEngagement(func(t *rapid.T, e *history.Engagement) { e.Channel = code(t, testVocabulary.Channels) }),
	"engagements.campaign_id": eachEngagement(func(t *rapid.T, e *history.Engagement) { e.Campaign = code(t, testVocabulary.Campaigns) }),
	"engagements.product_id":  eachEngagement(func(t *rapid.T, e *history.Engagement) { e.Product = code(t, testVocabulary.Products) }),
	"engagements.value": eachEngagement(func(t *rapid.T, e *history.Engagement) {
		e.Value = float32(plain.value.Draw(t, "value"))
	}),
	"actions.sent_at": func(t *rapid.T, h *history.History) {
		for i := range h.Actions {
			h.Actions[i].At = instant(t, firstDay, lastDay+1)
		}
	},
	"actions.action": func(t *rapid.T, h *history.History) {
		for i := range h.Actions {
			h.Actions[i].Action = code(t, testVocabulary.Actions)
		}
	},
	"customers.signed_up_at": func(t *rapid.T, h *history.History) {
		h.Profile.SignedUpAt = rapid.OneOf(rapid.Just(history.Never),
			rapid.Custom(func(t *rapid.T) history.Instant { return instant(t, firstDay, lastDay+1) })).Draw(t, "signed up")
	},
}

func eachLine(change func(*rapid.T, *history.Line)) func(*rapid.T, *history.History) {
	return func(t *rapid.T, h *history.History) {
		for i := range h.Lines {
			change(t, &h.Lines[i])
		}
	}
}

func eachEngagement(change func(*rapid.T, *history.Engagement)) func(*rapid.T, *history.History) {
	return func(t *rapid.T, h *history.History) {
		for i := range h.Engagements {
			change(t, &h.Engagements[i])
		}
	}
}

// movedBy draws a history and one column of it anew, and returns the features
// that moves.
func movedBy(t *rapid.T, set *Set, column string) []string {
	h := plain.history(t)
	other := clone(h)
	redraw[column](t, &other)
	sortByTime(&other)
	return moved(t, set, (*history.History).At, h, other, lastDay)
}

func TestFeaturesReadNothingUndeclared(t *testing.T) {
	set := testSet()
	for _, column := range slices.Sorted(maps.Keys(redraw)) {
		t.Run(column, rapid.MakeCheck(func(t *rapid.T) {
			for _, name := range movedBy(t, set, column) {
				if f, _ := set.Feature(name); !slices.Contains(f.From, column) {
					t.Fatalf("%s moves with %s, which it does not declare to read", name, column)
				}
			}
		}))
	}
}

// TestFeaturesReadWhatTheyDeclare demands that a declared column moves its
// feature in one of many draws, the same in every run.
func TestFeaturesReadWhatTheyDeclare(t *testing.T) {
	set := testSet()
	for column := range redraw {
		unmoved := map[string]bool{}
		for _, name := range set.Names() {
			f, _ := set.Feature(name)
			tellsReturns := f.Family == "returns" && strings.HasPrefix(column, "orders.")
			// One history by itself does not move what is fitted on many.
			fitted := f.Family == customerBase.Name
			unmoved[name] = slices.Contains(f.From, column) && !tellsReturns && !fitted
		}
		maps.DeleteFunc(unmoved, func(_ string, declared bool) bool { return !declared })
		draw := rapid.Custom(func(t *rapid.T) []string { return movedBy(t, set, column) })
		for seed := 0; seed < 4000 && len(unmoved) > 0; seed++ {
			for _, name := range draw.Example(seed) {
				delete(unmoved, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(unmoved)) {
			t.Errorf("%s declares to read %s, which never moves it", name, column)
		}
	}
}

func TestDeclaredColumnsExist(t *testing.T) {
	for _, family := range Families() {
		for _, f := range family.Features {
			for _, column := range f.From {
				if redraw[column] == nil && column != "products.category" { // stands in for orders.category
					t.Errorf("%s reads %s, which is no canonical column", f.Name, column)
				}
			}
		}
	}
}
