package jobs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// realData returns the path of a file of real data that is kept beside the
// project, or skips the test.
func realData(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "shared", "data", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs real data: %v", err)
	}
	return path
}

// TestOnlineRetail judges the night of 2011-09-10 by the 90 days after it. Days
// since the last order alone have an AUC of 0.692.
func TestOnlineRetail(t *testing.T) {
	skipIfShort(t)
	realData(t, "online_retail_visible.csv.gz")
	cfg := load(t, filepath.Join("..", "testdata", "online_retail", "perennial.yaml"))
	cfg.Train.Guests = new(false)
	var out bytes.Buffer
	asOf, err := history.ParseDay("2011-09-10")
	if err != nil {
		t.Fatal(err)
	}
	if err := Evaluate(t.Context(), cfg, EvaluateOptions{AsOf: asOf, HorizonDays: 90, JSON: true}, testEnv(), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		BackTests []struct {
			Customers int
			Churn     struct{ AUC, Brier float64 }
		} `json:"back_tests"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	test := got.BackTests[0]
	if test.Customers != 1675 {
		t.Errorf("%d customers judged, want 1675", test.Customers)
	}
	if test.Churn.AUC < 0.745 || test.Churn.Brier > 0.207 {
		t.Errorf("churn AUC %.4f and Brier %.4f, want 0.745 or more and 0.207 or less", test.Churn.AUC, test.Churn.Brier)
	}
}

// TestNegativeControl runs a night over a generated table in which nobody
// churns: nobody may be called lost, and the summary must say that there was
// nothing to learn.
func TestNegativeControl(t *testing.T) {
	skipIfShort(t)
	cfg := Config{Config: extract.Config{Sources: extract.Sources{Orders: extract.Source{
		Files: []string{realData(t, "retail_data_transactions_kaggle.csv.gz")},
		SQL:   "SELECT customer_id, customer_id || trans_date AS order_id, trans_date AS ordered_at, tran_amount AS amount FROM input",
	}}}}
	cfg.Train.Guests = new(false)
	cfg.Train.Cutoffs, cfg.Train.MaxRows = 2, 40_000 // fewer rows give chance more to find, not less
	cfg, err := cfg.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := history.ParseDay("2015-03-17")
	if err != nil {
		t.Fatal(err)
	}
	summary := runNight(t, cfg, asOf)
	for _, row := range published(t, summary.Store) {
		if row.ChurnRisk == "lost" || row.LifecycleStage == "lost" {
			t.Fatalf("customer %s is called lost", row.CustomerID)
		}
	}
	if !strings.Contains(strings.Join(summary.Notes, "\n"), "not learnable") {
		t.Errorf("notes %q do not say that churn is not learnable", summary.Notes)
	}
}
