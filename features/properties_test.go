package features

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// build returns the table of histories at cutoffs.
func build(t rapid.TB, set *Set, histories []history.History, cutoffs ...history.Day) *Matrix {
	m := set.NewMatrix()
	if err := set.NewBuilder().Build(m, histories, cutoffs, Everybody); err != nil {
		t.Fatal(err)
	}
	return m
}

// drawShop draws histories of several customers.
func drawShop(t *rapid.T) []history.History {
	histories := make([]history.History, rapid.IntRange(1, 5).Draw(t, "customers"))
	for i := range histories {
		histories[i] = plain.history(t)
		histories[i].Customer = history.CustomerID(fmt.Sprintf("c%d", i))
	}
	return histories
}

func TestRowsDoNotDependOnTheirNeighbours(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		histories := rapid.Permutation(drawShop(t)).Draw(t, "shuffled")
		cutoffs := []history.Day{drawCutoff(t), drawCutoff(t), drawCutoff(t)}
		together := build(t, set, histories, cutoffs...)
		alone := set.NewMatrix()
		for i := range histories {
			for _, cutoff := range cutoffs {
				alone.Append(build(t, set, histories[i:i+1], cutoff))
			}
		}
		if diff := cmp.Diff(alone, together, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("rows built one by one (-) differ from those built together (+):\n%s", diff)
		}
	})
}

func TestTwiceTheMoneyIsTwiceTheMoney(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		h := plain.history(t)
		rich := clone(h)
		for i := range rich.Lines {
			rich.Lines[i].Amount *= 2
			rich.Lines[i].Discount *= 2
		}
		m := build(t, set, []history.History{h, rich}, lastDay)
		for j, x := range m.X {
			if len(x) == 0 {
				continue // nobody left a trace
			}
			want := x[0]
			if f, _ := set.Feature(m.Names[j]); f.Unit == Money {
				want *= 2
			}
			if math.Float32bits(x[1]) != math.Float32bits(want) {
				t.Fatalf("%s is %v, and %v at twice the prices", m.Names[j], x[0], x[1])
			}
		}
	})
}

// TestNothingLeavesItsRange relies on Build, which fails on a value outside
// the range of its unit, and on one missing where the declaration says never.
func TestNothingLeavesItsRange(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		for j, x := range build(t, set, []history.History{hostile.history(t)}, drawCutoff(t), lastDay+1).X {
			for _, value := range x {
				if math.IsInf(float64(value), 0) {
					t.Fatalf("%s is %v", set.Names()[j], value)
				}
			}
		}
	})
}

// TestNumberingDoesNotMatter gives orders and texts other numbers, as a later
// extract with more of them would.
func TestNumberingDoesNotMatter(t *testing.T) {
	set := testSet()
	wider := testVocabulary
	wider.Products = history.NewDictionary([]string{"aaa", "apple", "bbb", "bow", "cup", "drill"})
	wider.Categories = history.NewDictionary([]string{"aaa", "fruit", "gift", "tools"})
	wider.Channels = history.NewDictionary([]string{"aaa", "app", "email", "web"})
	later, err := NewSet(wider, testOwn)
	if err != nil {
		t.Fatal(err)
	}
	renumber := func(c history.Code, from, to history.Dictionary) history.Code { return to.Code(from.Name(c)) }
	rapid.Check(t, func(t *rapid.T) {
		h := plain.history(t)
		again := clone(h)
		orders := rapid.Permutation([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "orders")
		for i := range again.Lines {
			line := &again.Lines[i]
			line.Order = orders[line.Order]
			line.Product = renumber(line.Product, testVocabulary.Products, wider.Products)
			line.Category = renumber(line.Category, testVocabulary.Categories, wider.Categories)
			line.Channel = renumber(line.Channel, testVocabulary.Channels, wider.Channels)
		}
		for i := range again.Engagements {
			e := &again.Engagements[i]
			e.Product = renumber(e.Product, testVocabulary.Products, wider.Products)
			e.Channel = renumber(e.Channel, testVocabulary.Channels, wider.Channels)
		}
		a, b := build(t, set, []history.History{h}, lastDay), build(t, later, []history.History{again}, lastDay)
		if diff := cmp.Diff(a, b, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("other numbers for the same texts (+) give other features:\n%s", diff)
		}
	})
}

// TestWindowsAreKept takes away what is older than a feature's window. Only
// whether it is missing may depend on that.
func TestWindowsAreKept(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		h := plain.history(t)
		onePerInstant(&h)
		days := rapid.SampledFrom([]int{7, 30, 90, 180, 360, 365}).Draw(t, "window")
		whole, recent := row(t, set, h, lastDay), row(t, set, newerThan(h, (lastDay-history.Day(days)).Start()), lastDay)
		for j, name := range set.Names() {
			a, b := whole.X[j][0], recent.X[j][0]
			if f, _ := set.Feature(name); f.Window != days || a != a || b != b {
				continue
			}
			if a != b {
				t.Fatalf("%s is %v, and %v without what is older than its window of %d days", name, a, b, days)
			}
		}
	})
}

// onePerInstant makes an order of the lines of each instant, so that none is
// cut in two by the beginning of a window.
func onePerInstant(h *history.History) {
	for i := range h.Lines {
		h.Lines[i].Order = int32(i)
		if i > 0 && h.Lines[i].At == h.Lines[i-1].At {
			h.Lines[i].Order = h.Lines[i-1].Order
		}
	}
}

// newerThan returns h without what happened before start.
func newerThan(h history.History, start history.Instant) history.History {
	h = clone(h)
	h.Lines = slices.DeleteFunc(h.Lines, func(l history.Line) bool { return l.At < start })
	h.Engagements = slices.DeleteFunc(h.Engagements, func(e history.Engagement) bool { return e.At < start })
	h.Actions = slices.DeleteFunc(h.Actions, func(s history.Sent) bool { return s.At < start })
	return h
}
