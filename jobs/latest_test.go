package jobs

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"perennial/pipeline/erasure"
	"perennial/pipeline/history"
)

// TestExtractsBuildOnTheLatest follows the record of the latest extract over a
// few nights: a torn or foreign one means that everything is read.
func TestExtractsBuildOnTheLatest(t *testing.T) {
	t.Parallel()
	cfg, end := youngShop(t)
	cfg.MaxAge = 14 // some of the nights are after the last order
	record := filepath.Join(cfg.Store, filepath.FromSlash(latestExtract))
	env := testEnv()
	// builds reports whether the night of a day builds on an earlier extract: only
	// then does it know which rows are new.
	builds := func(opts NightlyOptions) bool {
		t.Helper()
		summary, err := RunStep(t.Context(), cfg, StepExtract, opts, env)
		if err != nil {
			t.Fatal(err)
		}
		return summary.Extract.Source("orders").Arrivals != nil
	}
	if builds(NightlyOptions{AsOf: end}) {
		t.Error("the first extract builds on another")
	}
	if !builds(NightlyOptions{AsOf: end + 1}) {
		t.Error("the second extract reads everything")
	}
	if builds(NightlyOptions{AsOf: end + 2, FullRefresh: true}) {
		t.Error("a full refresh builds on an earlier extract")
	}
	newest, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if builds(NightlyOptions{AsOf: end - 1}) {
		t.Error("the night of an earlier day builds on a later extract")
	}
	if after, err := os.ReadFile(record); err != nil || string(after) != string(newest) {
		t.Errorf("the night of an earlier day changes the record to %s, %v", after, err)
	}
	for i, text := range []string{"", `{"extract":"../elsewhere"}`, `{"extract":"2020-01-01-0123456789abcdef"}`, string(newest[:len(newest)/2])} {
		if err := os.WriteFile(record, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if day := end + 3; builds(NightlyOptions{AsOf: day + history.Day(i)}) {
			t.Errorf("%q is built on", text)
		}
	}
}

// TestLatestExtractAfterCollectionAndElsewhere collects garbage between nights on a
// store elsewhere, and then takes the workspace away.
func TestLatestExtractAfterCollectionAndElsewhere(t *testing.T) {
	t.Parallel()
	cfg, end := youngShop(t)
	cfg.Store, cfg.Workspace = filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(t.TempDir(), "work")
	env := testEnv()
	night := func(asOf history.Day) *Summary {
		t.Helper()
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, env)
		if err != nil {
			t.Fatal(err)
		}
		return summary
	}
	night(end)
	if err := Collect(t.Context(), cfg, CollectOptions{}, env, io.Discard); err != nil {
		t.Fatal(err)
	}
	if night(end+1).Extract.Source("orders").Arrivals == nil {
		t.Error("after a collection everything is read")
	}
	if err := os.RemoveAll(cfg.Workspace); err != nil {
		t.Fatal(err)
	}
	if night(end+2).Extract.Source("orders").Arrivals != nil {
		t.Error("a machine without the workspace builds on what it does not have")
	}
	if !latestOrKept("latest.json", nil) || latestOrKept("2020-01-01-0123456789abcdef", nil) {
		t.Error("a collection takes the record of the latest extract, or keeps all extracts")
	}
}

// TestMemoryOfAnErasedCustomer: what an extract remembers is searched for a customer
// as its tables are.
func TestMemoryOfAnErasedCustomer(t *testing.T) {
	st := openFolder(t, t.TempDir())
	order := erasure.Order{By: "Ada", Reason: "asked for it", At: testEnv().Clock()}
	list, _, err := erasure.Append(t.Context(), st, "a key for tests alone", order, "c1")
	if err != nil {
		t.Fatal(err)
	}
	s := newSweep(st, list, nil, testEnv())
	const key = "history/2026-01-01-0123456789abcdef/memory/state.json"
	for text, want := range map[string]bool{
		"\"ab12\"\n" + `{"sources":[{"rejected":[{"value":"c1"}]}]}`: true,
		"\"ab12\"\n" + `{"sources":[{"rejected":[{"value":"c2"}]}]}`: false,
	} {
		if got := s.holds(key, []byte(text)); got != want {
			t.Errorf("%s: holds an erased customer: %v", text, got)
		}
	}
}
