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
			if !strings.Contains(pattern, "://") {
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
