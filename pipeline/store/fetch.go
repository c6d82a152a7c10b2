package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Fetch brings the objects that a pattern such as
// gs://bucket/exports/orders-*.csv.gz matches to files below dir, and returns
// their absolute paths in the order of object names. As in a pattern of files, * and ?
// stand for no slash. An object that dir has in its present generation is not
// read again; dir may be emptied whenever no run reads from it. If nothing
// matches it is ErrNotExist.
func Fetch(ctx context.Context, pattern, dir string) ([]string, error) {
	return matched(ctx, pattern, dir, (*Bucket).fetchOne)
}

// Fetched returns the paths that Fetch would return now, and reads no object.
// Whatever else is in dir no fetch of the pattern needs any more.
func Fetched(ctx context.Context, pattern, dir string) ([]string, error) {
	return matched(ctx, pattern, dir, func(b *Bucket, _ context.Context, object resource, dir string) (string, error) {
		return b.fetchedPath(object, dir), nil
	})
}

// matched returns the paths that locate gives to the objects of a pattern.
func matched(ctx context.Context, pattern, dir string, locate func(b *Bucket, ctx context.Context, object resource, dir string) (string, error)) ([]string, error) {
	bucket, name, _ := strings.Cut(strings.TrimPrefix(pattern, bucketScheme), "/")
	if _, err := path.Match(name, ""); err != nil || name == "" || !strings.HasPrefix(pattern, bucketScheme) {
		return nil, fmt.Errorf("store: fetch %s: not a pattern of objects (write gs://bucket/exports/orders-*.csv)", pattern)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: fetch %s: %w", pattern, err)
	}
	b, err := OpenBucket(bucketScheme+bucket, BucketOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	paths, err := b.match(ctx, name, func(object resource) (string, error) { return locate(b, ctx, object, dir) })
	if err = errors.Join(err, b.Close()); err != nil {
		return nil, fmt.Errorf("store: fetch %s: %w", pattern, withBucketHint(err))
	}
	return paths, nil
}

func (b *Bucket) match(ctx context.Context, pattern string, locate func(resource) (string, error)) ([]string, error) {
	var paths []string
	for object, err := range b.resources(ctx, literal(pattern)) {
		if err != nil {
			return nil, err
		}
		if matches, _ := path.Match(pattern, object.Name); !matches { // Fetch has tried the pattern
			continue
		}
		name, err := locate(object)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", object.Name, err)
		}
		paths = append(paths, name)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%w: no object matches (check the name, and that the export ran)", ErrNotExist)
	}
	return paths, nil
}

// literal returns the part of a pattern before what may stand for something else.
func literal(pattern string) string {
	if i := strings.IndexAny(pattern, `*?[\`); i >= 0 {
		return pattern[:i]
	}
	return pattern
}

// fetchedPath is where an object is brought to: its base name in a folder of this
// generation of it.
func (b *Bucket) fetchedPath(object resource, dir string) string {
	whole := sha256.Sum256([]byte(b.location(object.Name)))
	checksum := url.PathEscape(object.CRC32C)
	return filepath.Join(dir, hex.EncodeToString(whole[:8])+"-"+object.Generation+"-"+checksum, path.Base(object.Name))
}

// fetchOne returns the file of an object.
func (b *Bucket) fetchOne(ctx context.Context, object resource, dir string) (name string, err error) {
	name = b.fetchedPath(object, dir)
	dir = filepath.Dir(name)
	if info, err := os.Stat(name); err == nil && info.Size() == object.Size {
		return name, nil
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return "", err
	}
	file, err := os.CreateTemp(dir, ".fetched-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if removed := os.Remove(file.Name()); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	tag, err := b.download(ctx, object.Name, beginAgain{file})
	if err == nil && tag != Tag(object.Generation) {
		err = fmt.Errorf("%w (run again)", errOverwritten)
	}
	if err == nil {
		err = file.Sync() // a file of the right length is trusted from now on
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	if err := os.Chtimes(file.Name(), object.Updated, object.Updated); err != nil {
		return "", err
	}
	return name, os.Rename(file.Name(), name)
}

// beginAgain is a file that is written from its beginning again.
type beginAgain struct{ *os.File }

func (f beginAgain) Truncate(n int) error {
	if err := f.File.Truncate(int64(n)); err != nil {
		return err
	}
	_, err := f.Seek(int64(n), io.SeekStart)
	return err
}
