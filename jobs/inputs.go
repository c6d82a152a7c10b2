package jobs

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"perennial/pipeline/extract"
)

// inputsDir is where sources in buckets are brought to: in the workspace, out of
// sight of the store, so that the next night fetches only what is new.
func inputsDir(cfg Config) string {
	return filepath.Join(cmp.Or(cfg.Workspace, cfg.Store), ".inputs")
}

// localInputs returns what to extract, with sources in buckets brought to files.
func localInputs(ctx context.Context, cfg Config) (extract.Config, error) {
	return cfg.Config.Local(ctx, inputsDir(cfg))
}

// staleInputs returns the folders of what was fetched before a time and is not what
// the sources match now: objects that are gone, or were overwritten.
func staleInputs(ctx context.Context, cfg Config, before time.Time) ([]string, error) {
	dir, err := filepath.Abs(inputsDir(cfg))
	if err != nil {
		return nil, err
	}
	folders, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := cfg.Fetched(ctx, dir)
	if err != nil {
		return nil, err
	}
	needed := map[string]bool{}
	for _, file := range files {
		needed[filepath.Dir(file)] = true
	}
	var stale []string
	for _, folder := range folders {
		info, err := folder.Info()
		if err != nil {
			return nil, err
		}
		if path := filepath.Join(dir, folder.Name()); !needed[path] && info.ModTime().Before(before) {
			stale = append(stale, path)
		}
	}
	return stale, nil
}
