package purchase

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"perennial/models/leaderboard"
)

// slow returns a shop in whose next weeks only every third customer comes who
// would have come.
func slow(customers int, seed uint64) leaderboard.Rows {
	rows := shop(customers, seed)
	came := 0
	for i, y := range rows.Y {
		if y == 1 {
			if came++; came%3 != 0 {
				rows.Y[i] = 0
			}
		}
	}
	return rows
}

func TestSeasonWinsWhereLastYearKnewBetter(t *testing.T) {
	board := train(t, Config{Lambda: 30, LastYear: LastYear{Rows: slow(2000, 3)}}, shop(3000, 1), slow(2000, 2))
	if board.Winner != withLogistic+inSeason {
		t.Errorf("winner is %s: %s", board.Winner, board.Why)
	}
	moved, plain := board.Entry(withLogistic+inSeason), board.Entry(withLogistic)
	if a, b := moved.Metrics["auc"], plain.Metrics["auc"]; math.Abs(a-b) > 1e-9 {
		t.Errorf("the season changes the ranking: AUC %v, without it %v", a, b)
	}
	mean := sum(moved.Predictions) / float64(len(moved.Predictions))
	rate := float64(slow(2000, 2).Positives()) / 2000
	if math.Abs(mean-rate) > 0.02 {
		t.Errorf("in season the mean probability is %.3f, the rate %.3f", mean, rate)
	}
}

func TestSeasonNeedsLastYear(t *testing.T) {
	if board := train(t, Config{Lambda: 30, LastYear: LastYear{Rows: shop(100, 3)}}, shop(500, 1), shop(500, 2)); board.Entry(withLogistic+inSeason) != nil {
		t.Error("a season was learnt from a hundred rows")
	}
	m := fitted(t, train(t, Config{Lambda: 30}, shop(500, 1), shop(500, 2)), withLogistic).(*Model)
	if _, err := m.InSeason(LastYear{Rows: shop(100, 3)}); !errors.Is(err, errNoLastYear) {
		t.Errorf("error is %v", err)
	}
}

func TestSeasonIsThatOfItsRowsOnly(t *testing.T) {
	rows := shop(1000, 2)
	m := fitted(t, train(t, Config{Lambda: 30}, shop(1000, 1), rows), withLogistic).(*Model)
	once, err := m.InSeason(LastYear{Rows: slow(2000, 3)})
	if err != nil {
		t.Fatal(err)
	}
	again, err := once.InSeason(LastYear{Rows: slow(2000, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if *once.Season != *again.Season || once.Season.Pace > 0.6 || once.Season.Rows != 2000 {
		t.Errorf("seasons pile up: %+v, then %+v", once.Season, again.Season)
	}
	if m.Season != nil || again.Neutral().Season != nil {
		t.Error("a model without a season has one")
	}
	plain, neutral := predict(t, m, rows.Columns, rows.X), predict(t, again.Neutral(), rows.Columns, rows.X)
	for i := range plain {
		if plain[i] != neutral[i] {
			t.Fatalf("row %d has %v out of season, had %v before", i, neutral[i], plain[i])
		}
	}
}

func TestPaceMakesTheTotalRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0.001, 0.999), 10, 50).Draw(t, "p")
		ordered := rapid.IntRange(0, len(p)).Draw(t, "ordered")
		pace, err := paceOf(p, ordered)
		possible := expected(p, 1.0/maxPace) <= float64(ordered) && float64(ordered) <= expected(p, maxPace)
		switch {
		case possible != (err == nil):
			t.Fatalf("%d of %d at a pace of %v: %v", ordered, len(p), pace, err)
		case err != nil && !strings.Contains(err.Error(), "which no season explains"):
			t.Fatal(err)
		case err == nil && math.Abs(expected(p, pace)-float64(ordered)) > 1e-9*float64(len(p)):
			t.Fatalf("at a pace of %v, %v are expected of %d", pace, expected(p, pace), ordered)
		}
	})
}

func TestAtPace(t *testing.T) {
	for _, test := range []struct{ p, pace, want float64 }{
		{0.36, 1, 0.36}, {0.36, 0.5, 0.2}, {0.2, 2, 0.36}, {0, 7, 0}, {1, 0.1, 1},
	} {
		if got := atPace(test.p, test.pace); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v at a pace of %v is %v, want %v", test.p, test.pace, got, test.want)
		}
	}
}

// expected returns the expected number of customers who order at a pace.
func expected(p []float64, pace float64) float64 {
	var sum float64
	for _, p := range p {
		sum += atPace(p, pace)
	}
	return sum
}

func sum(v []float64) float64 {
	var total float64
	for _, x := range v {
		total += x
	}
	return total
}

// busyLater returns last year's rows of timed in whose first two weeks half of those
// who ordered did not.
func busyLater(customers int, seed uint64) LastYear {
	times := timed(customers, seed)
	for i, first := range times.First {
		if first < 14 && times.Group[i]>>40%2 == 0 {
			times.First[i] = math.NaN()
		}
	}
	return LastYear{Rows: times.labelled(horizonDays), First: times.First}
}

// TestEveryIntervalHasItsPace: two quiet weeks before a usual month slow the first
// two intervals down and no other, in the file as well, and the total is last year's.
func TestEveryIntervalHasItsPace(t *testing.T) {
	lastYear := busyLater(4000, 3)
	board := train(t, Config{Lambda: 30, Boosting: unsearched(), Times: timed(4000, 1), LastYear: lastYear}, shop(4000, 1), shop(500, 2))
	for _, name := range []string{linearHazard, boostedHazard} {
		m := fitted(t, board, name+inSeason).(*Model)
		h := m.learner.(*Hazard)
		if slow, usual := h.Paces[:2], h.Paces[2:]; slices.Max(slow) > 0.65 || slices.Min(usual) < 0.85 {
			t.Errorf("%s: the paces are %.3f, want about a half up to day 14, and 1 from there on", name, h.Paces)
		}
		if p := predict(t, m, lastYear.Columns, lastYear.X); math.Abs(sum(p)-float64(lastYear.Positives())) > 1e-6*float64(len(p)) {
			t.Errorf("%s: %.2f orders are expected of last year's %d", name, sum(p), lastYear.Positives())
		}
		if neutral := m.Neutral().learner.(*Hazard); neutral.Paces != nil || h.Paces == nil {
			t.Errorf("%s: out of season its paces are %v", name, neutral.Paces)
		}
	}
	blend := fitted(t, board, blendedKinds+inSeason).(*Model).learner.(*Blend)
	if _, boosted := blend.learners[0], blend.learners[1].(*Hazard); boosted.Paces == nil {
		t.Error("a hazard in a blend has no paces")
	}
}

// TestPacesOfFewOrdersStayTogether: an interval that saw no order last year has the
// pace of all.
func TestPacesOfFewOrdersStayTogether(t *testing.T) {
	lastYear := busyLater(4000, 3)
	for i, first := range lastYear.First {
		if first >= 30 {
			lastYear.First[i], lastYear.Y[i] = math.NaN(), 0
		}
	}
	_, h := hazards(t, Edges(horizonDays))
	moved, err := h.inSeason(lastYear)
	if err != nil {
		t.Fatal(err)
	}
	if last := moved.Paces[3]; !(last > 0.1 && last < 1) {
		t.Errorf("nobody ordered after day 30, and the paces are %.3f", moved.Paces)
	}
	if h.Paces != nil {
		t.Error("the hazard itself was moved")
	}
}
