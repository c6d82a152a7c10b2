package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"perennial/pipeline/history"
	"perennial/simulate"
)

// TestExtractsBuildOnTheLatest follows the record of the latest extract over a
// few nights: a torn or foreign one means that everything is read.
func TestExtractsBuildOnTheLatest(t *testing.T) {
	cfg := simulated(t, simulate.Config{Customers: 60, Days: 200, Seed: 9})
	cfg.Store = filepath.Join(t.TempDir(), "store")
	record := filepath.Join(cfg.Store, filepath.FromSlash(latestExtract))
	end, env := simulate.Config{Days: 200}.End(), testEnv()
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
