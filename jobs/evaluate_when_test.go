package jobs

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"perennial/features"
	"perennial/features/label"
	"perennial/models/leaderboard"
	"perennial/pipeline/history"
	"perennial/simulate"
)

// TestConcordanceIsCensored: who did not order within the horizon counts as
// later than all who did, whatever she did afterwards.
func TestConcordanceIsCensored(t *testing.T) {
	training := &training{
		outcomes: outcomes{
			matrix:    &features.Matrix{Cutoffs: []history.Day{100, 100, 100, 50}},
			firstDays: []float64{5, 40, math.NaN(), 1},
		},
	}
	a := &answer{days: 30, plan: label.Plan{Judge: 100}, board: &leaderboard.Board{Entries: []leaderboard.Entry{
		{Name: "right", Predictions: []float64{0.9, 0.2, 0.1}},
		{Name: "wrong", Predictions: []float64{0.1, 0.2, 0.9}},
		{Name: "failed", Failure: "no"},
	}}}
	got := training.concordance(a, nil)
	if len(got) != 2 || got["right"] != 1 || got["wrong"] != 0 {
		t.Errorf("C-indices are %v", got)
	}
	if got := training.concordance(a, []bool{false, true, true}); len(got) != 0 {
		t.Errorf("two customers who are both censored have C-indices %v", got)
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1}, 2.5}, {[]float64{7}, 7}} {
		if got := median(test.v); got != test.want {
			t.Errorf("median of %v is %v, want %v", test.v, got, test.want)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("nothing has a median")
	}
}

