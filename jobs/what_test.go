package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/simulate"
)

func TestTrialsStandStillForFourWeeks(t *testing.T) {
	changes := 0
	for asOf := history.Day(-300); asOf < 300; asOf++ {
		cutoff := trialCutoff(asOf)
		if age := asOf - cutoff; age < trialDays || age >= trialDays+trialStep {
			t.Fatalf("as of %d the trial is %d days old", asOf, age)
		}
		if cutoff != trialCutoff(asOf+1) {
			changes++
		}
	}
	if changes != 600/trialStep && changes != 600/trialStep+1 {
		t.Errorf("%d changes in 600 days", changes)
	}
}

// TestNightSaysWhat runs a night and reads back what it says of next orders, in the
// scores, in the report and in an explanation.
func TestNightSaysWhat(t *testing.T) {
	shop := simulate.Config{Customers: 1200, Days: 450, Seed: 6}
	cfg := rulesOnly(simulated(t, shop))
	cfg.Store = filepath.Join(t.TempDir(), "store")
	summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: shop.End()}, testEnv())
	if err != nil {
		t.Fatal(err)
	}
	withdrawn := withdrawnProducts(t, filepath.Join(cfg.BaseDir, "products.csv"))
	if len(withdrawn) == 0 {
		t.Fatal("the simulated shop sells everything: nothing is tested")
	}
	due, likely := 0, 0
	var shown publish.Score
	for _, row := range published(t, cfg.Store) {
		if slices.ContainsFunc(row.NextProducts, func(id string) bool { return withdrawn[id] }) {
			t.Fatalf("%s is recommended %v", row.CustomerID, row.NextProducts)
		}
		likely += len(row.NextProductProbabilities)
		if len(row.NextProducts) != 5 || len(row.NextProductReasons) != 5 || len(row.NextCategories) != 3 || len(row.NextCategoryReasons) != 3 {
			t.Fatalf("%s: %v, %v", row.CustomerID, row.NextProducts, row.NextCategories)
		}
		if row.ReplenishDueDate != nil {
			due++
			shown = row
			if withdrawn[row.ReplenishProduct] || *row.ReplenishDueDate < row.AsOf {
				t.Fatalf("%s: %s is due", row.CustomerID, row.ReplenishProduct)
			}
		}
	}
	if due < 50 || likely < 1000 {
		t.Errorf("%d customers have something due, %d recommendations a probability", due, likely)
	}
	var printed, explained bytes.Buffer
	if err := summary.Print(&printed); err != nil || !strings.Contains(printed.String(), "each next product is ranked by "+summary.What[0].Champion) {
		t.Errorf("the summary does not say who ranks: %v\n%s", err, &printed)
	}
	if err := Explain(t.Context(), cfg, shown.CustomerID, &explained); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(cfg.Store, "runs", summary.RunID, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"next product " + shown.NextProducts[0] + " (", shown.NextProductReasons[0], shown.NextCategoryReasons[2], "due on ", shown.ReplenishReason} {
		if !strings.Contains(explained.String(), want) {
			t.Errorf("the explanation of %s does not say %q:\n%s", shown.CustomerID, want, &explained)
		}
	}
	if !strings.Contains(string(page), "What comes next") || !strings.Contains(string(page), summary.Samples[0].NextProductReasons[0]) {
		t.Error("the report does not say what comes next")
	}
}

// withdrawnProducts reads which products are not available.
func withdrawnProducts(t *testing.T, name string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	withdrawn := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		withdrawn[cells[0]] = cells[4] == "false"
	}
	for id, gone := range withdrawn {
		if !gone {
			delete(withdrawn, id)
		}
	}
	return withdrawn
}

// TestYoungShopGetsFloors: a shop of a few weeks is given what customers bought and
// what is popular, without probabilities.
func TestYoungShopGetsFloors(t *testing.T) {
	shop := simulate.Config{Customers: 100, Days: 400, Seed: 4}
	cfg := simulated(t, shop)
	s := opened(t, cfg, shop.End()-395, shop.End())
	what, boards, err := s.recommender(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if boards[0].Champion != "frequency" || boards[0].Recall != nil {
		t.Errorf("%+v", boards[0])
	}
	bucket, err := s.extract.Bucket(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	view := bucket.Histories[0].At(s.asOf)
	var row publish.Score
	what.Recommender().Fill(&row, &view)
	if len(row.NextProductReasons) == 0 || row.NextProductProbabilities != nil || row.NextCategoryProbabilities != nil {
		t.Errorf("%+v", row)
	}
}
