package jobs

import (
	"cmp"
	"context"
	"path/filepath"

	"perennial/pipeline/extract"
)

// localInputs returns what to extract, with sources in buckets brought to files.
// They stay in the workspace, out of sight of the store, so that the next night
// fetches only what is new.
func localInputs(ctx context.Context, cfg Config) (extract.Config, error) {
	return cfg.Config.Local(ctx, filepath.Join(cmp.Or(cfg.Workspace, cfg.Store), ".inputs"))
}
