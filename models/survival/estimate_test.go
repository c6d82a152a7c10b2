package survival

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRemission6MP compares with the table that textbooks print for these
// patients (Kalbfleisch & Prentice 1980; Cox & Oakes 1984).
func TestRemission6MP(t *testing.T) {
	weeks, relapse := remission()
	s := mustCurve(t)(KaplanMeier(weeks, relapse))
	h := mustCurve(t)(NelsonAalen(weeks, relapse))
	for _, row := range []struct{ week, survival, hazard float64 }{
		{6, 0.857, 0.1429}, {7, 0.807, 0.2017}, {10, 0.753, 0.2683}, {13, 0.690, 0.3517},
		{16, 0.627, 0.4426}, {22, 0.538, 0.5854}, {23, 0.448, 0.7521},
	} {
		near(t, "Kaplan-Meier", s.At(row.week), row.survival, 0.0005)
		near(t, "Nelson-Aalen", h.At(row.week), row.hazard, 0.00005)
	}
	if s.End() != 35 || s.Kind() != Survival || h.Kind() != Hazard {
		t.Errorf("a %s curve to week %v beside a %s", s.Kind(), s.End(), h.Kind())
	}
}

// TestEstimatesByDefinition counts events and subjects at risk day by day.
func TestEstimatesByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days, event := drawFollowUps(t)
		s, err := KaplanMeier(days, event)
		if err != nil {
			t.Fatal(err)
		}
		h, err := NelsonAalen(days, event)
		if err != nil {
			t.Fatal(err)
		}
		survival, hazard := 1.0, 0.0
		for day := 0.0; day <= s.End(); day++ {
			events, atRisk := 0.0, 0.0
			for i := range days {
				if days[i] >= day {
					atRisk++
				}
				if days[i] == day && event[i] {
					events++
				}
			}
			survival *= 1 - events/atRisk
			hazard += events / atRisk
			if math.Abs(s.At(day)-survival) > 1e-12 || math.Abs(h.At(day)-hazard) > 1e-12 {
				t.Fatalf("day %v: S %v, H %v, want %v, %v", day, s.At(day), h.At(day), survival, hazard)
			}
		}
	})
}

// TestWithoutCensoringSurvivalIsTheShareLeft is the empirical distribution.
func TestWithoutCensoringSurvivalIsTheShareLeft(t *testing.T) {
	s := mustCurve(t)(KaplanMeier([]float64{1, 2, 2, 5}, []bool{true, true, true, true}))
	for day, want := range []float64{1, 0.75, 0.25, 0.25, 0.25, 0} {
		near(t, "S", s.At(float64(day)), want, 1e-15)
	}
}

func TestMeanCumulativeByHand(t *testing.T) {
	// Three subjects followed for 10, 6 and 3 days.
	m := mustCurve(t)(MeanCumulative([]float64{10, 6, 3}, [][]float64{{8, 2}, {4, 2, 6}, {3}}))
	for _, row := range []struct{ day, count float64 }{
		{0, 0}, {1.9, 0}, {2, 2. / 3}, {3, 1}, {4, 1.5}, {6, 2}, {8, 3}, {10, 3},
	} {
		near(t, "M", m.At(row.day), row.count, 1e-15)
	}
}

// TestMeanCumulativeOfFirstEventsIsTheHazard leaves subjects as their event ends
// the follow-up.
func TestMeanCumulativeOfFirstEventsIsTheHazard(t *testing.T) {
	weeks, relapse := remission()
	events := make([][]float64, len(weeks))
	for i := range events {
		if relapse[i] {
			events[i] = []float64{weeks[i]}
		}
	}
	m := mustCurve(t)(MeanCumulative(weeks, events))
	h := mustCurve(t)(NelsonAalen(weeks, relapse))
	for week := 0.0; week < 60; week++ {
		near(t, "M", m.At(week), h.At(week), 1e-15)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	weeks, relapse := remission()
	s := mustCurve(t)(KaplanMeier(weeks, relapse))
	slices.Reverse(weeks)
	slices.Reverse(relapse)
	reversed := mustCurve(t)(KaplanMeier(weeks, relapse))
	for week := 0.0; week < 60; week++ {
		near(t, "S", reversed.At(week), s.At(week), 0)
	}
}

func TestEstimatorsRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, days := range [][]float64{nil, {1, 2}, {-1}, {nan}, {inf}} {
		if _, err := KaplanMeier(days, []bool{true}); err == nil {
			t.Errorf("KaplanMeier accepted %v", days)
		}
		if _, err := NelsonAalen(days, []bool{true}); err == nil {
			t.Errorf("NelsonAalen accepted %v", days)
		}
		if _, err := MeanCumulative(days, [][]float64{{0}}); err == nil {
			t.Errorf("MeanCumulative accepted %v", days)
		}
	}
	for _, events := range [][]float64{{4}, {-1}, {nan}} {
		if _, err := MeanCumulative([]float64{3}, [][]float64{events}); err == nil {
			t.Errorf("MeanCumulative accepted events on %v of 3 days", events)
		}
	}
}

func BenchmarkKaplanMeierMillionSubjects(b *testing.B) {
	days, event := make([]float64, 1_000_000), make([]bool, 1_000_000)
	for i := range days {
		days[i] = float64(i * 7919 % 730)
		event[i] = i%3 > 0
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := KaplanMeier(days, event); err != nil {
			b.Fatal(err)
		}
	}
}
