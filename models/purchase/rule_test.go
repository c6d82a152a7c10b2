package purchase

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"perennial/models/leaderboard"
)

var ruleColumns = []string{recencyColumn, gapColumn, repeatColumn}

var nan = float32(math.NaN())

func TestRulesFallWithRecency(t *testing.T) {
	board := train(t, Config{RulesOnly: true, PopulationGapDays: 40}, shop(2000, 1), shop(500, 2))
	rapid.Check(t, func(r *rapid.T) {
		gap := rapid.Float32Range(1, 400).Draw(r, "gap")
		repeats := rapid.Float32Range(0, 50).Draw(r, "repeats")
		days := rapid.SliceOfN(rapid.Float32Range(0, 2000), 2, 20).Draw(r, "days")
		slices.Sort(days)
		x := [][]float32{days, fill(len(days), gap), fill(len(days), repeats)}
		for _, name := range []string{recencyRule, ownRhythm} {
			p := predict(t, fitted(t, board, name), ruleColumns, x)
			for i := range p {
				if !(p[i] > 0 && p[i] < 1) || (i > 0 && p[i] > p[i-1]) {
					r.Fatalf("%s: P(order) is %v after %v days", name, p, days)
				}
			}
		}
	})
	x := [][]float32{{1, 200, nan}, {30, 30, nan}, {5, 5, nan}}
	for _, name := range []string{recencyRule, ownRhythm} {
		if p := predict(t, fitted(t, board, name), ruleColumns, x); !(p[0] > 2*p[1]) || p[2] > p[1] {
			t.Errorf("%s: P(order) is %.3f after a day, %.3f after 200, %.3f without an order", name, p[0], p[1], p[2])
		}
	}
}

// TestOwnRhythmKnowsSlowCustomers: 90 days of silence are much for a weekly
// customer and little for a yearly one.
func TestOwnRhythmKnowsSlowCustomers(t *testing.T) {
	board := train(t, Config{RulesOnly: true, PopulationGapDays: 40}, shop(2000, 1), shop(500, 2))
	p := predict(t, fitted(t, board, ownRhythm), ruleColumns, [][]float32{{90, 90}, {7, 365}, {20, 20}})
	if !(p[0] < p[1]) {
		t.Errorf("after 90 days a weekly customer orders with %.3f, a yearly one with %.3f", p[0], p[1])
	}
}

func fill(n int, v float32) []float32 { return slices.Repeat([]float32{v}, n) }

func TestRulesNeedTheirColumns(t *testing.T) {
	board := train(t, Config{RulesOnly: true}, shop(300, 1), shop(300, 2))
	for _, test := range []struct {
		model leaderboard.Model
		name  string
		needs []string
	}{
		{fitted(t, board, recencyRule), recencyRule, ruleColumns[:1]},
		{fitted(t, board, ownRhythm), ownRhythm, ruleColumns},
		{NewGuess(30, 60), byGuess, ruleColumns},
	} {
		for _, missing := range test.needs {
			columns := slices.DeleteFunc(slices.Clone(ruleColumns), func(name string) bool { return name == missing })
			err := test.model.Predict(make([]float64, 1), columns, [][]float32{{1}, {1}})
			if want := "purchase: " + test.name + ": column " + missing + " is missing"; err == nil || err.Error() != want {
				t.Errorf("error is %v, want %s", err, want)
			}
		}
		err := test.model.Predict(make([]float64, 2), ruleColumns, [][]float32{{1, 2}, {1}, {1, 2}})
		if err == nil || !strings.Contains(err.Error(), "column gap_mean_days has 1 rows, there is room for 2") {
			t.Errorf("%s: a short column gives %v", test.name, err)
		}
	}
}

func TestRulesWithoutInformation(t *testing.T) {
	rows := shop(1000, 1)
	for j := range rows.X {
		rows.X[j] = fill(1000, 7)
	}
	board := train(t, Config{RulesOnly: true}, rows, rows)
	rate := float64(rows.Positives()) / 1000
	for _, name := range []string{baseRate, recencyRule, ownRhythm} {
		for i, p := range board.Entry(name).Predictions {
			if math.Abs(p-rate) > 0.001 {
				t.Fatalf("%s: row %d has probability %v, the rate is %v", name, i, p, rate)
			}
		}
	}
}

func TestBaseRate(t *testing.T) {
	for _, test := range []struct {
		y    []float64
		want float64
	}{
		{[]float64{1, 0, 0}, 1.5 / 4},
		{[]float64{0, 0, 0}, 0.5 / 4},
		{[]float64{1}, 1.5 / 2},
	} {
		m, err := FitBaseRate(t.Context(), leaderboard.Rows{Y: test.y})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.(*BaseRate).Share; got != test.want {
			t.Errorf("of %v the share is %v, want %v", test.y, got, test.want)
		}
	}
}
