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
		matrix:    &features.Matrix{Cutoffs: []history.Day{100, 100, 100, 50}},
		firstDays: []float64{5, 40, math.NaN(), 1},
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
	off := false
	cfg.Train.Guests = &off
	var out bytes.Buffer
	if err := Evaluate(t.Context(), cfg, EvaluateOptions{AsOf: asOf, HorizonDays: horizon, JSON: true}, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		BackTests []struct {
			When  WhenReport `json:"when"`
			Churn struct{ AUC, Brier, LogLoss float64 }
		} `json:"back_tests"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	test := BackTest{When: &got.BackTests[0].When}
	test.Churn.AUC, test.Churn.Brier, test.Churn.LogLoss = got.BackTests[0].Churn.AUC, got.BackTests[0].Churn.Brier, got.BackTests[0].Churn.LogLoss
	return test
}

// TestDatesHoldWhatTheyPromise: on a night whose next 180 days are known, four of
// five orders come inside their interval.
func TestDatesHoldWhatTheyPromise(t *testing.T) {
	skipIfShort(t)
	shop := simulate.Config{Customers: 8000, Seed: 3, NoActions: true}
	when := backTested(t, simulated(t, shop), shop.End()-181, 90).When
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
	if covered := *all.Dates.Covered; covered < 0.77 || covered > 0.83 {
		t.Errorf("%.3f of the orders came inside the 80%% interval", covered)
	}
	for name, index := range all.CIndex {
		if strings.HasPrefix(name, "boosted") && index < 0.77 {
			t.Errorf("C-index of %s is %.3f", name, index)
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
	for _, h := range test.When.Groups[0].Horizons {
		if h.Days == 30 && !(*h.Brier <= 0.0485) {
			t.Errorf("Brier within 30 days is %.4f, want 0.0485 or less", *h.Brier)
		}
	}
}
