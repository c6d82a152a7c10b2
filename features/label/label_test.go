package label

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

const minute = history.Instant(60_000_000)

// line returns one piece of product at noon of day.
func line(day history.Day, order int32, product history.Code, amount float64) history.Line {
	at := day.Start() + 12*60*minute
	return history.Line{At: at, KnownAt: at, Order: order, Product: product, Amount: amount, Quantity: 1}
}

// refund returns a line that takes amount back.
func refund(day history.Day, order int32, amount float64) history.Line {
	l := line(day, order, 0, -amount)
	l.Quantity = -1
	return l
}

// at moves l to instant.
func at(instant history.Instant, l history.Line) history.Line {
	l.At, l.KnownAt = instant, instant
	return l
}

// TestOf looks 30 days past day 100: at days 100 to 129.
func TestOf(t *testing.T) {
	nothing := Outcome{FirstDays: math.NaN()}
	const start, end = history.Day(100), history.Day(130)
	for _, test := range []struct {
		name  string
		lines []history.Line
		want  Outcome
	}{
		{"nothing", nil, nothing},
		{"one order", []history.Line{line(107, 0, 5, 10)},
			Outcome{Orders: 1, Revenue: 10, FirstDays: 7, Products: []history.Code{5}}},
		{"at the cutoff", []history.Line{at(start.Start(), line(0, 0, 5, 10))},
			Outcome{Orders: 1, Revenue: 10, FirstDays: 0, Products: []history.Code{5}}},
		{"just before the cutoff", []history.Line{at(start.Start()-1, line(0, 0, 5, 10))}, nothing},
		{"just before the end", []history.Line{at(end.Start()-1, line(0, 0, 5, 10))},
			Outcome{Orders: 1, Revenue: 10, FirstDays: 29, Products: []history.Code{5}}},
		{"at the end", []history.Line{at(end.Start(), line(0, 0, 5, 10))}, nothing},
		{"before, within and after", []history.Line{line(99, 0, 1, 1), line(100, 1, 2, 2), line(129, 2, 3, 4), line(130, 3, 4, 8)},
			Outcome{Orders: 2, Revenue: 6, FirstDays: 0, Products: []history.Code{2}}},
		{"returns only", []history.Line{line(90, 0, 1, 50), refund(110, 1, 50)},
			Outcome{Revenue: -50, FirstDays: math.NaN()}},
		{"an order and its refund", []history.Line{line(110, 0, 1, 50), refund(120, 0, 20)},
			Outcome{Orders: 1, Revenue: 30, FirstDays: 10, Products: []history.Code{1}}},
		{"an exchange in one order", []history.Line{refund(110, 0, 20), line(110, 0, 2, 30)},
			Outcome{Orders: 1, Revenue: 10, FirstDays: 10, Products: []history.Code{2}}},
		{"an item added to an order of before", []history.Line{line(99, 0, 1, 10), line(100, 0, 2, 5)},
			Outcome{Revenue: 5, FirstDays: math.NaN()}},
		{"that, and a new order", []history.Line{line(99, 0, 1, 10), line(100, 0, 2, 5), line(105, 1, 3, 7)},
			Outcome{Orders: 1, Revenue: 12, FirstDays: 5, Products: []history.Code{3}}},
		{"a refund of before under the id of an order", []history.Line{refund(99, 0, 10), line(105, 0, 1, 7)},
			Outcome{Orders: 1, Revenue: 7, FirstDays: 5, Products: []history.Code{1}}},
		{"two orders on one day", []history.Line{line(104, 0, 1, 1), line(104, 1, 2, 2)},
			Outcome{Orders: 2, Revenue: 3, FirstDays: 4, Products: []history.Code{1}}},
		{"products once each, in line order, unknown ones left out",
			[]history.Line{line(104, 0, 9, 1), line(104, 0, 0, 1), line(104, 0, 2, 1), line(104, 0, 9, 1), refund(104, 0, 1), line(106, 0, 3, 1)},
			Outcome{Orders: 1, Revenue: 4, FirstDays: 4, Products: []history.Code{9, 2, 3}}},
		{"orders that interleave", []history.Line{line(104, 3, 1, 1), line(104, 2, 2, 1), line(104, 3, 4, 1)},
			Outcome{Orders: 2, Revenue: 3, FirstDays: 4, Products: []history.Code{1, 4}}},
		{"learnt years later", []history.Line{{At: history.Day(103).Start(), KnownAt: history.Day(999).Start(), Amount: 4, Quantity: 1}},
			Outcome{Orders: 1, Revenue: 4, FirstDays: 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Of(&history.History{Lines: test.lines}, start, int(end-start))
			if diff := cmp.Diff(test.want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Ordered() != (test.want.Orders > 0) {
				t.Errorf("Ordered() = %t", got.Ordered())
			}
		})
	}
}

// drawHistory draws up to 15 lines in 200 days, returns among them, in whole
// money whose sums are exact.
func drawHistory(t *rapid.T) *history.History {
	h := &history.History{}
	day := history.Day(0)
	for range rapid.IntRange(0, 15).Draw(t, "lines") {
		day += history.Day(rapid.IntRange(0, 30).Draw(t, "days"))
		l := line(day, int32(rapid.IntRange(0, 8).Draw(t, "order")), 1, float64(rapid.IntRange(0, 50).Draw(t, "amount")))
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			l.Amount, l.Quantity = -l.Amount, -1
		}
		h.Lines = append(h.Lines, l)
	}
	return h
}

