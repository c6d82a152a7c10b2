package jobs

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/nextpurchase"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/simulate"
)

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
