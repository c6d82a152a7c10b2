package jobs

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/store"
)

// TestANightFromSourcesInABucket: exports in a bucket give the scores that the same
// exports in a folder give.
func TestANightFromSourcesInABucket(t *testing.T) {
	cfg, asOf := wholeShop(t)
	here := cfg
	here.Store = filepath.Join(t.TempDir(), "here")

	there := cfg
	there.Store = filepath.Join(t.TempDir(), "there")
	bucketStore(t)
	exports, err := store.Open("gs://shop/exports")
	if err != nil {
		t.Fatal(err)
	}
	files := cfg.Sources.Orders.Files
	there.Sources.Orders.Files = nil
	for _, name := range files {
		if !filepath.IsAbs(name) {
			name = filepath.Join(cfg.BaseDir, name)
		}
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := exports.Create(t.Context(), path.Base(name), body); err != nil {
			t.Fatal(err)
		}
		there.Sources.Orders.Files = append(there.Sources.Orders.Files, "gs://shop/exports/"+path.Base(name))
	}
	for _, cfg := range []Config{here, there} {
		if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, testEnv()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(published(t, here.Store), published(t, there.Store)); diff != "" {
		t.Errorf("scores from a folder (-) and from a bucket (+):\n%s", diff)
	}
}