func TestOrderDays(t *testing.T) {
	for _, test := range []struct {
		name  string
		lines []history.Line
		want  []float64
	}{
		{"nothing", nil, nil},
		{"at the cutoff", []history.Line{at(history.Day(100).Start(), line(0, 0, 1, 1))}, []float64{1}},
		{"just before it", []history.Line{at(history.Day(100).Start()-1, line(0, 0, 1, 1))}, nil},
		{"a return first", []history.Line{refund(101, 0, 5), line(102, 1, 1, 5), line(104, 0, 1, 5)}, []float64{3, 5}},
		{"an item added to an order of before", []history.Line{line(99, 0, 1, 5), line(100, 0, 1, 5)}, nil},
		{"two orders on one day", []history.Line{line(109, 0, 1, 5), line(109, 1, 1, 5), line(109, 0, 1, 5)}, []float64{10, 10}},
	} {
		got := OrderDays(&history.History{Lines: test.lines}, 100)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestOrderDaysAgreeWithOutcomes counts the days within each horizon.
func TestOrderDaysAgreeWithOutcomes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		cutoff := history.Day(rapid.IntRange(-1, 200).Draw(t, "cutoff"))
		horizon := rapid.IntRange(1, 200).Draw(t, "horizon")
		within := 0
		days := OrderDays(h, cutoff)
		for _, day := range days {
			if day <= float64(horizon) {
				within++
			}
		}
		outcome := Of(h, cutoff, horizon)
		if outcome.Orders != within {
			t.Fatalf("%d orders in %d days, but order days are %v", outcome.Orders, horizon, days)
		}
		if outcome.Ordered() && days[0] != outcome.FirstDays+1 {
			t.Fatalf("the first order is on day %v, or %v days after the cutoff", days[0], outcome.FirstDays)
		}
	})
}

// TestOutcomesAddUp splits a horizon in two.
func TestOutcomesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		cutoff := history.Day(rapid.IntRange(-1, 200).Draw(t, "cutoff"))
		first, second := rapid.IntRange(1, 100).Draw(t, "first"), rapid.IntRange(1, 100).Draw(t, "second")
		a, b := Of(h, cutoff, first), Of(h, cutoff+history.Day(first), second)
		whole := Of(h, cutoff, first+second)
		if whole.Orders != a.Orders+b.Orders || whole.Revenue != a.Revenue+b.Revenue {
			t.Fatalf("%+v and %+v do not add up to %+v", a, b, whole)
		}
		want := a.FirstDays
		if !a.Ordered() {
			want = b.FirstDays + float64(first)
		}
		if whole.FirstDays != want && whole.Ordered() {
			t.Fatalf("first order after %v days, want %v", whole.FirstDays, want)
		}
		if whole.Ordered() == math.IsNaN(whole.FirstDays) {
			t.Fatalf("%+v: ordered without a first day, or the other way round", whole)
		}
	})
}

// TestOutcomeIgnoresEarlierAndLaterLines: where every line is an order of its
// own, only those of the horizon count.
func TestOutcomeIgnoresEarlierAndLaterLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		for i := range h.Lines {
			h.Lines[i].Order = int32(i)
		}
		cutoff := history.Day(rapid.IntRange(0, 200).Draw(t, "cutoff"))
		alone := &history.History{}
		for _, l := range h.Lines {
			if l.At >= cutoff.Start() && l.At < (cutoff+40).Start() {
				alone.Lines = append(alone.Lines, l)
			}
		}
		if diff := cmp.Diff(Of(alone, cutoff, 40), Of(h, cutoff, 40), cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("lines outside the horizon (+) change the outcome:\n%s", diff)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	h := &history.History{}
	for i := range 20 {
		h.Lines = append(h.Lines, line(history.Day(10*i), int32(i/2), history.Code(i), 1))
	}
	b.ReportAllocs()
	for b.Loop() {
		Of(h, 100, 90)
	}
}
