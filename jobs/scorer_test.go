package jobs

import (
	"math"
	"testing"

	"perennial/models/purchase"
	"perennial/models/value"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

func TestAYearsOrdersAreNotFewerThanTheChanceOfOne(t *testing.T) {
	worth := value.Prediction{Orders: 0.2, Revenue: 40, Low: 10, High: 80}
	if got := atLeast(worth, 0.1); got != worth {
		t.Errorf("raised to %+v though .1 is less", got)
	}
	if got, want := atLeast(worth, 0.8), (value.Prediction{Orders: 0.8, Revenue: 160, Low: 40, High: 320}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if nothing := (value.Prediction{}); atLeast(nothing, 0.8) != nothing {
		t.Error("an order of no known worth is given one")
	}
}

// Yen run to more digits than a feature has, and cents add up with dust.
func TestRevenueIsExact(t *testing.T) {
	for want, amounts := range map[float64][]float64{
		619339963: {619339960, 5, -2},
		0.3:       {0.1, 0.1, 0.1},
		0:         {},
	} {
		var view history.View
		for _, amount := range amounts {
			view.Lines = append(view.Lines, history.Line{Amount: amount})
		}
		if got := revenue(&view); got != want {
			t.Errorf("%v come to %v, want %v", amounts, got, want)
		}
	}
}

// What was known when the previous commit was made is no news, what happened on its day
// or later is.
func TestNewestFact(t *testing.T) {
	view := history.View{Lines: []history.Line{{At: history.Day(90).Start()}}, Engagements: []history.Engagement{{At: history.Day(95).Start() + 7}}}
	if got := newestFact(&view); got != 95 {
		t.Errorf("the newest fact is of day %d, want 95", got)
	}
	if got := newestFact(&history.View{}); got != math.MinInt32 {
		t.Errorf("of nothing the newest fact is of day %d", got)
	}
}

// Where one share is published for everybody, nothing has moved anybody's.
func TestABaseRateHasNoReasons(t *testing.T) {
	cfg, end := youngShop(t)
	s := opened(t, cfg, end, end)
	models, err := s.guesses(90)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		rate bool
		want int // columns that reasons may name
	}{{false, len(ruleColumns)}, {true, 0}} {
		if test.rate {
			models.churn = &purchase.BaseRate{Share: 0.4}
		}
		if got := len(newScorer(s, models, nil, publish.Score{}).columns); got != test.want {
			t.Errorf("a base rate: %t: reasons of %d columns, want %d", test.rate, got, test.want)
		}
	}
}
