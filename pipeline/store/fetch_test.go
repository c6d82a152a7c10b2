package store_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

func TestFetchBringsWhatIsNew(t *testing.T) {
	server := gcsfake.New("shop")
	serving := httptest.NewServer(server)
	defer serving.Close()
	t.Setenv("STORAGE_EMULATOR_HOST", serving.URL)
	export, err := store.Open("gs://shop/exports")
	if err != nil {
		t.Fatal(err)
	}
	write := func(key, body string) {
		t.Helper()
		if err := export.Replace(t.Context(), key, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	write("orders-2.csv", "two")
	write("orders-1.csv", "one")
	write("orders-1.csv.bak", "not this")
	write("old/orders-0.csv", "nor this")

	dir := t.TempDir()
	fetch := func(wantRequests int, want ...string) []string {
		t.Helper()
		before := server.Requests()
		paths, err := store.Fetch(t.Context(), "gs://shop/exports/orders-*.csv", dir)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, name := range paths {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.Base(name)+" "+string(body))
		}
		if !slices.Equal(got, want) || server.Requests()-before != wantRequests {
			t.Errorf("fetched %q in %d requests, want %q in %d", got, server.Requests()-before, want, wantRequests)
		}
		return paths
	}
	first := fetch(3, "orders-1.csv one", "orders-2.csv two")
	if again := fetch(1, "orders-1.csv one", "orders-2.csv two"); !slices.Equal(again, first) {
		t.Errorf("the files of unchanged objects went from %q to %q", first, again)
	}
	write("orders-2.csv", "corrected")
	fetch(2, "orders-1.csv one", "orders-2.csv corrected")

	if _, err := store.Fetch(t.Context(), "gs://shop/exports/visits-*.csv", dir); !errors.Is(err, store.ErrNotExist) || !strings.Contains(err.Error(), "that the export ran") {
		t.Errorf("nothing matches: %v, want ErrNotExist and what to do", err)
	}
	for _, bad := range []string{"gs://shop", "gs://shop/[", "exports/orders.csv", "gs:///a"} {
		if _, err := store.Fetch(t.Context(), bad, dir); err == nil {
			t.Errorf("Fetch(%q) accepted", bad)
		}
	}
}
