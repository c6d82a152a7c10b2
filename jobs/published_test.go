package jobs

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"time"

	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// published returns the rows of the newest commit, without what differs
// between runs by design.
func published(t testing.TB, location string) []publish.Score {
	t.Helper()
	st, err := store.OpenToRead(location)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := publish.Head(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	var rows []publish.Score
	for row, err := range reader.Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		kept := *row
		kept.RunID, kept.ScoredAt = "", time.Time{}
		rows = append(rows, kept)
	}
	return rows
}

// parts returns the hash of every published part. The run id is the same in
// all tests, because clock and nonce are.
func parts(t testing.TB, location string) map[string][32]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(location, "sets", "*", "part-*.parquet"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no parts in %s: %v", location, err)
	}
	hashes := map[string][32]byte{}
	for _, name := range names {
		bytes, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hashes[filepath.Base(name)] = sha256.Sum256(bytes)
	}
	return hashes
}

func openFolder(t testing.TB, location string) store.Keeper {
	t.Helper()
	st, err := store.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// publishedFiles returns the bytes that readers and later nights see: scores,
// commits, features and models.
func publishedFiles(t *testing.T, location string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, folder := range []string{"sets", "commits", "features", "models"} {
		err := filepath.WalkDir(filepath.Join(location, folder), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(location, path)
			if err != nil {
				return err
			}
			files[name], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func sameFiles(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	for name := range want {
		if !bytes.Equal(want[name], got[name]) {
			t.Errorf("%s is not as in the night that nothing happened to", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is not in the night that nothing happened to", name)
		}
	}
}
