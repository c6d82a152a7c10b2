package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

func backfill(t *testing.T, cfg Config, opts BackfillOptions, env command.Env) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Backfill(t.Context(), cfg, opts, env, &out)
	return out.String(), err
}

// commitOf returns the newest commit of a past day.
func commitOf(t *testing.T, cfg Config, day history.Day) *publish.Reader {
	t.Helper()
	st, err := store.OpenToRead(cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := publish.Head(t.Context(), store.Within(st, seriesOf(day)))
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// TestBackfillKnowsNoMoreThanTheDay: a past day is scored as it would have been by
// a shop whose exports ended there, by models of that day or before, and the newest
// commit does not move.
func TestBackfillKnowsNoMoreThanTheDay(t *testing.T) {
	t.Parallel()
	cfg, end := wholeShop(t)
	env := testEnv()
	if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: end}, env); err != nil {
		t.Fatal(err)
	}
	before := published(t, cfg.Store)
	first := end - 10
	if out, err := backfill(t, cfg, BackfillOptions{From: first, To: first + 7}, env); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(before, published(t, cfg.Store)); diff != "" {
		t.Errorf("the newest commit has moved (-before +after):\n%s", diff)
	}

	cut := cutShop(t, cfg, first)
	if _, err := Nightly(t.Context(), cut, NightlyOptions{AsOf: first}, testEnv()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(published(t, cut.Store), published(t, filepath.Join(cfg.Store, seriesOf(first)))); diff != "" {
		t.Errorf("the day knew more than there was (-then +backfilled):\n%s", diff)
	}

	// train.every is 7 days: the second to the seventh day use the models of the
	// first, the eighth its own.
	models := func(day history.Day) map[string]string { return commitOf(t, cfg, day).Commit.Models }
	if len(models(first)) == 0 {
		t.Fatal("no models")
	}
	for day := first + 1; day < first+7; day++ {
		if diff := cmp.Diff(models(first), models(day)); diff != "" {
			t.Errorf("%s: other models than the first day's: %s", day, diff)
		}
	}
	for question, version := range models(first + 7) {
		if !strings.HasPrefix(version, (first + 7).String()) {
			t.Errorf("%s of %s is of version %s", question, first+7, version)
		}
	}
	for _, row := range published(t, filepath.Join(cfg.Store, seriesOf(first+1))) {
		if row.ChurnProbability != nil && row.Change == nil {
			t.Errorf("%s: nothing about the day before", row.CustomerID)
		}
	}
	if left, err := filepath.Glob(filepath.Join(cfg.Store, "backfill", "*", "history")); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}

	// An earlier day takes nothing from the later ones.
	if _, err := backfill(t, cfg, BackfillOptions{From: first - 3, To: first - 3}, env); err != nil {
		t.Fatal(err)
	}
	for question, version := range models(first - 3) {
		if version > (first - 2).String() {
			t.Errorf("%s of %s is of version %s", question, first-3, version)
		}
	}
}

// TestBackfillGoesOnAfterAFailure: a day that fails is on record, and what is done
// again is what was asked for.
func TestBackfillGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	cfg, end := youngShop(t)
	env := testEnv()
	if err := os.Rename(filepath.Join(cfg.BaseDir, "orders.csv"), filepath.Join(cfg.BaseDir, "whole.csv")); err != nil {
		t.Fatal(err)
	}
	cutFile(t, filepath.Join(cfg.BaseDir, "whole.csv"), filepath.Join(cfg.BaseDir, "orders.csv"), end-20)
	cfg.MaxAge = 4 // the export has stopped: its newest order is three days before the first of these
	days := BackfillOptions{From: end - 20, To: end - 17}
	out, err := backfill(t, cfg, days, env)
	if command.ExitCode(err) != command.ExitInput || !strings.Contains(err.Error(), "--reprocess failed") {
		t.Fatalf("%v (exit %d)\n%s", err, command.ExitCode(err), out)
	}
	published, failed := strings.Count(out, ": published as commit"), strings.Count(out, ": failed:")
	if published == 0 || failed == 0 || published+failed != 4 {
		t.Fatalf("of four days %d are published and %d failed:\n%s", published, failed, out)
	}
	if out, err := backfill(t, cfg, days, env); err != nil || strings.Count(out, ": left as it is") != 4 {
		t.Errorf("again: %v\n%s", err, out)
	}
	if err := os.Rename(filepath.Join(cfg.BaseDir, "whole.csv"), filepath.Join(cfg.BaseDir, "orders.csv")); err != nil {
		t.Fatal(err)
	}
	days.Reprocess = ReprocessFailed
	if out, err := backfill(t, cfg, days, env); err != nil || strings.Count(out, ": published as commit 1") != failed || strings.Count(out, ": left as it is") != published {
		t.Errorf("the failed days: %v\n%s", err, out)
	}
	days.Reprocess = ReprocessAll
	if out, err := backfill(t, cfg, days, env); err != nil || strings.Count(out, ": published as commit 2") != published || strings.Count(out, ": already published as commit 1") != failed {
		t.Errorf("all days, whose sources have changed for some: %v\n%s", err, out)
	}
	if left, err := filepath.Glob(filepath.Join(cfg.Store, "backfill", "*", failedKey)); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestANightAfterMissedOnes(t *testing.T) {
	t.Parallel()
	for _, catchup := range []Catchup{CatchupLatest, CatchupAll} {
		cfg, end := youngShop(t)
		cfg.Catchup = catchup
		env := testEnv()
		var summary *Summary
		for _, day := range []history.Day{end - 3, end} {
			var err error
			if summary, err = Nightly(t.Context(), cfg, NightlyOptions{AsOf: day}, env); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]history.Day{end - 2, end - 1}, summary.Missed); diff != "" {
			t.Error(diff)
		}
		filled, err := filepath.Glob(filepath.Join(cfg.Store, "backfill", "*", "CURRENT.json"))
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(summary.Notes, "\n")
		switch catchup {
		case CatchupLatest:
			if len(filled) != 0 || !strings.Contains(said, "perennial backfill --from "+(end-2).String()+" --to "+(end-1).String()) {
				t.Errorf("latest: filled %v and said %s", filled, said)
			}
		case CatchupAll:
			if len(filled) != 2 || !strings.Contains(said, "were filled") {
				t.Errorf("all: filled %v and said %s", filled, said)
			}
		}
	}
}
