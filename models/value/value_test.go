package value

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/leaderboard"
)

func TestTwoPartWinsAndIsUnbiased(t *testing.T) {
	for name, s := range map[string]shop{"perfumery": perfumery, "bakery": bakery} {
		t.Run(name, func(t *testing.T) {
			board, held, truth := s.compete(t, config, 4000, 4000)
			if board.Winner != twoPart || board.Question != Question {
				t.Errorf("winner of %s is %s: %s", board.Question, board.Winner, board.Why)
			}
			if bias := board.Entry(twoPart).Metrics["bias"]; math.Abs(bias-1) > 0.1 {
				t.Errorf("predicted revenue is %.3f of the actual", bias)
			}
			var orders float64
			for _, p := range year(t, modelOf(t, board, twoPart), held) {
				orders += p.Orders
			}
			if bias := orders / sum(truth.Orders); math.Abs(bias-1) > 0.1 {
				t.Errorf("predicted orders are %.3f of the actual", bias)
			}
		})
	}
}

// TestIntervalHoldsFourOfFive of the new customers who have not gone: for the
// others 0 is predicted and right.
// TestTreesFindWhatTwoPartsCannotSay: revenue that hangs on a column which
// neither frequency nor order value reads.
func TestTreesFindWhatTwoPartsCannotSay(t *testing.T) {
	draw := func(seed uint64) (leaderboard.Rows, Labels) {
		rows, labels := perfumery.draw(6000, seed)
		club := make([]float32, len(rows.Y))
		for i := range club {
			if club[i] = float32(i % 2); club[i] == 1 {
				labels.Revenue[i] *= 4
			}
		}
		rows.Columns, rows.X = append(rows.Columns, "club"), append(rows.X, club)
		return rows, labels
	}
	rows, labels := draw(1)
	judge, truth := draw(2)
	cfg := Config{LabelDays: labelDays, Growth: 2, Purchase: known{}, Boosting: true}
	board, err := Train(context.Background(), cfg, rows, labels, judge, truth)
	if err != nil {
		t.Fatal(err)
	}
	if board.Winner != boosted {
		t.Errorf("winner is %s: %s", board.Winner, board.Why)
	}
	entry := board.Entry(boosted)
	if a, b := entry.Metrics["capture_10"], board.Entry(twoPart).Metrics["capture_10"]; !(a > b && a > 0.2 && a < 1) {
		t.Errorf("the best tenth brings %.3f of the revenue, by two parts %.3f", a, b)
	}
	inside := 0.0
	for i, p := range year(t, entry.Model.(*Model), judge) {
		if p.Low <= cfg.Growth*truth.Revenue[i] && cfg.Growth*truth.Revenue[i] <= p.High {
			inside++
		}
	}
	// Trees are far surer of the customers whom they have grown on.
	if share := inside / float64(len(truth.Revenue)); share < 0.78 || share > 0.92 {
		t.Errorf("the interval of trees holds %.3f of customers", share)
	} else {
		t.Logf("the interval of trees holds %.3f of customers", share)
	}
	if bias := entry.Metrics["bias"]; math.Abs(bias) > 0.1*sum(truth.Revenue)/float64(len(truth.Revenue)) {
		t.Errorf("bias is %v", bias)
	}
	var text bytes.Buffer
	if err := entry.Model.Write(&text); err != nil {
		t.Fatal(err)
	}
	read, err := Read(&text, nil)
	if err != nil {
		t.Fatal(err)
	}
	again := make([]float64, len(judge.Y))
	if err := read.Predict(again, judge.Columns, judge.X); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entry.Predictions, again); diff != "" {
		t.Error("the saved trees predict otherwise:\n", diff)
	}
}

