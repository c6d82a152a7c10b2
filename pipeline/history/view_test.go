package history

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const hour = microsPerDay / 24

// noon returns the middle of day d.
func noon(d Day) Instant { return d.Start() + 12*hour }

func TestAtIsHalfOpen(t *testing.T) {
	h := History{Customer: "anna", Profile: Profile{SignedUpAt: Never, Country: 3}}
	for _, at := range []Instant{noon(8), Day(10).Start() - 1, Day(10).Start(), noon(10)} {
		h.Lines = append(h.Lines, Line{At: at, KnownAt: at})
		h.Engagements = append(h.Engagements, Engagement{At: at, KnownAt: at})
		h.Actions = append(h.Actions, Sent{At: at})
	}
	got := h.At(10)
	want := View{
		Customer: "anna", Cutoff: 10, SignedUpAt: Never, Country: 3,
		Lines: h.Lines[:2], Engagements: h.Engagements[:2], Actions: h.Actions[:2],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("At(10) (-want +got):\n%s", diff)
	}
}

func TestAtEnds(t *testing.T) {
	h := History{Lines: []Line{{At: noon(1), KnownAt: noon(1)}, {At: noon(2), KnownAt: noon(2)}}}
	for cutoff, want := range map[Day]int{-5: 0, 1: 0, 2: 1, 3: 2, 99: 2} {
		if got := len(h.At(cutoff).Lines); got != want {
			t.Errorf("At(%d) holds %d lines, want %d", cutoff, got, want)
		}
	}
	var nobody History
	if view := nobody.At(5); len(view.Lines)+len(view.Engagements)+len(view.Actions) != 0 {
		t.Errorf("an empty history has the view %+v", view)
	}
}

func TestAtHidesRowsLearntLate(t *testing.T) {
	h := History{
		Lines: []Line{
			{At: noon(1), KnownAt: noon(1), Amount: 1},
			{At: noon(2), KnownAt: noon(6), Amount: 2},
			{At: noon(3), KnownAt: Day(5).Start(), Amount: 3}, // learnt at the cutoff itself
			{At: noon(4), KnownAt: noon(4), Amount: 4},
		},
		Engagements: []Engagement{{At: noon(1), KnownAt: noon(7)}},
	}
	for _, test := range []struct {
		cutoff      Day
		amounts     []float64
		engagements int
	}{
		{5, []float64{1, 4}, 0},
		{6, []float64{1, 3, 4}, 0},
		{7, []float64{1, 2, 3, 4}, 0},
		{8, []float64{1, 2, 3, 4}, 1},
	} {
		view := h.At(test.cutoff)
		var amounts []float64
		for _, line := range view.Lines {
			amounts = append(amounts, line.Amount)
		}
		if diff := cmp.Diff(test.amounts, amounts); diff != "" {
			t.Errorf("At(%d) (-want +got):\n%s", test.cutoff, diff)
		}
		if len(view.Engagements) != test.engagements {
			t.Errorf("At(%d) holds %d engagements, want %d", test.cutoff, len(view.Engagements), test.engagements)
		}
	}
}

func TestAtHidesASignUpOfTheFuture(t *testing.T) {
	h := History{Profile: Profile{SignedUpAt: noon(4)}}
	for cutoff, want := range map[Day]Instant{4: Never, 5: noon(4)} {
		if got := h.At(cutoff).SignedUpAt; got != want {
			t.Errorf("At(%d).SignedUpAt = %s, want %s", cutoff, got, want)
		}
	}
}

// TestViewCannotReachTheFuture grows and reslices a view: neither may touch
// or show a row after the cutoff.
func TestViewCannotReachTheFuture(t *testing.T) {
	h := History{
		Lines:       []Line{{At: noon(1), Amount: 1}, {At: noon(9), Amount: 9}},
		Engagements: []Engagement{{At: noon(1), Value: 1}, {At: noon(9), Value: 9}},
		Actions:     []Sent{{At: noon(1), Action: 1}, {At: noon(9), Action: 9}},
	}
	view := h.At(5)
	if cap(view.Lines) != 1 || cap(view.Engagements) != 1 || cap(view.Actions) != 1 {
		t.Errorf("capacities are %d, %d and %d, want 1", cap(view.Lines), cap(view.Engagements), cap(view.Actions))
	}
	_ = append(view.Lines, Line{Amount: -1})
	_ = append(view.Engagements, Engagement{Value: -1})
	_ = append(view.Actions, Sent{Action: -1})
	if h.Lines[1].Amount != 9 || h.Engagements[1].Value != 9 || h.Actions[1].Action != 9 {
		t.Errorf("growing the view overwrote the future: %+v", h)
	}
}

func TestViewProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := History{Lines: make([]Line, rapid.IntRange(0, 20).Draw(t, "lines"))}
		at := Instant(0)
		for i := range h.Lines {
			at += Instant(rapid.Int64Range(0, 3*microsPerDay).Draw(t, "step"))
			late := Instant(rapid.SampledFrom([]int64{0, 0, 0, hour, 9 * microsPerDay}).Draw(t, "late"))
			h.Lines[i] = Line{At: at, KnownAt: at + late, Order: int32(i)}
		}
		cutoff := Day(rapid.IntRange(-1, 70).Draw(t, "cutoff"))
		var want []int32
		for _, line := range h.Lines {
			if max(line.At, line.KnownAt) < cutoff.Start() {
				want = append(want, line.Order)
			}
		}
		var got []int32
		for _, line := range h.At(cutoff).Lines {
			got = append(got, line.Order)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("At(%d) (-want +got):\n%s", cutoff, diff)
		}
	})
}

func TestReturn(t *testing.T) {
	for _, test := range []struct {
		line Line
		want bool
	}{
		{Line{Quantity: 1, Amount: 5}, false},
		{Line{Quantity: 1, Amount: 0}, false},
		{Line{Quantity: -1, Amount: -5}, true},
		{Line{Quantity: 1, Amount: -5}, true},
		{Line{Quantity: -40, Amount: 0}, true}, // written off
	} {
		if got := test.line.Return(); got != test.want {
			t.Errorf("%+v.Return() = %t", test.line, got)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	var h History
	for day := range Day(20) {
		h.Lines = append(h.Lines, Line{At: noon(day), KnownAt: noon(day)})
		h.Engagements = append(h.Engagements, Engagement{At: noon(day), KnownAt: noon(day)})
	}
	for _, name := range []string{"timely", "one late"} {
		if name == "one late" {
			h.Lines[7].KnownAt = noon(99)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.At(18)
			}
		})
	}
}
