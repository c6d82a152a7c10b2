package store

import (
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckKey(t *testing.T) {
	for _, key := range []string{"a", "CURRENT.json", "sets/20261121t021500z-00ff/part-00000.parquet", "commits/00000000000000000042.json", "a.b/c..d"} {
		if err := CheckKey(key); err != nil {
			t.Errorf("CheckKey(%q): %v", key, err)
		}
	}
}

func FuzzCheckKey(f *testing.F) {
	for _, key := range []string{"a/b", "../a", "/a", "a//b", "a/..", ".staging/x", "é"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if CheckKey(key) == nil && (!filepath.IsLocal(key) || filepath.Clean(key) != key) {
			t.Errorf("CheckKey accepts %q", key)
		}
	})
}

func TestAcceptedKeysStayInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[a./_-]{0,12}`).Draw(t, "key")
		inside := filepath.IsLocal(key) && filepath.Clean(key) == key
		if CheckKey(key) == nil && !inside {
			t.Errorf("CheckKey accepts %q", key)
		}
	})
}