// TestCustomerBaseIsScaledToTheShop: expectations that are off by a factor for
// all are not off any more, and unknown customers get the mean.
func TestCustomerBaseIsScaledToTheShop(t *testing.T) {
	rows, labels := perfumery.draw(2000, 1)
	orders, value := make([]float32, len(rows.Y)), make([]float32, len(rows.Y))
	for i := range orders {
		orders[i], value[i] = float32(3*labels.Orders[i]+1), 100
	}
	orders[5] = float32(math.NaN())
	rows.Columns, rows.X = append(rows.Columns, baseOrdersColumn, baseValueColumn), append(rows.X, orders, value)
	board, err := Train(context.Background(), Config{LabelDays: labelDays, Growth: 2, Purchase: known{}}, rows, labels, rows, labels)
	if err != nil {
		t.Fatal(err)
	}
	entry := board.Entry(byBase)
	if entry == nil || entry.Failure != "" {
		t.Fatalf("entry is %+v", entry)
	}
	if got, want := sum(entry.Predictions), sum(labels.Revenue); math.Abs(got-want) > 0.01*want {
		t.Errorf("all revenue is %v, predicted %v", want, got)
	}
	if got, want := entry.Predictions[5], sum(labels.Revenue)/float64(len(rows.Y)); math.Abs(got-want) > 1e-9*want {
		t.Errorf("an unknown customer is worth %v, the mean is %v", got, want)
	}
}

func TestFewOrdersGrowNoTrees(t *testing.T) {
	rows, labels := perfumery.draw(300, 1)
	board, err := Train(context.Background(), Config{LabelDays: labelDays, Growth: 2, Purchase: known{}, Boosting: true}, rows, labels, rows, labels)
	if err != nil {
		t.Fatal(err)
	}
	if failure := board.Entry(boosted).Failure; !strings.Contains(failure, "rows with an order") {
		t.Errorf("failure is %q", failure)
	}
}

func TestIntervalHoldsFourOfFive(t *testing.T) {
	for name, s := range map[string]shop{"perfumery": perfumery, "bakery": bakery} {
		board, held, truth := s.compete(t, config, 4000, 4000)
		inside, all := 0, 0
		for i, p := range year(t, modelOf(t, board, twoPart), held) {
			if p.Revenue == 0 {
				continue
			}
			all++
			if p.Low <= truth.Revenue[i] && truth.Revenue[i] <= p.High {
				inside++
			}
		}
		if share := float64(inside) / float64(all); math.Abs(share-0.8) > 0.03 {
			t.Errorf("%s: the interval holds %.3f of %d customers, want about 0.8", name, share, all)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	rows, labels := perfumery.draw(50, 1)
	train := func(cfg Config, rows leaderboard.Rows, labels Labels) error {
		_, err := Train(context.Background(), cfg, rows, labels, rows, labels)
		return err
	}
	if err := train(config, rows, labels); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		cfg    Config
		labels Labels
		want   string
	}{
		{"no label horizon", Config{Growth: 1, Purchase: known{}}, labels, "value: labels of 0 days"},
		{"no growth", Config{LabelDays: 30, Purchase: known{}}, labels, "value: growth is 0"},
		{"no purchase model", Config{LabelDays: 30, Growth: 1}, labels, "value: no purchase model"},
		{"no labels", config, Labels{}, "there are none"},
		{"a label too few", config, Labels{labels.Orders[1:], labels.Revenue[1:]}, "50 groups for 49 labels"},
		{"orders without revenue", config, Labels{labels.Orders, labels.Revenue[1:]}, "50 orders for 49 revenues"},
	} {
		if err := train(test.cfg, rows, test.labels); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %s", test.name, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, config, rows, labels, rows, labels); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestTrainLeavesItsRowsAlone(t *testing.T) {
	rows, labels := perfumery.draw(50, 1)
	if _, err := Train(context.Background(), config, rows, labels, rows, labels); err != nil {
		t.Fatal(err)
	}
	again, sameLabels := perfumery.draw(50, 1)
	for j := range rows.X {
		for i := range rows.X[j] {
			if rows.X[j][i] != again.X[j][i] {
				t.Fatalf("cell %d of %s was changed", i, rows.Columns[j])
			}
		}
	}
	if sum(labels.Revenue) != sum(sameLabels.Revenue) || sum(rows.Y) != 0 {
		t.Error("labels were changed")
	}
}
