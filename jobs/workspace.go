package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"perennial/pipeline/extract"
	"perennial/pipeline/store"
)

// workspace is the folder where a night works with files: history, scored rows on
// their way, features. A store in a folder is its own workspace. For a store
// elsewhere, such as gs://, what must last is copied into the store and fetched from
// there by a machine that does not have it.
type workspace struct {
	dir   string
	store store.Keeper
	apart bool // the store is elsewhere
}

func newWorkspace(cfg Config, st store.Keeper) workspace {
	dir := cmp.Or(cfg.Workspace, cfg.Store)
	return workspace{dir: dir, store: st, apart: dir != cfg.Store}
}

// path returns the file of key.
func (w workspace) path(key string) string { return filepath.Join(w.dir, filepath.FromSlash(key)) }

// keep copies the file of key into a store elsewhere.
func (w workspace) keep(ctx context.Context, key string) (stamp, error) {
	body, err := os.ReadFile(w.path(key))
	if err != nil {
		return stamp{}, err
	}
	if w.apart {
		err = w.store.Replace(ctx, key, body)
	}
	return stampOf(body), err
}

// filesFile lists the files of a kept folder with their stamps. It is written last:
// a folder is in the store if its list is.
const filesFile = "files.json"

// keepFolder copies the folder of key, a file at a time, into a store elsewhere.
func (w workspace) keepFolder(ctx context.Context, key string) error {
	if !w.apart {
		return nil
	}
	if _, err := w.list(ctx, key); !errors.Is(err, store.ErrNotExist) {
		return err // it is there, or cannot be looked for
	}
	var names []string
	root := w.path(key)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err = filepath.Rel(root, name)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	stamps := make([]stamp, len(names))
	err = eachName(ctx, names, func(ctx context.Context, i int) (err error) {
		stamps[i], err = w.keep(ctx, path.Join(key, names[i]))
		return err
	})
	if err != nil {
		return err
	}
	files := map[string]stamp{}
	for i, name := range names {
		files[name] = stamps[i]
	}
	text, err := json.MarshalIndent(files, "", "  ")
	if err != nil {
		return err
	}
	return w.store.Replace(ctx, path.Join(key, filesFile), append(text, '\n'))
}

// list returns the files of a kept folder, or store.ErrNotExist.
func (w workspace) list(ctx context.Context, key string) (map[string]stamp, error) {
	text, err := w.store.Read(ctx, path.Join(key, filesFile))
	if err != nil {
		return nil, err
	}
	var files map[string]stamp
	if err := json.Unmarshal(text, &files); err != nil {
		return nil, fmt.Errorf("%s: %w (delete it and run the night again)", path.Join(key, filesFile), err)
	}
	return files, nil
}

// fetch brings those files of a kept folder that are wanted into dir, each of them
// verified. It is store.ErrNotExist if the folder was never kept.
func (w workspace) fetch(ctx context.Context, key, dir string, wanted func(name string) bool) error {
	files, err := w.list(ctx, key)
	if err != nil {
		return err
	}
	names := slices.DeleteFunc(sortedKeys(files), func(name string) bool { return !wanted(name) })
	// The extract's own mark of completeness comes last.
	slices.SortStableFunc(names, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	return eachName(ctx, names, func(ctx context.Context, i int) error {
		key := path.Join(key, names[i])
		body, err := w.store.Read(ctx, key)
		if err != nil {
			return err
		}
		if found := stampOf(body); found != files[names[i]] {
			return fmt.Errorf("%s: %w", key, found.unlike(files[names[i]]))
		}
		if !filepath.IsLocal(names[i]) {
			return fmt.Errorf("%s: file %q leads out of the folder", key, names[i])
		}
		return writeFile(filepath.Join(dir, filepath.FromSlash(names[i])), body)
	})
}

// noBucket asks for an extract without its histories.
func noBucket(int) int { return -1 }

// openExtract opens a kept extract to read what all buckets share and the bucket that
// choose picks for their number. Call done when it is no longer needed.
func (w workspace) openExtract(ctx context.Context, key string, choose func(buckets int) int) (opened *extract.Extract, done func() error, err error) {
	if opened, err = extract.Open(w.path(key)); err == nil || !w.apart {
		return opened, func() error { return nil }, err
	}
	dir, err := os.MkdirTemp("", "perennial-extract-")
	if err != nil {
		return nil, nil, err
	}
	done = func() error { return os.RemoveAll(dir) }
	shared := func(name string) bool { return !strings.Contains(name, "/") }
	if err = w.fetch(ctx, key, dir, shared); err == nil {
		opened, err = extract.Open(dir)
	}
	if err == nil {
		bucket := fmt.Sprintf("/bucket-%05d.parquet", choose(opened.Buckets()))
		err = w.fetch(ctx, key, dir, func(name string) bool { return strings.HasSuffix(name, bucket) })
	}
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return opened, done, nil
}

// eachName calls do for every name, a few at a time.
func eachName(ctx context.Context, names []string, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // mostly waiting for the network
	for i := range names {
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

func writeFile(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return os.WriteFile(name, body, 0o640)
}

// sweep removes what killed nights have left in the workspace and the store that
// nobody will go on with. The caller is alone at work.
func (w workspace) sweep(ctx context.Context, runID, begunKey string) error {
	spools, err := os.ReadDir(w.path("spool"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, spool := range spools {
		if spool.Name() != runID {
			if err := os.RemoveAll(w.path("spool/" + spool.Name())); err != nil {
				return err
			}
		}
	}
	for object, err := range w.store.List(ctx, "nights/") {
		if err != nil {
			return err
		}
		if object.Key != begunKey {
			if err := w.store.Delete(ctx, object.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
