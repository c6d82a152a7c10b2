package features

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// testVocabulary is that of the histories that rapid draws.
var testVocabulary = history.Vocabulary{
	Products:   history.NewDictionary([]string{"apple", "bow", "cup", "drill"}),
	Categories: history.NewDictionary([]string{"fruit", "gift", "tools"}),
	Channels:   history.NewDictionary([]string{"app", "email", "web"}),
	Kinds:      history.NewDictionary(append(slices.Clone(kindNames[:]), "store_event")),
	Campaigns:  history.NewDictionary([]string{"autumn", "spring"}),
	Actions:    history.NewDictionary([]string{"reminder", "win_back"}),
}

// testOwn are features of a shop's own, one of each measure.
var testOwn = []Own{
	{Name: "own_count", From: "orders", Where: "category = 'gift'", Measure: "count", Window: 90},
	{Name: "own_sum", From: "orders", Where: "channel IN ('web', 'app')", Measure: "sum", Of: "amount"},
	{Name: "own_mean", From: "orders", Where: "quantity > 0", Measure: "mean", Of: "discount"},
	{Name: "own_max", From: "orders", Where: "product_id != 'cup'", Measure: "max", Of: "amount", Window: 30},
	{Name: "own_days", From: "engagements", Where: "NOT kind = 'visit'", Measure: "days"},
	{Name: "own_recency", From: "engagements", Where: "campaign_id = 'spring'", Measure: "recency"},
	{Name: "own_value", From: "engagements", Where: "product_id = 'bow' OR channel = 'email'", Measure: "sum", Of: "value"},
}

// testSet returns every standard feature and testOwn.
func testSet() *Set {
	set, err := NewSet(testVocabulary, testOwn)
	if err != nil {
		panic(err)
	}
	return set
}

// Histories lie in these days, cutoffs too.
const (
	firstDay = history.Day(19_000)
	lastDay  = firstDay + 800
)

// generator draws histories.
type generator struct {
	amount, quantity *rapid.Generator[float64] // signs go together
	discount, value  *rapid.Generator[float64]
}

// plain draws what a usual shop has: multiples of a quarter, whose sums are
// exact in any order.
var plain = generator{
	amount:   rapid.Map(rapid.IntRange(0, 800), func(n int) float64 { return float64(n) / 4 }),
	quantity: rapid.Map(rapid.IntRange(0, 4), func(n int) float64 { return float64(n) }),
	discount: rapid.SampledFrom([]float64{math.NaN(), 0, 0.25, 5}),
	value:    rapid.SampledFrom([]float64{math.NaN(), 0, 6, 10}),
}

// hostile draws what no shop should have and extraction may let through.
var hostile = generator{
	amount:   rapid.SampledFrom([]float64{0, 5e-324, 1e-300, 0.01, 0.1, 3, 1e16, 1e300, math.MaxFloat64}),
	quantity: rapid.SampledFrom([]float64{0, 1e-45, 0.1, 1, 1e9, math.MaxFloat32, math.Inf(1)}),
	discount: rapid.SampledFrom([]float64{math.NaN(), 0, -1, 1e-45, 7, math.MaxFloat32, math.Inf(1)}),
	value:    rapid.SampledFrom([]float64{math.NaN(), 0, -math.MaxFloat32, math.MaxFloat32, math.Inf(-1), math.Inf(1)}),
}

// instant draws a time in [from, to); midnights, the same days and days near
// the end are common.
func instant(t *rapid.T, from, to history.Day) history.Instant {
	day := to - history.Day(rapid.IntRange(1, int(to-from)).Draw(t, "days before the end"))
	hour := rapid.SampledFrom([]history.Instant{0, 0, 9, 18, 23}).Draw(t, "hour")
	return day.Start() + hour*3_600_000_000
}

// lateness draws how long after it happened a row was learnt.
func lateness(t *rapid.T) history.Instant {
	return rapid.SampledFrom([]history.Instant{0, 0, 0, 1, 40}).Draw(t, "days late") * 86_400_000_000
}

// code draws a code of dictionary, or 0.
func code(t *rapid.T, dictionary history.Dictionary) history.Code {
	return history.Code(rapid.IntRange(0, dictionary.Len()).Draw(t, "code"))
}

