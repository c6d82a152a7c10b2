package jobs

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/publish"
	"perennial/pipeline/store"
	"perennial/pipeline/store/gcsfake"
)

// bucketStore serves an empty bucket and returns the location of a store in it.
func bucketStore(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(gcsfake.New("shop"))
	t.Cleanup(server.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	return "gs://shop/night"
}

// TestANightInABucket: the store in a bucket gets the bytes that a folder gets, and
// every command that reads it says the same, on a machine that has nothing else.
func TestANightInABucket(t *testing.T) {
	cfg, asOf := wholeShop(t)
	here := cfg
	here.Store = filepath.Join(t.TempDir(), "here")
	there := cfg
	there.Store, there.Workspace = bucketStore(t), filepath.Join(t.TempDir(), "work")
	for _, cfg := range []Config{here, there} {
		env := testEnv()
		if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, env); err != nil {
			t.Fatal(err)
		}
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, env)
		if err != nil || summary.Outcome != "already published" {
			t.Fatalf("the same night again: %s, %v", summary.Outcome, err)
		}
		if err := os.RemoveAll(cfg.Workspace); err != nil {
			t.Fatal(err)
		}
	}
	sameFiles(t, publishedFiles(t, here.Store), bucketFiles(t, there.Store))

	customer := published(t, here.Store)[0].CustomerID
	for _, command := range []struct {
		name string
		run  func(cfg Config, out *bytes.Buffer) error
	}{
		{"scores", func(cfg Config, out *bytes.Buffer) error {
			return Scores(t.Context(), cfg, ScoresOptions{Format: "csv"}, out)
		}},
		{"verify", func(cfg Config, out *bytes.Buffer) error { return Verify(t.Context(), cfg.Store, VerifyOptions{}, out) }},
		{"explain", func(cfg Config, out *bytes.Buffer) error { return Explain(t.Context(), cfg, customer, out) }},
		{"models list", func(cfg Config, out *bytes.Buffer) error { return ListModels(t.Context(), cfg, true, out) }},
	} {
		var local, remote bytes.Buffer
		if err := command.run(here, &local); err != nil {
			t.Errorf("%s in a folder: %v", command.name, err)
		}
		if err := command.run(there, &remote); err != nil {
			t.Errorf("%s in a bucket: %v", command.name, err)
		}
		if diff := cmp.Diff(local.String(), remote.String()); diff != "" || local.Len() == 0 {
			t.Errorf("%s says something else in a bucket (-folder +bucket):\n%s", command.name, diff)
		}
	}
	if out, err := backfill(t, there, BackfillOptions{From: asOf - 2, To: asOf - 1}, testEnv()); err != nil {
		t.Errorf("backfill: %v\n%s", err, out)
	}
	st, err := store.OpenToRead(there.Store)
	if err != nil {
		t.Fatal(err)
	}
	if set, err := newestSet(t.Context(), st, there); err != nil || len(set.Names()) == 0 {
		t.Errorf("the features of the newest night: %v", err)
	}
	if reader, err := publish.Head(t.Context(), st); err != nil || reader.Commit.N != 1 {
		t.Errorf("the newest commit has moved: %v", err)
	}
}

// bucketFiles is publishedFiles of a bucket.
func bucketFiles(t *testing.T, location string) map[string][]byte {
	t.Helper()
	st, err := store.OpenToRead(location)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, folder := range []string{"sets/", "commits/", "features/", "models/"} {
		for object, err := range st.List(t.Context(), folder) {
			if err != nil {
				t.Fatal(err)
			}
			if files[object.Key], err = st.Read(t.Context(), object.Key); err != nil {
				t.Fatal(err)
			}
		}
	}
	return files
}
