package purchase

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"perennial/models/calibrate"
	"perennial/models/evaluate"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

func TestLogisticWinsWhereThereIsMuchToLearn(t *testing.T) {
	board := train(t, Config{PopulationGapDays: 40}, shop(4000, 1), shop(4000, 2))
	if board.Winner != withLogistic || board.Question != "purchase_60d" {
		t.Errorf("winner of %s is %s: %s", board.Question, board.Winner, board.Why)
	}
	metrics := board.Entry(withLogistic).Metrics
	if metrics["auc"] < 0.8 || metrics["ece"] > 0.045 { // 20 bins of 200 rows give 0.028 by chance
		t.Errorf("AUC %.3f, want at least 0.8; ECE %.3f, want at most 0.045", metrics["auc"], metrics["ece"])
	}
}

// TestBaseRateWinsWhereNothingCanBeLearnt is the honest negative control: labels
// that no column explains, in shops of several sizes.
func TestBaseRateWinsWhereNothingCanBeLearnt(t *testing.T) {
	const shops = 20
	won := map[string]int{}
	for seed := range uint64(shops) {
		rows, judge := unlearnable(shop(1200, seed), seed), unlearnable(shop(400, seed+100), seed+100)
		won[train(t, Config{Lambda: 3000}, rows, judge).Winner]++
	}
	if won[baseRate] < shops-2 {
		t.Errorf("of %d contests about nothing the winners are %v", shops, won)
	}
}

func TestRulesOnly(t *testing.T) {
	board := train(t, Config{RulesOnly: true, Guests: true}, shop(300, 1), shop(300, 2))
	if len(board.Entries) != 3 || board.Entry(withLogistic) != nil {
		t.Errorf("candidates are %+v, want three without learners", board.Entries)
	}
	if board.Winner != recencyRule && board.Winner != ownRhythm {
		t.Errorf("winner is %s: %s", board.Winner, board.Why)
	}
}

func TestGuestsAreJudged(t *testing.T) {
	board := train(t, Config{Guests: true, Lambda: 30}, shop(1500, 1), shop(1500, 2))
	for _, name := range []string{"golearn_forest", "golearn_liblinear"} {
		entry := board.Entry(name)
		if entry == nil || entry.Failure != "" || entry.Rung != leaderboard.Guest || entry.Metrics["auc"] < 0.75 {
			t.Errorf("%s: %+v", name, entry)
		}
	}
}

func TestTrainRefusesLabels(t *testing.T) {
	rows, wrong := shop(50, 1), shop(50, 2)
	wrong.Y[3] = 2
	for _, sides := range [][2]leaderboard.Rows{{rows, wrong}, {wrong, rows}} {
		_, err := Train(context.Background(), Config{}, 30, sides[0], sides[1])
		if err == nil || !strings.Contains(err.Error(), "a label is 2, not 0 or 1") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestTrainEndsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, Config{}, 30, shop(50, 1), shop(50, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// step returns rows whose probability of an order steps from 0.05 to 0.95 in the
// first column.
func step(n int, seed uint64) leaderboard.Rows {
	rng := rand.New(rand.NewPCG(seed, 3))
	rows := shop(n, seed)
	for i := range rows.Y {
		z := rng.NormFloat64()
		rows.X[0][i], rows.Y[i] = float32(z), 0
		if rng.Float64() < 0.05+0.9/(1+math.Exp(-20*z)) {
			rows.Y[i] = 1
		}
	}
	return rows
}

func TestCalibrationImprovesOrIsNone(t *testing.T) {
	for _, test := range []struct {
		name   string
		draw   func(n int, seed uint64) leaderboard.Rows
		lambda float64
		none   bool
	}{
		{"a regression that is right", shop, 30, true},
		{"a step where the regression has a slope", step, 30, false},
		{"a penalty that is too strong", shop, 30_000, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			judge := test.draw(4000, 2)
			m := fitted(t, train(t, Config{Lambda: test.lambda}, test.draw(4000, 1), judge), withLogistic).(*Model)
			if got := m.Curve.Method(); (got == calibrate.None) != test.none {
				t.Errorf("calibration is %s", got)
			}
			before := evaluate.LogLoss(judge.Y, predict(t, m.learner, judge.Columns, judge.X), nil)
			after := evaluate.LogLoss(judge.Y, predict(t, m, judge.Columns, judge.X), nil)
			if after > before {
				t.Errorf("calibration raises the loss on new customers from %.4f to %.4f", before, after)
			}
			if !test.none && after > before-0.005 {
				t.Errorf("calibration lowers the loss from %.4f to %.4f only", before, after)
			}
		})
	}
}

func TestExplainAddsUpToTheRegression(t *testing.T) {
	rows := shop(500, 1)
	m := fitted(t, train(t, Config{Lambda: 30}, rows, rows), withLogistic).(*Model)
	parts := make([][]float64, len(m.Columns()))
	for j := range parts {
		parts[j] = make([]float64, len(rows.Y))
	}
	if err := m.Explain(parts, rows.Columns, rows.X); err != nil {
		t.Fatal(err)
	}
	for i, p := range predict(t, m.learner, rows.Columns, rows.X) {
		logOdds := m.learner.(*logistic.Model).Base()
		for j := range parts {
			logOdds += parts[j][i]
		}
		if math.Abs(1/(1+math.Exp(-logOdds))-p) > 1e-9 {
			t.Fatalf("row %d: parts add up to log-odds %v, the probability is %v", i, logOdds, p)
		}
	}
}
