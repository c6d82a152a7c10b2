package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"perennial/pipeline/store"
)

// Local returns the configuration with the objects of its sources, such as
// gs://bucket/exports/orders-*.csv.gz, brought to files below dir, which keeps
// what has not changed from run to run. One without such sources is returned as
// it is.
func (c Config) Local(ctx context.Context, dir string) (Config, error) {
	for _, t := range tables {
		s := c.source(t.name)
		var files []string
		for _, pattern := range s.Files {
			if !isRemote(pattern) {
				files = append(files, pattern)
				continue
			}
			fetched, err := store.Fetch(ctx, pattern, dir)
			if errors.Is(err, store.ErrNotExist) {
				err = missingError("%w", err)
			}
			if err != nil {
				return c, fmt.Errorf("extract: %s: %w", t.name, err)
			}
			files = append(files, fetched...)
		}
		s.Files = slices.Clip(files)
	}
	return c, nil
}

// Fetched returns the files below dir that Local would take now; it needs no
// others. Nothing is brought there.
func (c Config) Fetched(ctx context.Context, dir string) ([]string, error) {
	var files []string
	for _, t := range tables {
		for _, pattern := range c.source(t.name).Files {
			if !isRemote(pattern) {
				continue
			}
			fetched, err := store.Fetched(ctx, pattern, dir)
			if err != nil && !errors.Is(err, store.ErrNotExist) {
				return nil, fmt.Errorf("extract: %s: %w", t.name, err)
			}
			files = append(files, fetched...)
		}
	}
	return files, nil
}

func isRemote(pattern string) bool { return strings.Contains(pattern, "://") }

// Pulls reports whether the table is pulled from a database.
func (c Config) Pulls(table string) bool {
	return tableOf(table) != nil && c.source(table).Postgres != ""
}
