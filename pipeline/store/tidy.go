package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

var _ Keeper = (*Folder)(nil)

// tagOf tells a file's content from others: by its bytes, and by the time of
// writing, which stamp makes differ even for the same bytes.
func tagOf(body []byte, info fs.FileInfo) Tag {
	return Tag(fmt.Sprintf("%x-%x", sha256.Sum256(body), info.ModTime().UnixNano()))
}

// Delete implements Keeper. Directories that it leaves empty are removed.
func (f *Folder) Delete(ctx context.Context, key string) error {
	return f.keep(ctx, "delete", key, func() error { return f.remove(key) })
}

// ReadTagged implements Keeper.
func (f *Folder) ReadTagged(ctx context.Context, key string) ([]byte, Tag, error) {
	body, info, err := f.read(ctx, key)
	if err != nil {
		return nil, Absent, err
	}
	return body, tagOf(body, info), nil
}

// ReplaceIf implements Keeper. All that replaces or deletes holds the lock of
// the folder, which processes share; a creator needs none, for it never takes
// the place of anything.
func (f *Folder) ReplaceIf(ctx context.Context, key string, tag Tag, body []byte) (written Tag, err error) {
	err = f.keep(ctx, "replace", key, func() error {
		if err := f.has(ctx, key, tag); err != nil {
			return err
		}
		place := f.disk.Rename
		if tag == Absent {
			place = f.disk.Link
		}
		written, err = f.write(key, body, hintMode, place)
		if errors.Is(err, ErrExists) {
			return ErrChanged
		}
		return err
	})
	return written, err
}

// DeleteIf implements Keeper.
func (f *Folder) DeleteIf(ctx context.Context, key string, tag Tag) error {
	return f.keep(ctx, "delete", key, func() error {
		if err := f.has(ctx, key, tag); err != nil {
			return err
		}
		return f.remove(key)
	})
}

// has returns ErrChanged unless the object has tag.
func (f *Folder) has(ctx context.Context, key string, tag Tag) error {
	_, now, err := f.ReadTagged(ctx, key)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return err
	}
	if now != tag {
		return ErrChanged
	}
	return nil
}

// keep runs an operation under the lock of the folder.
func (f *Folder) keep(ctx context.Context, operation, key string, run func() error) (err error) {
	if err := f.writable(ctx, operation, key); err != nil {
		return err
	}
	f.keeping.Lock()
	defer f.keeping.Unlock()
	unlock, err := f.disk.Lock(ctx, lockFile)
	if err == nil {
		err = errors.Join(run(), unlock())
	}
	if err != nil {
		return fmt.Errorf("store: %s %s: %w", operation, key, withHint(err))
	}
	return nil
}

// remove removes the file of key, if there is one, and the directories above it
// that hold nothing else. A creator that has just made one of them makes it
// again.
func (f *Folder) remove(key string) error {
	if err := f.disk.Remove(key); err != nil && !absent(err) {
		return err
	}
	dir := path.Dir(key)
	if err := f.syncDir(dir); err != nil && !absent(err) {
		return err
	}
	for ; dir != "."; dir = path.Dir(dir) {
		f.forget(dir)
		err := f.disk.Remove(dir)
		if errors.Is(err, fs.ErrExist) {
			return nil // not empty
		}
		if err != nil && !absent(err) {
			return err
		}
	}
	return nil
}
