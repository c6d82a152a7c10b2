package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"path"
	"strings"
	"time"
)

// stagingDir holds files on their way to their key, and the lock of the folder.
// It is below the root, hence in the same file system, and no key can name it.
const (
	stagingDir = ".staging"
	lockFile   = stagingDir + "/lock"
)

// placeTries bounds how often a directory is made again after housekeeping has
// removed it as empty. Two creators need two tries; more are for bad luck.
const placeTries = 8

// write stages body and puts it under key by place, a link or a rename.
func (f *Folder) write(key string, body []byte, mode fs.FileMode, place func(from, to string) error) (tag Tag, err error) {
	staged := path.Join(stagingDir, strings.ToLower(rand.Text()))
	defer func() {
		if removed := f.disk.Remove(staged); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	tag, err = f.stage(staged, body, mode)
	if err != nil {
		return Absent, err
	}
	dir := path.Dir(key)
	for range placeTries {
		if err = f.makeDirs(dir); err == nil {
			err = place(staged, key)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		f.forget(dir)
	}
	taken := errors.Is(err, fs.ErrExist)
	if err != nil && !taken {
		return Absent, err
	}
	// A key that is taken is made durable too: its creator may have been killed
	// before it could, and the caller is about to rely on it.
	if err := f.syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // absent: deleted since
		return Absent, err
	}
	if taken {
		return Absent, ErrExists
	}
	return tag, nil
}

// stage writes a new file and makes it durable. After a failed sync the kernel
// may have dropped the dirty pages, so the file is given up, never synced again.
func (f *Folder) stage(name string, body []byte, mode fs.FileMode) (Tag, error) {
	file, err := f.disk.Create(name, mode)
	if err != nil {
		return Absent, err
	}
	_, err = file.Write(body)
	if err == nil {
		err = f.stamp(name)
	}
	var info fs.FileInfo
	if err == nil {
		info, err = file.Stat()
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return Absent, err
	}
	return tagOf(body, info), nil
}

// stamp sets the time of modification, with what is below the millisecond drawn
// at random: clocks of file systems are coarse, and two writes of the same bytes
// must not look the same.
func (f *Folder) stamp(name string) error {
	below, err := rand.Int(rand.Reader, big.NewInt(int64(time.Millisecond)))
	if err != nil {
		return err
	}
	now := time.Now().Truncate(time.Millisecond).Add(time.Duration(below.Int64()))
	return f.disk.Chtimes(name, now, now)
}

// makeDirs creates dir and what is above it. The entries are made durable even
// if they exist: who made them may have been killed before it could.
func (f *Folder) makeDirs(dir string) error {
	f.mu.Lock()
	durable := f.durable[dir]
	f.mu.Unlock()
	if durable {
		return nil
	}
	if err := f.makeDirs(path.Dir(dir)); err != nil {
		return err
	}
	if err := f.disk.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.syncDir(path.Dir(dir)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.durable[dir] = true
	return nil
}

// forget has dir and what is above it made again.
func (f *Folder) forget(dir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ; dir != "."; dir = path.Dir(dir) {
		delete(f.durable, dir)
	}
}

// syncDir makes the entries of a directory durable.
func (f *Folder) syncDir(dir string) error {
	file, err := f.disk.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// SweepStaging removes the files that killed processes left on their way to a
// key, if last written before olderThan, and returns how many. A process still
// writing such a file fails and leaves nothing behind: choose a time before any
// that may run.
func (f *Folder) SweepStaging(ctx context.Context, olderThan time.Time) (removed int, err error) {
	if f.readOnly {
		return 0, fmt.Errorf("store: sweep %s: %w", stagingDir, ErrReadOnly)
	}
	entries, err := f.readDir(stagingDir)
	for _, entry := range entries {
		name := path.Join(stagingDir, entry.Name())
		if name == lockFile || err != nil {
			continue
		}
		var old bool
		if old, err = modifiedBefore(entry, olderThan); !old {
			continue
		}
		if err = errors.Join(ctx.Err(), f.disk.Remove(name)); err == nil {
			removed++
		}
	}
	if err != nil {
		return removed, fmt.Errorf("store: sweep %s: %w", stagingDir, withHint(err))
	}
	return removed, nil
}

// modifiedBefore reports whether the file of an entry is still there and was
// last written before a time.
func modifiedBefore(entry fs.DirEntry, when time.Time) (bool, error) {
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.ModTime().Before(when), err
}
