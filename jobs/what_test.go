package jobs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/nextpurchase"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/simulate"
)

// opened extracts a simulated shop whole and opens it as of asOf.
func opened(t testing.TB, cfg Config, asOf, end history.Day) *shop {
	t.Helper()
	dir := t.TempDir()
	if _, err := extract.Run(t.Context(), cfg.Config, end, dir, nil); err != nil {
		t.Fatal(err)
	}
	s, err := openShop(t.Context(), cfg, asOf, dir, testEnv().Progress)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

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

// TestRecommendersAreJudged judges a past night: champions were chosen before it,
// and what is published beats the floors after it.
func TestRecommendersAreJudged(t *testing.T) {
	shop := simulate.Config{Customers: 3000, Days: 500, Seed: 3}
	cfg := simulated(t, shop)
	asOf := shop.End() - 60
	s := opened(t, cfg, asOf, shop.End())
	report, err := s.judgeWhat(t.Context(), 60, shop.End(), testEnv().Progress)
	if err != nil {
		t.Fatal(err)
	}
	judgeDueDates(t, report.Due)
	for k, judged := range report.Levels {
		if board := report.Boards[k]; board.Cutoff+trialDays > asOf || board.Champion != judged.Champion {
			t.Errorf("%s: chosen as of %s, judged as of %s", judged.Champion, board.Cutoff, asOf)
		}
		recall := map[string]float64{}
		for _, candidate := range judged.Candidates {
			recall[candidate.Candidate] = candidate.Groups[0].At5.Recall
		}
		// Personal frequency is so good here that on so few customers it may be ahead.
		if recall[judged.Champion] < recall["frequency"]-.005 || recall[judged.Champion] < recall["popularity"]+.1 {
			t.Errorf("%s by %s: recall %v", judged.Level, judged.Champion, recall)
		}
		if judged.Predicted == nil || *judged.ECE > .08 {
			t.Errorf("%s by %s: probabilities %v, ECE %v", judged.Level, judged.Champion, judged.Predicted, judged.ECE)
		}
	}
	var text bytes.Buffer
	report.print(&text)
	for _, want := range []string{"The next product, judged on", "The next category, judged on", "popularity", "frequency", "repeat", "next_overdue", "recall@5, orders 3+ (", "came true, ECE", "is ranked by"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, &text)
		}
	}
	if _, err := json.Marshal(report); err != nil {
		t.Error(err)
	}
}

// TestWhatIsTheSameOnAnyCores gathers, chooses and judges on one core and on many.
func TestWhatIsTheSameOnAnyCores(t *testing.T) {
	shop := simulate.Config{Customers: 1500, Days: 400, Seed: 8}
	cfg := simulated(t, shop)
	cfg.Buckets = 8
	dir := t.TempDir()
	if _, err := extract.Run(t.Context(), cfg.Config, shop.End(), dir, nil); err != nil {
		t.Fatal(err)
	}
	judge := func() string {
		s, err := openShop(t.Context(), cfg, shop.End()-60, dir, testEnv().Progress)
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.judgeWhat(t.Context(), 60, shop.End(), testEnv().Progress)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := judge()
	runtime.GOMAXPROCS(4)
	if diff := cmp.Diff(one, judge()); diff != "" {
		t.Errorf("(-one core +four):\n%s", diff)
	}
}

// TestNightSaysWhat runs a night and reads back what it says of next orders, in the
// scores, in the report and in an explanation.
func TestNightSaysWhat(t *testing.T) {
	shop := simulate.Config{Customers: 1200, Days: 450, Seed: 6}
	cfg := simulated(t, shop)
	guests := false
	cfg.Train.Guests = &guests
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

// TestOnlineRetailWhat judges the night of 2011-09-10 of a gift wholesaler, whose
// customers mostly buy what they bought before.
func TestOnlineRetailWhat(t *testing.T) {
	skipIfShort(t)
	realData(t, "online_retail_visible.csv.gz")
	asOf, err := history.ParseDay("2011-09-10")
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, load(t, filepath.Join("..", "testdata", "online_retail", "perennial.yaml")), asOf, asOf+90)
	report, err := s.judgeWhat(t.Context(), 90, asOf+90, testEnv().Progress)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Levels) != 2 || report.Boards[0].Champion != "next" {
		t.Fatalf("%d levels, products ranked by %s", len(report.Levels), report.Boards[0].Champion)
	}
	judgeDueDates(t, report.Due)
	for k := range report.Levels {
		for _, candidate := range report.Levels[k].Candidates {
			all := candidate.Groups[0]
			t.Logf("%s by %s: recall@5 %.4f, recall@10 %.4f, NDCG@10 %.4f", report.Levels[k].Level, candidate.Candidate, all.At5.Recall, all.At10.Recall, all.At10.NDCG)
		}
	}
	for _, candidate := range report.Levels[0].Candidates {
		all := candidate.Groups[0]
		if candidate.Candidate == "next" && (all.At5.Recall < .094 || all.At10.Recall < .144) {
			t.Errorf("next has a recall of %.4f and %.4f", all.At5.Recall, all.At10.Recall)
		}
	}
	if products := &report.Levels[0]; *products.ECE > .03 {
		t.Errorf("probabilities %.3f, came true %.3f, ECE %.3f", *products.Predicted, *products.Observed, *products.ECE)
	}
}

// judgeDueDates holds P(bought within 30 days) to what was bought, and what is due to
// what is due by each customer's own median gap.
func judgeDueDates(t *testing.T, d *nextpurchase.DueReport) {
	t.Helper()
	if d == nil || d.Due.Bought == nil || d.OwnGap.Bought == nil {
		t.Fatalf("due dates are not judged: %+v", d)
	}
	t.Logf("of %d products %.4f were bought, predicted %.4f, ECE %.4f, AUC %.4f, Brier %.4f of %.4f", d.Cases, d.Bought, d.Mean, d.ECE, d.AUC, d.Brier, d.Base)
	t.Logf("due %d: %.4f bought; by own gap %d: %.4f; as many by probability: %.4f", d.Due.Cases, *d.Due.Bought, d.OwnGap.Cases, *d.OwnGap.Bought, *d.Likeliest.Bought)
	if ratio := d.Mean / d.Bought; ratio < 0.7 || ratio > 1.3 || d.ECE > 0.05 || d.Brier > d.Base || d.AUC < 0.65 {
		t.Errorf("probabilities: %+v", d)
	}
	if *d.Due.Bought < *d.OwnGap.Bought+0.03 {
		t.Errorf("of what was due %.4f were bought, by own gaps %.4f", *d.Due.Bought, *d.OwnGap.Bought)
	}
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