func (g generator) line(t *rapid.T, at, known history.Instant) history.Line {
	sign := rapid.SampledFrom([]float64{1, 1, 1, -1}).Draw(t, "sign")
	return history.Line{
		At: at, KnownAt: known,
		Order:    int32(rapid.IntRange(0, 9).Draw(t, "order")),
		Product:  code(t, testVocabulary.Products),
		Category: code(t, testVocabulary.Categories),
		Channel:  code(t, testVocabulary.Channels),
		Amount:   sign * g.amount.Draw(t, "amount"),
		Quantity: float32(sign * g.quantity.Draw(t, "quantity")),
		Discount: float32(g.discount.Draw(t, "discount")),
	}
}

func (g generator) engagement(t *rapid.T, at, known history.Instant) history.Engagement {
	return history.Engagement{
		At: at, KnownAt: known,
		Kind:     code(t, testVocabulary.Kinds),
		Channel:  code(t, testVocabulary.Channels),
		Campaign: code(t, testVocabulary.Campaigns),
		Product:  code(t, testVocabulary.Products),
		Value:    float32(g.value.Draw(t, "value")),
	}
}

// history draws up to twelve lines and engagements and four actions.
func (g generator) history(t *rapid.T) history.History {
	h := history.History{Customer: "anna", Profile: history.Profile{SignedUpAt: history.Never}}
	if rapid.Bool().Draw(t, "signed up") {
		h.Profile.SignedUpAt = instant(t, firstDay, lastDay)
	}
	for range rapid.IntRange(0, 12).Draw(t, "lines") {
		at := instant(t, firstDay, lastDay)
		h.Lines = append(h.Lines, g.line(t, at, at+lateness(t)))
	}
	for range rapid.IntRange(0, 12).Draw(t, "engagements") {
		at := instant(t, firstDay, lastDay)
		h.Engagements = append(h.Engagements, g.engagement(t, at, at+lateness(t)))
	}
	for range rapid.IntRange(0, 4).Draw(t, "actions") {
		h.Actions = append(h.Actions, history.Sent{At: instant(t, firstDay, lastDay), Action: code(t, testVocabulary.Actions)})
	}
	sortByTime(&h)
	return h
}

// withFuture returns h with rows that happened or became known at or after
// cutoff. It draws everything anew that nobody could know.
func (g generator) withFuture(t *rapid.T, h history.History, cutoff history.Day) history.History {
	future := clone(h)
	end := cutoff.Start()
	if h.Profile.SignedUpAt >= end {
		future.Profile.SignedUpAt = rapid.SampledFrom([]history.Instant{end, history.Never}).Draw(t, "signs up")
	}
	times := func() (at, known history.Instant) {
		if rapid.Bool().Draw(t, "learnt late") {
			return instant(t, firstDay, cutoff+1), end + lateness(t)
		}
		at = instant(t, cutoff, lastDay+1)
		return at, at + lateness(t)
	}
	for range rapid.IntRange(1, 6).Draw(t, "future lines") {
		at, known := times()
		future.Lines = append(future.Lines, g.line(t, at, known))
	}
	for range rapid.IntRange(1, 6).Draw(t, "future engagements") {
		at, known := times()
		future.Engagements = append(future.Engagements, g.engagement(t, at, known))
	}
	future.Actions = append(future.Actions, history.Sent{At: instant(t, cutoff, lastDay+1), Action: 1})
	sortByTime(&future)
	return future
}

// drawCutoff draws a cutoff at which most of a history is known.
func drawCutoff(t *rapid.T) history.Day {
	return lastDay - history.Day(rapid.IntRange(0, int(lastDay-firstDay)).Draw(t, "days after the cutoff"))
}

func clone(h history.History) history.History {
	h.Lines = slices.Clone(h.Lines)
	h.Engagements = slices.Clone(h.Engagements)
	h.Actions = slices.Clone(h.Actions)
	return h
}

// sortByTime restores the order of rows that a history promises.
func sortByTime(h *history.History) {
	slices.SortStableFunc(h.Lines, func(a, b history.Line) int { return int(a.At - b.At) })
	slices.SortStableFunc(h.Engagements, func(a, b history.Engagement) int { return int(a.At - b.At) })
	slices.SortStableFunc(h.Actions, func(a, b history.Sent) int { return int(a.At - b.At) })
}
