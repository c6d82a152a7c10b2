package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
)

// List implements Keeper. Files whose names are no keys, such as those on their
// way to one, are left out.
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		l := listing{ctx: ctx, folder: f, prefix: prefix, yield: yield}
		l.dir(".")
	}
}

type listing struct {
	ctx    context.Context
	folder *Folder
	prefix string
	yield  func(Object, error) bool
}

// dir yields the objects below a directory and reports whether to go on.
func (l *listing) dir(dir string) bool {
	entries, err := l.folder.readDir(dir)
	if err = errors.Join(err, l.ctx.Err()); err != nil {
		l.yield(Object{}, fmt.Errorf("store: list %s: %w", l.prefix, withHint(err)))
		return false
	}
	// In the order of whole keys a-b comes before a/b: a directory sorts with its
	// slash.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(pathEnd(a), pathEnd(b)) })
	for _, entry := range entries {
		key := path.Join(dir, entry.Name())
		if CheckKey(key) != nil {
			continue
		}
		if !l.entry(key, entry) {
			return false
		}
	}
	return true
}

// entry yields what an entry holds below the prefix.
func (l *listing) entry(key string, entry fs.DirEntry) bool {
	switch {
	case entry.IsDir():
		below := key + "/"
		if !strings.HasPrefix(below, l.prefix) && !strings.HasPrefix(l.prefix, below) {
			return true
		}
		return l.dir(key)
	case !entry.Type().IsRegular() || !strings.HasPrefix(key, l.prefix):
		return true
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true // deleted since
	}
	if err != nil {
		return l.yield(Object{}, fmt.Errorf("store: list %s: %s: %w", l.prefix, key, withHint(err)))
	}
	return l.yield(Object{Key: key, Size: info.Size(), Modified: info.ModTime().UTC()}, nil)
}

func pathEnd(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

// readDir returns the entries of a directory, none of an absent one.
func (f *Folder) readDir(dir string) ([]fs.DirEntry, error) {
	file, err := f.disk.Open(dir)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := file.ReadDir(-1)
	return entries, errors.Join(err, file.Close())
}
