package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/simulate"
)

// publisherOf returns what runs a night of a shop and wants it published.
func publisherOf(t *testing.T, cfg Config) func(day history.Day) *Summary {
	return func(day history.Day) *Summary {
		t.Helper()
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: day}, envOf(day))
		if err != nil || summary.Outcome != "published" {
			t.Fatal(summary, err)
		}
		return summary
	}
}

// TestANightWithoutItsModelsTrainsAnew damages the only champion of a question. The
// next night, which was not to train, trains, says why, and publishes.
func TestANightWithoutItsModelsTrainsAnew(t *testing.T) {
	shop := simulate.Config{Customers: 150, Days: 400, Seed: 3}
	cfg := simulated(t, shop)
	cfg.Sources.Engagements.Files, cfg.Train.Cutoffs = nil, 2
	cfg.Store = filepath.Join(t.TempDir(), "store")
	night := publisherOf(t, cfg)
	night(shop.End() - 3)
	champions, err := filepath.Glob(filepath.Join(cfg.Store, "models/*/*/model.json"))
	if err != nil || len(champions) == 0 {
		t.Fatal(champions, err)
	}
	damageFile(t, champions[0])
	summary := night(shop.End() - 2)
	if len(summary.Trained) == 0 || !strings.Contains(strings.Join(summary.Notes, " "), "were trained anew") {
		t.Errorf("%d boards, notes %q", len(summary.Trained), summary.Notes)
	}
	if summary := night(shop.End() - 1); len(summary.Trained) != 0 {
		t.Error("the night after trains once more")
	}
}

// TestWhatIsStagedBelongsToACommit stages scores, publishes another night and is
// refused: what is staged says what has changed since a commit that is not the newest.
func TestWhatIsStagedBelongsToACommit(t *testing.T) {
	cfg, end := youngShop(t)
	night := publisherOf(t, cfg)
	night(end - 3)
	stage := func(day history.Day) {
		t.Helper()
		if _, err := RunStep(t.Context(), cfg, StepScore, NightlyOptions{AsOf: day}, envOf(day)); err != nil {
			t.Fatal(err)
		}
	}
	stage(end - 1)
	night(end - 2)
	if _, err := PublishStaged(t.Context(), cfg, NightlyOptions{}, envOf(end-1)); command.ExitCode(err) != command.ExitTry || !strings.Contains(err.Error(), "run perennial score again") {
		t.Fatalf("published on another commit: %v", err)
	}
	stage(end - 1)
	for _, want := range []string{"published", "already published"} {
		if summary, err := PublishStaged(t.Context(), cfg, NightlyOptions{}, envOf(end-1)); err != nil || summary.Outcome != want {
			t.Errorf("%v, %v, want it %s", summary, err, want)
		}
	}
}

// TestFeaturesOfFewerBuckets runs a day again with fewer buckets: no part of the first
// run is left, which would show customers twice.
func TestFeaturesOfFewerBuckets(t *testing.T) {
	cfg, end := youngShop(t)
	cfg.Buckets = 4
	if _, err := RunStep(t.Context(), cfg, StepFeatures, NightlyOptions{AsOf: end}, envOf(end)); err != nil {
		t.Fatal(err)
	}
	cfg.Buckets = 1
	publisherOf(t, cfg)(end)
	parts, err := filepath.Glob(filepath.Join(cfg.Store, "features/*/*"))
	if err != nil || len(parts) != 1 {
		t.Errorf("parts %q, %v, want one", parts, err)
	}
}

// TestDaysThatWereUndone: nights that a rollback has undone were not missed; their
// days can be filled, and are read from then on.
func TestDaysThatWereUndone(t *testing.T) {
	cfg, end := youngShop(t)
	night := publisherOf(t, cfg)
	for day := end - 5; day < end-1; day++ {
		night(day)
	}
	var out bytes.Buffer
	if err := Rollback(t.Context(), cfg, RollbackOptions{To: 1, Reason: "prices", By: "Ada"}, envOf(end-1), &out); err != nil {
		t.Fatal(err)
	}
	if summary := night(end); len(summary.Missed) != 1 || summary.Missed[0] != end-1 {
		t.Errorf("missed %v, want the day before alone", summary.Missed)
	}
	scoresOf := func(day history.Day) string {
		t.Helper()
		var text bytes.Buffer
		if err := Scores(t.Context(), cfg, ScoresOptions{AsOf: day, Format: "csv"}, &text); err != nil {
			return err.Error()
		}
		return text.String()
	}
	if text := scoresOf(end - 3); !strings.Contains(text, "there are no scores of") {
		t.Errorf("the scores of a night that was undone: %.200s", text)
	}
	if err := Backfill(t.Context(), cfg, BackfillOptions{From: end - 3, To: end - 3}, envOf(end+1), &out); err != nil {
		t.Fatal(err)
	}
	if text := scoresOf(end - 3); !strings.Contains(text, (end - 3).String()) {
		t.Errorf("the scores of the day that was filled: %.200s", text)
	}
}

// TestBackfillGoesOnPastDamage: a day whose record is damaged fails and the others go on;
// days that are published already are said to be, without figures of a night.
func TestBackfillGoesOnPastDamage(t *testing.T) {
	cfg, end := youngShop(t)
	var out bytes.Buffer
	fill := func(opts BackfillOptions) error {
		out.Reset()
		opts.From, opts.To = end-3, end-1
		return Backfill(t.Context(), cfg, opts, envOf(end), &out)
	}
	if err := fill(BackfillOptions{}); err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(cfg.Store, seriesOf(end-2), "commits", firstCommit)
	whole := must(os.ReadFile(record))
	damageFile(t, record)
	if err := os.RemoveAll(filepath.Join(cfg.Store, seriesOf(end-1))); err != nil {
		t.Fatal(err)
	}
	if err := fill(BackfillOptions{}); err == nil || !strings.Contains(err.Error(), "1 of 3 days failed, first "+(end-2).String()) {
		t.Errorf("behind a damaged record: %v", err)
	}
	if want := (end - 1).String() + ": "; !strings.Contains(out.String(), want) {
		t.Errorf("the day after it is not tried:\n%s", &out)
	}
	if err := os.WriteFile(record, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fill(BackfillOptions{Reprocess: ReprocessAll}); err != nil || strings.Contains(out.String(), "0 customers") {
		t.Errorf("%v\n%s", err, &out)
	}
}
