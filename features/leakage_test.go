package features

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// cutter makes the view of a history. History.At is the true one.
type cutter func(*history.History, history.Day) history.View

// moved returns the features that differ, bit for bit, between two histories
// as of cutoff.
func moved(t rapid.TB, set *Set, cut cutter, a, b history.History, cutoff history.Day) []string {
	m := set.NewMatrix()
	builder := set.NewBuilder()
	for _, h := range []history.History{a, b} {
		builder.view = cut(&h, cutoff)
		if err := builder.add(m); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for j, x := range m.X {
		if math.Float32bits(x[0]) != math.Float32bits(x[1]) {
			names = append(names, m.Names[j])
		}
	}
	return names
}

// leaks draws a history and a future for it, and returns the features that
// the future moves.
func leaks(t *rapid.T, set *Set, cut cutter) []string {
	generator := rapid.SampledFrom([]generator{plain, hostile}).Draw(t, "generator")
	cutoff := drawCutoff(t)
	h := generator.history(t)
	return moved(t, set, cut, h, generator.withFuture(t, h, cutoff), cutoff)
}

func TestNoFeatureSeesTheFuture(t *testing.T) {
	set := testSet()
	rapid.Check(t, func(t *rapid.T) {
		if names := leaks(t, set, (*history.History).At); names != nil {
			t.Fatalf("rows at or after the cutoff, or learnt after it, move %v", names)
		}
	})
}

// TestLeaksAreCaught shows that the property above can fail: cuts that are
// wrong by as little as one instant, and a feature that reaches beyond its view.
func TestLeaksAreCaught(t *testing.T) {
	peeking := Feature{Name: "peeking", Unit: Count, value: func(p *past) float64 {
		return float64(cap(p.view.Lines))
	}}
	careful := testSet()
	curious, err := newSet(testVocabulary, []Family{{Features: []Feature{peeking}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		set    *Set
		cut    cutter
		caught string
	}{
		{"the cutoff day is seen", careful, func(h *history.History, cutoff history.Day) history.View {
			view := h.At(cutoff + 1)
			view.Cutoff = cutoff
			return view
		}, "revenue_total"},
		{"late rows are seen", careful, func(h *history.History, cutoff history.Day) history.View {
			timely := clone(*h)
			for i := range timely.Lines {
				timely.Lines[i].KnownAt = timely.Lines[i].At
			}
			return timely.At(cutoff)
		}, "own_sum"},
		{"a sign-up on the cutoff day is seen", careful, func(h *history.History, cutoff history.Day) history.View {
			view := h.At(cutoff)
			view.SignedUpAt = h.At(cutoff + 1).SignedUpAt
			return view
		}, "signup_days"},
		{"a feature reads beyond the view", curious, func(h *history.History, cutoff history.Day) history.View {
			view := h.At(cutoff)
			view.Lines = h.Lines[:len(view.Lines)]
			return view
		}, "peeking"},
	} {
		t.Run(test.name, func(t *testing.T) {
			caught := false
			rapid.Check(t, func(t *rapid.T) {
				caught = caught || slices.Contains(leaks(t, test.set, test.cut), test.caught)
			})
			if !caught {
				t.Errorf("the property does not notice that %s moves", test.caught)
			}
		})
	}
	t.Run("nothing is beyond a true view", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			cutoff := drawCutoff(t)
			h := plain.history(t)
			view := h.At(cutoff)
			if cap(view.Lines) != len(view.Lines) {
				t.Fatalf("%d lines have room for %d", len(view.Lines), cap(view.Lines))
			}
		})
	})
}
