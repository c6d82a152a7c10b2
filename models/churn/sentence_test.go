package churn

import (
	"math"
	"regexp"
	"testing"
	"unicode"
	"unicode/utf8"

	"perennial/features"
)

// TestEverySentenceCanBeSaid closes the circle with the declarations: each
// sentence of each feature is filled without a rest, whatever the number.
func TestEverySentenceCanBeSaid(t *testing.T) {
	set := standard(t)
	plural := regexp.MustCompile(`(^| )1 ([a-z]+ )?(days|orders|lines|products)\b`)
	said := 0
	for _, name := range set.Names() {
		f := declared(t, set, name)
		if f.Words == (features.Words{}) {
			continue
		}
		if f.Words.Churn != 1 && f.Words.Churn != -1 {
			t.Errorf("%s speaks neither for churn nor against", name)
		}
		for _, words := range []string{f.Words.More, f.Words.Less} {
			if words == "" {
				continue
			}
			for _, v := range []float64{0, 0.5, 1, 2, 1000} {
				s := newSentence(set, f, words, v+1, "GBP")
				text, ok := s.fill(func(name string) float64 {
					if name == "repeat_order_days" {
						return UsualGaps
					}
					return v
				})
				first, _ := utf8.DecodeRuneInString(text)
				switch {
				case !ok:
					t.Errorf("%s: %q cannot be said of %v", name, words, v)
				case regexp.MustCompile(`[{}]|NaN|Inf|%!`).MatchString(text):
					t.Errorf("%s: %q has a slot that is not filled", name, text)
				case plural.MatchString(text):
					t.Errorf("%s: %q", name, text)
				case !unicode.IsUpper(first) && !unicode.IsDigit(first), text[len(text)-1] == '.', utf8.RuneCountInString(text) > 100:
					t.Errorf("%s: %q is no short sentence with a capital and without a full stop", name, text)
				}
				said++
			}
		}
	}
	if said < 100 {
		t.Errorf("only %d sentences were tried", said)
	}
}

// TestTexts shows what merchants read.
func TestTexts(t *testing.T) {
	set := standard(t)
	for _, test := range []struct {
		feature string
		less    bool
		c       customer
		usual   float64
		want    string // "" for nothing
	}{
		{"recency_days", false, customer{"recency_days": 84}, 31, "No order for 84 days; half of the customers here ordered within 31"},
		{"recency_days", true, customer{"recency_days": 1}, 31, "Ordered 1 day ago"},
		{"overdue_ratio_own", false, silent, 1, "No order for 84 days; usually orders every 31 days"},
		{"overdue_ratio_own", true, customer{"recency_days": 11, "gap_mean_days": 30.6, "repeat_order_days": 3}, 1, "Ordered 11 days ago and usually orders every 31 days"},
		{"overdue_ratio_own", false, customer{"recency_days": 84, "gap_mean_days": 12, "repeat_order_days": 1}, 1, ""}, // nothing is usual after one gap
		{"orders_total", false, customer{"orders_total": 12}, 3, "12 orders so far; usual here: 3"},
		{"orders_total", true, customer{"orders_total": 1}, 3, "Only 1 order so far; usual here: 3"},
		{"orders_90d", true, customer{"orders_90d": 0}, 2, "Orders in the last 90 days: 0; usual here: 2"},
		{"revenue_total", true, customer{"revenue_total": 80}, 120, "Spent 80.00 GBP so far, net of returns; 120.00 GBP is usual"},
		{"revenue_total", true, customer{"revenue_total": -40}, 120, ""},
		{"revenue_total", true, customer{"revenue_total": 119.999}, 120, ""}, // the two read the same
		{"discount_share_total", false, customer{"discount_share_total": 0.257}, 0.1, "Buys at 26% discount on average; 10% is usual"},
		{"discount_share_total", false, customer{"discount_share_total": 0.104}, 0.1, ""},
		{"return_lines_total", false, customer{"return_lines_total": 1}, 0, "1 order line sent back so far"},
		{"return_lines_total", true, customer{"return_lines_total": 1}, 2, ""}, // says nothing of few returns
		{"products_total", true, customer{"products_total": 1}, 6, "Bought only 1 different product; 6 is usual"},
		{"visit_recency_days", false, customer{"visit_recency_days": 21}, 9, "No visit for 21 days"},
		{"engaged_days_30d", true, customer{"engaged_days_30d": 1}, 4, "Active on 1 of the last 30 days; 4 is usual"},
		{"orders_trend_90d", true, customer{"orders_trend_90d": -0.8}, 0, "Orders less often than in the three months before"},
		{"tenure_days", true, customer{"tenure_days": 21}, 300, "First order 21 days ago"},
		{"recency_days", false, customer{}, 31, ""},
		{"recency_days", false, customer{"recency_days": 84}, math.NaN(), ""},
	} {
		f := declared(t, set, test.feature)
		words := f.Words.More
		if test.less {
			words = f.Words.Less
		}
		s := newSentence(set, f, words, test.usual, "GBP")
		if got, _ := s.fill(test.c.value); got != test.want {
			t.Errorf("%s of %v: %q, want %q", test.feature, test.c, got, test.want)
		}
	}
}

func TestSentenceWithAnUnknownSlotIsNeverSaid(t *testing.T) {
	set := standard(t)
	s := newSentence(set, declared(t, set, "recency_days"), "Last seen {moon_phase} moons ago", 1, "")
	if text, ok := s.fill(func(string) float64 { return 1 }); ok {
		t.Errorf("%q was said", text)
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		v        float64
		unit     features.Unit
		currency string
		want     string
	}{
		{1234.5, features.Money, "EUR", "1234.50 EUR"},
		{9.999, features.Money, "", "10.00"},
		{0.126, features.Share, "EUR", "13%"},
		{30.6, features.Days, "EUR", "31"},
		{12, features.Count, "EUR", "12"},
		{2.71, features.Ratio, "EUR", "2.7"},
		{-0.5, features.Log, "EUR", "-0.5"},
	} {
		if got := format(test.v, test.unit, test.currency); got != test.want {
			t.Errorf("%v %s is written %q, want %q", test.v, test.unit, got, test.want)
		}
	}
}

func TestSingular(t *testing.T) {
	for text, want := range map[string]string{
		"1 orders in the last 90 days": "1 order in the last 90 days",
		"No order for 1 days":          "No order for 1 day",
		"No order for 21 days":         "No order for 21 days",
		"1 order lines sent back":      "1 order line sent back",
		"Active on 1 of the last days": "Active on 1 of the last days",
		"Spent 1.00 GBP so far":        "Spent 1.00 GBP so far",
	} {
		if got := singular(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
