package evaluate

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBinaryCollectsTheMeasures(t *testing.T) {
	y, p, weights := forty()
	r := WeightedBinary(y, p, weights)
	a, b := Calibration(y, p, weights)
	for _, m := range []struct {
		name      string
		got, want float64
	}{
		{"rows", r.Rows, 79}, {"rate", r.Rate, 41. / 79}, {"log loss", r.LogLoss, LogLoss(y, p, weights)},
		{"Brier", r.Brier, Brier(y, p, weights)}, {"AUC", r.AUC, AUC(y, p, weights)},
		{"average precision", r.AveragePrecision, AveragePrecision(y, p, weights)},
		{"ECE", r.ECE, ECE(y, p, weights, 20)}, {"slope", r.CalibrationSlope, b}, {"offset", r.CalibrationOffset, a},
		{"in the large", r.InTheLarge, InTheLarge(y, p, weights)},
		{"capture", r.Capture10, r.Deciles[0].Captured}, {"lift", r.Lift10, r.Deciles[0].Lift},
	} {
		near(t, m.name, m.got, m.want, 1e-9)
	}
	if len(r.Deciles) != 10 {
		t.Errorf("%d deciles", len(r.Deciles))
	}
	if diff := cmp.Diff(WeightedBinary(y, p, nil), Binary(y, p)); diff != "" {
		t.Error(diff)
	}
}

func TestReportsSurviveJSON(t *testing.T) {
	y, p, _ := forty()
	for name, r := range map[string]Report{
		"usual": Binary(y, p), "empty": Binary(nil, nil), "one class": Binary([]float64{0, 0}, []float64{0.1, 0.2}),
	} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var read Report
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, read, approximately()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestUndefinedMeasuresAreNull(t *testing.T) {
	for name, v := range map[string]any{
		`"auc":null`:        Binary(nil, nil),
		`"deciles":null`:    Binary(nil, nil),
		`"lift":null`:       Bin{Lift: nan},
		`"difference":null`: Interval{Difference: nan},
		`"ndcg_full":null`:  MeanBasket(nil),
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), name) {
			t.Errorf("no %s in %s", name, text)
		}
	}
}

func TestUnreadableReportsAreErrors(t *testing.T) {
	for _, text := range []string{`[]`, `{"auc":"high"}`, `{"deciles":7}`, `{"deciles":[{"lift":"x"}]}`} {
		var r Report
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("accepted %s", text)
		}
	}
}

func TestReportIsReadable(t *testing.T) {
	y, p, _ := forty()
	text := Binary(y, p).String()
	for _, want := range []string{"auc   0.4900", "decile", "observed"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
