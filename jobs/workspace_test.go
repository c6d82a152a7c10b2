package jobs

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAMachineWithoutTheWorkspace: a store elsewhere holds all that a new machine
// needs. It fetches the history instead of reading the sources again, finds damage,
// and publishes the same scores.
func TestAMachineWithoutTheWorkspace(t *testing.T) {
	t.Parallel()
	cfg, asOf := youngShop(t)
	here := runNight(t, cfg, asOf)
	cfg.Store = filepath.Join(t.TempDir(), "elsewhere")
	cfg.Workspace = filepath.Join(t.TempDir(), "work")
	env := testEnv()
	night := func() string {
		t.Helper()
		var log bytes.Buffer
		env.Log = slog.New(slog.NewTextHandler(&log, nil))
		if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf, Force: true}, env); err != nil {
			t.Fatal(err)
		}
		return log.String()
	}
	night()
	if diff := cmp.Diff(parts(t, here.Store), parts(t, cfg.Store)); diff != "" {
		t.Errorf("parts differ (-store in its own folder +elsewhere):\n%s", diff)
	}
	const fetched, damaged = "extract is there already", "the extract in the store is of no use"
	if err := os.RemoveAll(cfg.Workspace); err != nil {
		t.Fatal(err)
	}
	if log := night(); !strings.Contains(log, fetched) {
		t.Errorf("a new machine read the sources again:\n%s", log)
	}
	var out bytes.Buffer
	if err := os.RemoveAll(cfg.Workspace); err != nil {
		t.Fatal(err)
	}
	if err := Explain(t.Context(), cfg, published(t, cfg.Store)[0].CustomerID, &out); err != nil || !strings.Contains(out.String(), "The newest lines:") {
		t.Errorf("explain on a new machine: %v\n%s", err, out.String())
	}
	buckets, err := filepath.Glob(filepath.Join(cfg.Store, "history", "*", "orders", "bucket-00001.parquet"))
	if err != nil || len(buckets) != 1 {
		t.Fatal(buckets, err)
	}
	if err := os.WriteFile(buckets[0], []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if log := night(); !strings.Contains(log, damaged) || strings.Contains(log, fetched) {
		t.Errorf("a damaged extract was taken as it is:\n%s", log)
	}
	if err := os.RemoveAll(cfg.Workspace); err != nil {
		t.Fatal(err)
	}
	before := published(t, cfg.Store)
	if log := night(); !strings.Contains(log, fetched) {
		t.Errorf("the extract was not put in its place again:\n%s", log)
	}
	if diff := cmp.Diff(before, published(t, cfg.Store)); diff != "" {
		t.Errorf("scores of a new machine differ (-before +now):\n%s", diff)
	}
}
