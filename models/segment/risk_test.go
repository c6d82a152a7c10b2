package segment

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"perennial/pipeline/publish"
)

func risk(probability, overdue float64, previous string) string {
	s := &publish.Score{ChurnProbability: &probability, ChurnHorizonDays: 90}
	var before *publish.Score
	if previous != "" {
		before = &publish.Score{ChurnRisk: previous, ChurnHorizonDays: 90, HistoricOrders: 3}
	}
	return churnRisk(Facts{Orders: 3, OverdueRatio: overdue}, s, before)
}

func TestChurnRisk(t *testing.T) {
	for _, test := range []struct {
		name                 string
		probability, overdue float64
		previous, want       string
	}{
		{"stays away from medium", 0.39, 1, "", "low"},
		{"enters medium", 0.40, 1, "", "medium"},
		{"enters high", 0.70, 1, "", "high"},
		{"silent long enough to be lost", 0.90, 3, "", "lost"},
		{"likely lost but only just silent", 0.97, 0.4, "", "high"},
		{"rhythm unknown", 0.97, math.NaN(), "", "high"},
		{"stays medium in the dead zone", 0.31, 1, "medium", "medium"},
		{"leaves medium", 0.29, 1, "medium", "low"},
		{"stays high in the dead zone", 0.61, 1, "high", "high"},
		{"leaves high", 0.59, 1, "high", "medium"},
		{"stays lost in the dead zone", 0.81, 2.1, "lost", "lost"},
		{"leaves lost by probability", 0.79, 2.1, "lost", "high"},
		{"leaves lost by an overdue ratio that shrank", 0.95, 1.9, "lost", "high"},
		{"jumps past the dead zones", 0.05, 0.1, "lost", "low"},
		{"climbs at once", 0.95, 4, "low", "lost"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := risk(test.probability, test.overdue, test.previous); got != test.want {
				t.Errorf("risk = %s, want %s", got, test.want)
			}
		})
	}
}

func TestAnOrderOrAnotherHorizonStartsAfresh(t *testing.T) {
	p := 0.65
	s := &publish.Score{ChurnProbability: &p, ChurnHorizonDays: 90}
	for _, previous := range []publish.Score{
		{ChurnRisk: "high", ChurnHorizonDays: 90, HistoricOrders: 2},
		{ChurnRisk: "high", ChurnHorizonDays: 60, HistoricOrders: 3},
	} {
		if got := churnRisk(Facts{Orders: 3, OverdueRatio: 1}, s, &previous); got != "medium" {
			t.Errorf("risk after %+v = %s, want medium", previous, got)
		}
	}
}

func TestNoProbabilityNoRisk(t *testing.T) {
	if got := churnRisk(Facts{Orders: 3, OverdueRatio: 9}, &publish.Score{}, &publish.Score{ChurnRisk: "lost"}); got != "" {
		t.Errorf("risk = %q, want none", got)
	}
}

// Where everybody comes back, silence alone makes nobody lost.
func TestNobodyIsLostWhereNobodyChurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0, 0.29).Draw(t, "probability")
		overdue := rapid.Float64Range(0, 100).Draw(t, "overdue")
		previous := rapid.SampledFrom([]string{"", "low", "medium", "high", "lost"}).Draw(t, "previous")
		if got := risk(p, overdue, previous); got != "low" {
			t.Fatalf("risk = %s, want low", got)
		}
	})
}

// A probability that wavers by less than the dead zone changes the band at most once.
func TestWaveringDoesNotFlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		centre := rapid.Float64Range(0.05, 0.95).Draw(t, "centre")
		overdue := rapid.Float64Range(0, 6).Draw(t, "overdue")
		band, changes := "", -1 // the first band is no change
		for range 30 {
			p := centre + rapid.Float64Range(-0.049, 0.049).Draw(t, "waver")
			if next := risk(p, overdue, band); next != band {
				band = next
				changes++
			}
		}
		if changes > 1 {
			t.Fatalf("the band changed %d times around %v", changes, centre)
		}
	})
}
