package lab

import (
	"math"
	"strings"
	"testing"
)

// TestLookBackKeepsTheShape: as much future for the past, on every day looked back
// at.
func TestLookBackKeepsTheShape(t *testing.T) {
	for _, test := range []struct{ first, now, end, want int }{
		{0, 272, 545, 136}, {0, 300, 400, 225}, {100, 200, 1100, 110}, {0, 10, 11, 9},
	} {
		if got := lookBack(test.first, test.now, test.end); got != test.want {
			t.Errorf("from %d, now %d until %d: %d, want %d", test.first, test.now, test.end, got, test.want)
		}
	}
}

func TestLinesAreDrawn(t *testing.T) {
	l := line{0.5, 3}
	for _, test := range []struct{ weight, want float64 }{{0, 0.2}, {1, chance(0.5 + 3*math.Log(0.25))}} {
		approximately(t, "corrected", l.drawn(test.weight).of([]float64{0.2})[0], test.want, 1e-12)
	}
	if half := l.drawn(0.5); half != (line{0.25, 2}) {
		t.Errorf("half of the line is %+v", half)
	}
}

// TestSteadiestTrustsWhatLasts: forecasts that are twice too high from either day
// are corrected in full; such that were too high only once, not at all.
func TestSteadiestTrustsWhatLasts(t *testing.T) {
	look := func(p, rate float64) *pastLook {
		f, l := &pastForecast{}, &pastLook{}
		for i := range 1000 {
			for _, side := range []float64{-1, 1} { // half of them above p, half below
				odds := logOdds(rate) + 0.5*side
				ordered := 0.0
				if float64(i) < 1000*chance(odds) {
					ordered = 1
				}
				f.any = append(f.any, chance(odds+logOdds(p)-logOdds(rate)))
				l.actual.any = append(l.actual.any, ordered)
			}
		}
		l.forecasts = []*pastForecast{f}
		return l
	}
	high, right := look(0.4, 0.2), look(0.3, 0.3)
	if w := steadiest(lineOf(high, 0), high, 0); w != 1 {
		t.Errorf("the same error twice is corrected by %v", w)
	}
	if w := steadiest(lineOf(high, 0), right, 0); w != 0 {
		t.Errorf("an error that went away is corrected by %v", w)
	}
}

// TestChoiceDoesNotSeeTheHoldout: other orders in the holdout change how the choice
// is judged, and nothing of the choice.
func TestChoiceDoesNotSeeTheHoldout(t *testing.T) {
	opts := goldenOptions()
	before := customersJSONOf(t, opts).Rolling
	opts.HoldoutUntil = "2026-03-01" // the same, said
	text := usualTruth(400).orders(1)
	lines := strings.SplitAfter(text, "\n")
	kept := lines[:1]
	for i, l := range lines[1:] {
		if cells := strings.Split(l, ","); len(cells) > 1 && cells[1] > opts.CalibrateUntil && i%2 == 0 {
			continue
		}
		kept = append(kept, l)
	}
	opts.Orders = textFile(t, "orders.csv", strings.Join(kept, ""))
	after := customersJSONOf(t, opts).Rolling
	if before.Order != after.Order || before.Weight != after.Weight || before.Number != after.Number || before.MeanOrder != after.MeanOrder {
		t.Errorf("%+v became %+v", before, after)
	}
	for k := range before.Candidates {
		if before.Candidates[k] != after.Candidates[k] {
			t.Errorf("%+v became %+v", before.Candidates[k], after.Candidates[k])
		}
	}
	if before.LogLoss == after.LogLoss {
		t.Error("other orders are judged alike")
	}
}

// TestTooShortToLookBack says so and goes on: ten years ahead of nine months are
// looked back at from the first days, when hardly anybody had come.
func TestTooShortToLookBack(t *testing.T) {
	opts := goldenOptions()
	opts.HoldoutUntil, opts.Models = "2035-01-01", []string{"mbg_nbd"}
	report := customersReport(t, opts)
	if !strings.Contains(report, "no choice without the holdout: the calibration period cannot be looked back into") {
		t.Errorf("report:\n%s", report)
	}
	if customersJSONOf(t, opts).Rolling != nil {
		t.Error("JSON has a choice")
	}
}
