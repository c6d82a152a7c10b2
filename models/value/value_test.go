package value

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

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