// backTested evaluates one night and returns it.
func backTested(t *testing.T, cfg Config, asOf history.Day, horizon int) BackTest {
	t.Helper()
	cfg.Train.Guests = new(false)
	var out bytes.Buffer
	if err := Evaluate(t.Context(), cfg, EvaluateOptions{AsOf: asOf, HorizonDays: horizon, JSON: true}, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		BackTests []struct {
			When   WhenReport `json:"when"`
			Value  *ValueReport
			Churn  struct{ AUC, Brier, LogLoss float64 }
			Boards []judgedBoard
		} `json:"back_tests"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	test := BackTest{When: &got.BackTests[0].When, Value: got.BackTests[0].Value}
	for _, board := range got.BackTests[0].Boards {
		board.beatsFloors(t)
	}
	test.Churn.AUC, test.Churn.Brier, test.Churn.LogLoss = got.BackTests[0].Churn.AUC, got.BackTests[0].Churn.Brier, got.BackTests[0].Churn.LogLoss
	return test
}

// judgedBoard is a board in JSON.
type judgedBoard struct {
	Question, Winner string
	Entries          []struct {
		Learner string
		Loss    *float64
		Metrics map[string]float64
	}
}

// beatsFloors holds winners of P(order) to days since the last order and to the own
// rhythm, by Brier score and log loss.
func (b *judgedBoard) beatsFloors(t *testing.T) {
	t.Helper()
	metrics := map[string]map[string]float64{}
	for _, e := range b.Entries {
		metrics[e.Learner] = e.Metrics
	}
	for _, floor := range []string{"recency_rule", "own_rhythm"} {
		if metrics[floor] == nil {
			continue
		}
		for _, measure := range []string{"brier", "logloss"} {
			t.Logf("%s, %s: %s %.4f, %s %.4f", b.Question, measure, b.Winner, metrics[b.Winner][measure], floor, metrics[floor][measure])
			if !(metrics[b.Winner][measure] < metrics[floor][measure]) {
				t.Errorf("%s: %s of %s is %v, of %s %v", b.Question, measure, b.Winner, metrics[b.Winner][measure], floor, metrics[floor][measure])
			}
		}
	}
}

// aheadOfFloors holds the C-index of a winner to those of the floors.
func aheadOfFloors(t *testing.T, g *WhenGroup) {
	t.Helper()
	for name, index := range g.CIndex {
		if name == "recency_rule" || name == "own_rhythm" {
			continue
		}
		t.Logf("C-index: %v", g.CIndex)
		if index <= g.CIndex["recency_rule"] || index <= g.CIndex["own_rhythm"] {
			t.Errorf("C-index of %s is %v, of the floors %v", name, index, g.CIndex)
		}
	}
}

// TestDatesHoldWhatTheyPromise: on a night whose next 180 days are known, four of
// five orders come inside their interval.
func TestDatesHoldWhatTheyPromise(t *testing.T) {
	skipIfShort(t)
	shop := simulate.Config{Customers: 8000, Seed: 3, NoActions: true}
	test := backTested(t, simulated(t, shop), shop.End()-181, 90)
	judgeWorth(t, test.Value)
	when := test.When
	customers := 0
	for i, g := range when.Groups {
		if i > 0 {
			customers += g.Customers
		}
		if g.Dates == nil || g.Dates.Covered == nil || g.Dates.Ordered > g.Dates.Named || g.Dates.Named > g.Customers {
			t.Fatalf("dates of customers with %s orders: %+v", g.Orders, g.Dates)
		}
	}
	all := when.Groups[0]
	if customers != all.Customers {
		t.Errorf("the groups have %d customers, all are %d", customers, all.Customers)
	}
	t.Logf("%d dates, %d ordered, %.4f of them inside", all.Dates.Named, all.Dates.Ordered, *all.Dates.Covered)
	if covered := *all.Dates.Covered; covered < 0.77 || covered > 0.83 {
		t.Errorf("%.3f of the orders came inside the 80%% interval", covered)
	}
	aheadOfFloors(t, &all)
	for name, index := range all.CIndex {
		if strings.HasPrefix(name, "boosted") && index < 0.77 {
			t.Errorf("C-index of %s is %.3f", name, index)
		}
	}
}

// judgeWorth holds tiers to what was spent: better ones spend more each, and four
// of five customers or more, most of whom spend nothing, are inside their interval.
func judgeWorth(t *testing.T, r *ValueReport) {
	t.Helper()
	s := r.Spans[0]
	t.Logf("%d days by %s: Gini %.4f, best tenth %.4f, MAE %.2f, %.4f inside 80%%", s.Days, r.Model, *s.Gini, *s.Capture10, *s.MAE, *s.Covered)
	if *s.Covered < 0.77 || *s.Covered > 0.9 || *s.Gini < 0.75 || *s.Capture10 < 0.4 {
		t.Errorf("%+v", s)
	}
	for k, tier := range s.Tiers {
		t.Logf("%s: %d, expected %.2f, spent %.2f, %.4f inside", tier.Tier, tier.Customers, tier.Predicted, tier.Actual, *tier.Covered)
		if k > 0 && tier.Actual >= s.Tiers[k-1].Actual {
			t.Errorf("%s spend %v, %s %v", tier.Tier, tier.Actual, s.Tiers[k-1].Tier, s.Tiers[k-1].Actual)
		}
		if *tier.Covered < 0.65 {
			t.Errorf("%s: %.3f inside the 80%% interval", tier.Tier, *tier.Covered)
		}
	}
}

// TestCDNOW judges the first night of 1998 by the 90 days after it. The log loss
// of a logistic regression of nine earlier nights on ten times the customers is
// published as 0.336, that of a base rate 0.445.
func TestCDNOW(t *testing.T) {
	skipIfShort(t)
	realData(t, "cdnow_sample.csv.gz")
	test := backTested(t, load(t, filepath.Join("..", "testdata", "cdnow", "perennial.yaml")), history.Day(10227), 90)
	if c := test.Churn; c.AUC < 0.81 || c.Brier > 0.104 || c.LogLoss > 0.346 {
		t.Errorf("AUC %.4f, Brier %.4f, log loss %.4f; want 0.81, 0.104 and 0.346", c.AUC, c.Brier, c.LogLoss)
	}
	all := &test.When.Groups[0]
	aheadOfFloors(t, all)
	t.Logf("%d dates, %d ordered, %v of them inside", all.Dates.Named, all.Dates.Ordered, *all.Dates.Covered)
	// Two standard errors of a share of 366 customers.
	if covered := *all.Dates.Covered; covered < 0.758 || covered > 0.842 {
		t.Errorf("%.3f of the orders came inside the 80%% interval", covered)
	}
	for _, h := range all.Horizons {
		t.Logf("%d days: ordered %.4f, predicted %.4f, Brier %.4f, log loss %.4f, AUC %.4f", h.Days, *h.Ordered, *h.Mean, *h.Brier, *h.LogLoss, *h.AUC)
		if h.Days == 30 && !(*h.Brier <= 0.0485 && *h.LogLoss <= 0.183) {
			t.Errorf("within 30 days Brier is %.4f and log loss %.4f, want 0.0485 and 0.183 or less", *h.Brier, *h.LogLoss)
		}
	}
}
