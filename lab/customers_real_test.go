package lab

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// TestCustomersCDNOW compares everything that is published of the sample.
func TestCustomersCDNOW(t *testing.T) {
	result := cdnowResult(t)
	t.Run("fits", func(t *testing.T) { compareCDNOWFits(t, result) })
	t.Run("holdout", func(t *testing.T) { compareCDNOWHoldout(t, result) })
	t.Run("tracking", func(t *testing.T) { compareCDNOWTracking(t, result) })
	t.Run("chosen without the holdout", func(t *testing.T) { judgeCDNOWChoice(t, result) })
}

// judgeCDNOWChoice holds weeks 40 to 78 against what weeks 1 to 39 alone choose.
func judgeCDNOWChoice(t *testing.T, result customersJSON) {
	t.Helper()
	l := result.Rolling
	t.Logf("%s, recalibrated by %v; %s of %s: %+v", l.Order, l.Weight, l.NumberKind, l.Number, *l)
	if l.Brier > 0.161 || l.LogLoss > 0.505 || l.MAE > 0.745 {
		t.Errorf("Brier %v, log loss %v, MAE of orders %v; want 0.161, 0.505 and 0.745 at most", l.Brier, l.LogLoss, l.MAE)
	}
	approximately(t, "mean probability", l.MeanOrder, *result.Actual.Held.Rate, 0.01)
}

// cdnowResult runs the command on the CDNOW sample as Fader, Hardie & Lee (2005)
// cut it, or skips the test.
func cdnowResult(t *testing.T) customersJSON {
	t.Helper()
	realTable(t, "cdnow_sample.csv.gz")
	return customersJSONOf(t, CustomersOptions{
		Orders:         filepath.Join("..", "..", "shared", "data", "cdnow_sample.csv.gz"),
		CalibrateUntil: "1997-09-30", HoldoutUntil: "1998-06-30",
	})
}

func goldenJSON(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "golden", name))
	if err != nil {
		t.Skipf("golden values are not here: %v", err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

// compareCDNOWFits compares likelihoods and parameters with the published
// ones and with an independent reference.
func compareCDNOWFits(t *testing.T, result customersJSON) {
	t.Helper()
	if result.Customers != 2357 || result.Actual.Tracking.AtCalibrationEnd != 2457 || result.Actual.Held.Orders != 1882 {
		t.Errorf("%d customers, %v repeat orders, %v held out", result.Customers, result.Actual.Tracking.AtCalibrationEnd, result.Actual.Held.Orders)
	}
	approximately(t, "revenue held out", result.Actual.Held.Revenue, 70976.39, 1e-6)
	for name, want := range map[string]float64{"BG/NBD": -9582.429207, "MBG/NBD": -9582.135716, "Pareto/NBD": -9594.976179} {
		approximately(t, name+" log-likelihood", result.model(t, name).LogLikelihood, want, 1e-4)
	}
	approximately(t, "Gamma-Gamma log-likelihood", result.OrderValues.LogLikelihood, -4055.917695, 1e-4)
	for i, want := range []float64{.24259452, 4.4136020, .79292202, 2.4259068} {
		approximately(t, "BG/NBD estimate", result.model(t, "BG/NBD").Estimates[i].Value, want, 1e-4*want)
	}
	// Histogram fits of Table 3.
	approximately(t, "BG/NBD chi-square", result.model(t, "BG/NBD").ChiSquare, 4.82, 0.005)
	approximately(t, "BG/NBD p", *result.model(t, "BG/NBD").P, 0.19, 0.005)
	approximately(t, "Pareto/NBD chi-square", result.model(t, "Pareto/NBD").ChiSquare, 11.99, 0.005)
	approximately(t, "Pareto/NBD p", *result.model(t, "Pareto/NBD").P, 0.007, 0.0005)
}

// compareCDNOWHoldout compares every table of weeks 40 to 78.
func compareCDNOWHoldout(t *testing.T, result customersJSON) {
	t.Helper()
	var golden struct {
		Metrics map[string]json.RawMessage `json:"metrics"`
	}
	goldenJSON(t, "cdnow_sample_holdout.json", &golden)
	byFrequency := map[string]map[string]float64{}
	if err := json.Unmarshal(golden.Metrics["by_freq"], &byFrequency); err != nil {
		t.Fatal(err)
	}
	published := map[string][3]float64{ // Brier, log loss, AUC of an order or more
		"NBD": {.18206, .57447, .7739}, "BG/NBD": {.16122, .50555, .7569}, "MBG/NBD": {.16141, .50530, .7601}, "Pareto/NBD": {.16187, .50843, .7712},
	}
	for column, name := range map[string]string{"nbd": "NBD", "bg": "BG/NBD", "mbg": "MBG/NBD", "pnbd": "Pareto/NBD"} {
		var want map[string]float64
		if err := json.Unmarshal(golden.Metrics[column], &want); err != nil {
			t.Fatal(err)
		}
		h := result.model(t, name).Held
		approximately(t, name+" sum", h.Sum, want["pred"], 1e-3)
		approximately(t, name+" bias", 100**h.Bias, want["bias_pct"], 1e-4)
		approximately(t, name+" MAE", h.MAE, want["mae"], 1e-6)
		approximately(t, name+" RMSE", h.RMSE, want["rmse"], 1e-6)
		approximately(t, name+" correlation", *h.Correlation, want["corr"], 1e-6)
		approximately(t, name+" Brier", h.Brier, published[name][0], 1e-5)
		approximately(t, name+" log loss", h.LogLoss, published[name][1], 2e-4) // NBD was not fitted on ages there
		approximately(t, name+" AUC", *h.AUC, published[name][2], 1e-4)
		if name != "NBD" {
			approximately(t, name+" AUC of P(alive)", *h.AliveAUC, want["auc_palive_any"], 1e-5)
			approximately(t, name+" revenue", *h.Revenue, want["usd_pred"], 0.1)
			for n, mean := range h.Means {
				approximately(t, name+" by frequency "+strconv.Itoa(n), *mean, byFrequency[strconv.Itoa(n)][column], 1e-5)
			}
		}
	}
	if want := []int{1411, 439, 214, 100, 62, 38, 29, 64}; !slices.Equal(result.Actual.Held.Customers, want) {
		t.Errorf("customers by repeat orders are %v, want %v", result.Actual.Held.Customers, want)
	}
}

// compareCDNOWTracking compares all 78 weeks.
func compareCDNOWTracking(t *testing.T, result customersJSON) {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "golden", "cdnow_sample_tracking_78w.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("golden values are not here: %v", err)
	}
	rows := readRecords(t, path)[1:]
	number := func(text string) float64 {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if len(rows) != len(result.Actual.Tracking.Cumulative) {
		t.Fatalf("%d weeks, want %d", len(result.Actual.Tracking.Cumulative), len(rows))
	}
	for week, row := range rows {
		if got := result.Actual.Tracking.Cumulative[week]; got != number(row[1]) {
			t.Errorf("week %d: %v orders, want %s", week+1, got, row[1])
		}
		for j, name := range []string{"BG/NBD", "MBG/NBD", "Pareto/NBD"} {
			approximately(t, name+" in week "+row[0], result.model(t, name).Tracking.Cumulative[week], number(row[2+j]), 2e-3)
		}
	}
	for name, percent := range map[string]float64{"BG/NBD": -4.11, "MBG/NBD": -6.66, "Pareto/NBD": -1.59} {
		end := result.model(t, name).Tracking.AtHoldoutEnd
		approximately(t, name+" at the end", math.Round(1e4*(end/4339-1))/100, percent, 1e-9)
	}
}
