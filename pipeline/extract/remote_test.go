package extract_test

import (
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"perennial/pipeline/extract"
	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

func TestSourcesInABucketAreReadLikeFiles(t *testing.T) {
	serving := httptest.NewServer(gcsfake.New("shop"))
	defer serving.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", serving.URL)
	export, err := store.Open("gs://shop")
	if err != nil {
		t.Fatal(err)
	}
	if err := export.Create(t.Context(), "exports/orders-1.csv", []byte("customer_id,order_id,ordered_at,revenue\nA,1,2026-01-01,10\n")); err != nil {
		t.Fatal(err)
	}
	var cfg extract.Config
	cfg.Sources.Orders.Files = []string{"more.csv", "gs://shop/exports/*.csv"}
	local, err := cfg.Local(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := local.Sources.Orders.Files
	if len(files) != 2 || files[0] != "more.csv" || filepath.Base(files[1]) != "orders-1.csv" || strings.Contains(files[1], "://") {
		t.Errorf("files %q", files)
	}
	if cfg.Sources.Orders.Files[1] != "gs://shop/exports/*.csv" {
		t.Errorf("the configuration itself now says %q", cfg.Sources.Orders.Files)
	}
	if _, err := extract.Inspect(t.Context(), files[1]); err != nil {
		t.Error(err)
	}
	cfg.Sources.Orders.Files = []string{"gs://shop/exports/absent.csv"}
	if _, err := cfg.Local(t.Context(), t.TempDir()); !errors.Is(err, extract.ErrMissing) {
		t.Errorf("absent object: %v, want ErrMissing", err)
	}
}
