package jobs

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// age makes everything below a folder 40 days old.
func age(t *testing.T, dir string) {
	t.Helper()
	old := time.Now().AddDate(0, 0, -40)
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGCOfAWorkspace: on a store elsewhere the days that are given up go from this
// machine's workspace too, and so do pulls of tables that are pulled no more.
func TestGCOfAWorkspace(t *testing.T) {
	cfg, end := youngShop(t)
	cfg.Store, cfg.Workspace = filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(t.TempDir(), "work")
	for _, day := range []history.Day{end - 2, end - 1} {
		if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: day}, envOf(day)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := backfill(t, cfg, BackfillOptions{From: end - 9, To: end - 9}, envOf(end)); err != nil {
		t.Fatal(err, out)
	}
	writeFiles(t, cfg.Workspace, map[string]string{
		"loads/orders/000000000001.json": "{}", "loads/products/000000000001.json": "{}", "spool/killed/part-00000.parquet": "half",
		"backfill/" + (end - 9).String() + "/features/" + (end - 8).String() + "/part-00000.parquet": "of another day",
	})
	age(t, cfg.Store)
	age(t, cfg.Workspace)
	cfg.Sources.Orders = extract.Source{Postgres: "host=nowhere", SQL: "SELECT 1"}
	there := func(pattern string) bool {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(cfg.Workspace, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if err := filepath.WalkDir(path, func(path string, entry os.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					return io.EOF
				}
				return err
			}); err == io.EOF {
				return true
			}
		}
		return false
	}
	given := []string{
		"history/" + (end - 2).String() + "-*", "features/" + (end - 2).String(), "loads/products", "spool/killed",
		"backfill/" + (end - 9).String() + "/features/" + (end - 8).String(),
	}
	kept := []string{"history/" + (end - 1).String() + "-*", "features/" + (end - 1).String(), "loads/orders", "backfill/" + (end - 9).String() + "/features/" + (end - 9).String()}
	for _, opts := range []CollectOptions{{Keep: 1, DryRun: true}, {Keep: 1}} {
		if err := Collect(t.Context(), cfg, opts, testEnv(), io.Discard); err != nil {
			t.Fatal(err)
		}
		for _, pattern := range given {
			if there(pattern) != opts.DryRun {
				t.Errorf("%+v: %s is there: %v", opts, pattern, there(pattern))
			}
		}
		for _, pattern := range kept {
			if !there(pattern) {
				t.Errorf("%+v: %s is gone", opts, pattern)
			}
		}
	}
}

// TestGCOfFetchedSources: an export in a bucket was overwritten, and another one is
// gone: what was fetched of them goes when it is old.
func TestGCOfFetchedSources(t *testing.T) {
	bucketStore(t)
	exports, err := store.Open("gs://shop/exports")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Store: filepath.Join(t.TempDir(), "store"), Workspace: t.TempDir()}
	cfg.Sources.Orders.Files = []string{"gs://shop/exports/orders-*.csv", "here.csv"}
	fetch := func() []string {
		t.Helper()
		local, err := localInputs(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		return local.Sources.Orders.Files[:len(local.Sources.Orders.Files)-1]
	}
	for _, name := range []string{"orders-1.csv", "orders-2.csv", "orders-3.csv"} {
		if err := exports.Create(t.Context(), name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	before := fetch()
	if err := exports.Replace(t.Context(), "orders-2.csv", []byte("corrected")); err != nil {
		t.Fatal(err)
	}
	if err := exports.Delete(t.Context(), "orders-3.csv"); err != nil {
		t.Fatal(err)
	}
	if after := fetch(); len(after) != 2 || after[0] != before[0] || after[1] == before[1] {
		t.Fatalf("fetched %q, then %q", before, after)
	}
	if _, err := openStore(cfg.Store); err != nil {
		t.Fatal(err)
	}
	collect := func() {
		t.Helper()
		if err := Collect(t.Context(), cfg, CollectOptions{}, testEnv(), io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	collect()
	if !slices.Equal(existing(before), before) {
		t.Error("what was fetched a moment ago is gone")
	}
	age(t, cfg.Workspace)
	collect()
	if left := existing(before); !slices.Equal(left, before[:1]) || len(existing(fetch())) != 2 {
		t.Errorf("of %q there is %q", before, left)
	}
}

// existing returns the files that are there.
func existing(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		_, err := os.Stat(path)
		return err != nil
	})
}
