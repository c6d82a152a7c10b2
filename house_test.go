package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// ranks is the order of the house: a package imports only lower ranks. A new
// package takes its place here or the test fails.
var ranks = map[string]int{
	"perennial": 7,

	"perennial/jobs": 6,
	"perennial/lab":  6,

	"perennial/command": 5,

	"perennial/models/segment": 5,
	"perennial/models/action":  5,

	"perennial/models/churn":        4,
	"perennial/models/nextpurchase": 4,
	"perennial/models/value":        4,
	"perennial/models/registry":     4,

	"perennial/models/purchase": 3,

	"perennial/models/btyd/picture": 1,

	"perennial/models/leaderboard": 1,

	"perennial/pipeline/store/storetest": 1,

	"perennial/features":       2,
	"perennial/features/label": 2,

	"perennial/pipeline/erasure": 1,
	"perennial/pipeline/extract": 2,
	"perennial/pipeline/publish": 1,
	"perennial/simulate":         1,

	"perennial/pipeline/history": 0,
	"perennial/pipeline/table":   0,
	"perennial/pipeline/store":   0,

	"perennial/pipeline/store/gcsfake": 0,

	"perennial/models/basket":    0,
	"perennial/models/btyd":      0,
	"perennial/models/calibrate": 0,
	"perennial/models/evaluate":  0,
	"perennial/models/gbdt":      0,

	"perennial/models/gbdt/internal/synthetic": 0,
	"perennial/models/gbdt/internal/bench":     1,

	"perennial/models/golearn":   0,
	"perennial/models/logistic":  0,
	"perennial/models/modeltest": 0,
	"perennial/models/survival":  0,
}

func TestImportsPointOneWay(t *testing.T) {
	for _, dir := range packageDirs(t) {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			if _, empty := err.(*build.NoGoError); empty {
				continue
			}
			t.Fatal(err)
		}
		name := strings.TrimSuffix("perennial/"+filepath.ToSlash(dir), "/.")
		rank, placed := ranks[name]
		if !placed {
			t.Errorf("%s has no place in the house: give it a rank in house_test.go", name)
		}
		for _, imported := range pkg.Imports {
			if !strings.HasPrefix(imported, "perennial/") {
				continue
			}
			if ranks[imported] >= rank {
				t.Errorf("%s (rank %d) imports %s (rank %d): imports must point to a lower rank", name, rank, imported, ranks[imported])
			}
		}
	}
}

// packageDirs returns every folder of the module that may hold Go code.
func packageDirs(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
