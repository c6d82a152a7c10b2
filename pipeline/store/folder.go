package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Scores are personal data: the owner's group may read them, others may not.
// Created objects are read-only files, so that no tool edits one by mistake.
const (
	dirMode     = 0o750
	createdMode = 0o440
	hintMode    = 0o640
)

// stagingDir holds files on their way to their key. It is below the root, hence
// in the same file system, and no key can name it.
const stagingDir = ".staging"

// Folder is a Store in a folder of a local file system.
type Folder struct {
	root     *os.Root // every open goes through it: a symlink cannot lead out
	readOnly bool

	// What a disk refuses when it fails or is the wrong kind.
	sync func(*os.File) error
	link func(from, to string) error
}

// OpenFolder opens the folder at name for reading and writing. It creates the
// folder if absent and refuses a file system without hard links, which are what
// makes Create atomic.
func OpenFolder(name string) (*Folder, error) {
	if err := os.MkdirAll(name, dirMode); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, withHint(err))
	}
	f, err := openFolder(name)
	if err != nil {
		return nil, err
	}
	if err := f.probe(); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, errors.Join(err, f.Close()))
	}
	return f, nil
}

// ReadFolder opens the existing folder at name for reading; Create and Replace
// return ErrReadOnly.
func ReadFolder(name string) (*Folder, error) {
	f, err := openFolder(name)
	if err != nil {
		return nil, err
	}
	f.readOnly = true
	return f, nil
}

func openFolder(name string) (*Folder, error) {
	absolute, err := filepath.Abs(name) // Path must hold after a change of directory
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, err)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, withHint(err))
	}
	return &Folder{root: root, sync: (*os.File).Sync, link: root.Link}, nil
}

// Close releases the folder; later calls fail.
func (f *Folder) Close() error { return f.root.Close() }

// Path returns the file of key, for code that streams local files (DuckDB,
// feature tables). Such files are intermediate results: they are neither
// durable nor create-if-absent.
func (f *Folder) Path(key string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	return filepath.Join(f.root.Name(), filepath.FromSlash(key)), nil
}

// Create implements Store: the bytes are staged and made durable, then the
// staged file is linked to its key, which fails if the key is taken.
func (f *Folder) Create(ctx context.Context, key string, body []byte) error {
	return f.write(ctx, "create", key, body, createdMode, f.link)
}

// Replace implements Store by renaming a staged file over the key.
func (f *Folder) Replace(ctx context.Context, key string, body []byte) error {
	return f.write(ctx, "replace", key, body, hintMode, f.root.Rename)
}

// Read implements Store.
func (f *Folder) Read(ctx context.Context, key string) ([]byte, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, err
	}
	body, err := f.root.ReadFile(key)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	return body, nil
}

// ReadRange implements Store.
func (f *Folder) ReadRange(ctx context.Context, key string, offset, length int64) (body []byte, err error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, err
	}
	file, err := f.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("store: read %s: %w", key, err)
	}
	if err := checkRange(key, offset, length, info.Size()); err != nil {
		return nil, err
	}
	body = make([]byte, min(length, info.Size()-offset))
	if _, err := file.ReadAt(body, offset); err != nil {
		return nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	return body, nil
}

// write stages body and puts it under key by place, a link or a rename.
func (f *Folder) write(ctx context.Context, operation, key string, body []byte, mode fs.FileMode, place func(from, to string) error) error {
	if err := ready(ctx, operation, key); err != nil {
		return err
	}
	if f.readOnly {
		return fmt.Errorf("store: %s %s: %w", operation, key, ErrReadOnly)
	}
	if err := f.stageAndPlace(key, body, mode, place); err != nil {
		return fmt.Errorf("store: %s %s: %w", operation, key, withHint(err))
	}
	return nil
}

func (f *Folder) stageAndPlace(key string, body []byte, mode fs.FileMode, place func(from, to string) error) (err error) {
	if err := f.makeDirs(path.Dir(key)); err != nil {
		return err
	}
	staged := path.Join(stagingDir, strings.ToLower(rand.Text()))
	defer func() {
		if removed := f.root.Remove(staged); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	if err := f.stage(staged, body, mode); err != nil {
		return err
	}
	if err := place(staged, key); errors.Is(err, fs.ErrExist) {
		return ErrExists
	} else if err != nil {
		return err
	}
	return f.syncDir(path.Dir(key))
}

// stage writes a new file and makes it durable. After a failed sync the kernel
// may have dropped the dirty pages, so the file is given up, never synced again.
func (f *Folder) stage(name string, body []byte, mode fs.FileMode) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	if err == nil {
		err = f.sync(file)
	}
	return errors.Join(err, file.Close())
}

// makeDirs creates dir and what is above it, and makes new entries durable.
func (f *Folder) makeDirs(dir string) error {
	if dir == "." {
		return nil
	}
	if _, err := f.root.Stat(dir); err == nil {
		return nil
	}
	if err := f.makeDirs(path.Dir(dir)); err != nil {
		return err
	}
	if err := f.root.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.syncDir(path.Dir(dir))
}

// syncDir makes the entries of a directory durable.
func (f *Folder) syncDir(dir string) error {
	file, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.sync(file), file.Close())
}
