package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"sync"
	"syscall"
)

// Scores are personal data: the owner's group may read them, others may not.
// Created objects are read-only files, so that no tool edits one by mistake.
const (
	dirMode     = 0o750
	createdMode = 0o440
	privateMode = 0o400
	hintMode    = 0o640
)

// Folder is a Keeper in a folder of a local file system.
type Folder struct {
	name     string // absolute; empty on a Disk that is not local
	disk     Disk
	readOnly bool

	keeping sync.Mutex // held with the lock on disk, so that goroutines queue

	mu      sync.Mutex
	durable map[string]bool // directories whose own entry was synced
}

// OpenFolder opens the folder at name for reading and writing. It creates the
// folder if absent and refuses a file system without hard links, which are what
// makes Create atomic.
func OpenFolder(name string) (*Folder, error) {
	if err := makeFolder(name); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, withHint(err))
	}
	disk, err := openLocalDisk(name)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, withHint(err))
	}
	f, err := OpenDisk(disk)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, errors.Join(err, disk.Close()))
	}
	f.name = disk.Name()
	return f, nil
}

// OpenDisk opens a folder on a disk for reading and writing. Path has no answer
// there.
func OpenDisk(disk Disk) (*Folder, error) {
	f := &Folder{disk: disk, durable: map[string]bool{".": true}}
	return f, f.probe()
}

// ReadFolder opens the existing folder at name for reading; whatever writes
// returns ErrReadOnly.
func ReadFolder(name string) (*Folder, error) {
	disk, err := openLocalDisk(name)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", name, withHint(err))
	}
	return &Folder{name: disk.Name(), disk: disk, readOnly: true}, nil
}

// Close releases the folder; later calls fail.
func (f *Folder) Close() error { return f.disk.Close() }

// Path returns the file of key, for code that streams local files (DuckDB,
// feature tables). Such files are intermediate results: they are neither
// durable nor create-if-absent.
func (f *Folder) Path(key string) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	if f.name == "" {
		return "", fmt.Errorf("store: path of %s: this disk is not local", key)
	}
	return filepath.Join(f.name, filepath.FromSlash(key)), nil
}

// Create implements Store: the bytes are staged and made durable, then the
// staged file is linked to its key, which fails if the key is taken.
func (f *Folder) Create(ctx context.Context, key string, body []byte) error {
	return f.create(ctx, key, body, createdMode)
}

// CreatePrivate is Create of an object that the owner's group may not read.
func (f *Folder) CreatePrivate(ctx context.Context, key string, body []byte) error {
	return f.create(ctx, key, body, privateMode)
}

func (f *Folder) create(ctx context.Context, key string, body []byte, mode fs.FileMode) error {
	if err := f.writable(ctx, "create", key); err != nil {
		return err
	}
	if _, err := f.write(key, body, mode, f.disk.Link); err != nil {
		return fmt.Errorf("store: create %s: %w", key, withHint(err))
	}
	return nil
}

// Replace implements Store by renaming a staged file over the key.
func (f *Folder) Replace(ctx context.Context, key string, body []byte) error {
	return f.keep(ctx, "replace", key, func() error {
		_, err := f.write(key, body, hintMode, f.disk.Rename)
		return err
	})
}

// Read implements Store.
func (f *Folder) Read(ctx context.Context, key string) ([]byte, error) {
	body, _, err := f.read(ctx, key)
	return body, err
}

// read returns the whole object and what the disk knows of its file. What it
// returns is durable: its creator may have been killed before it could sync the
// directory, and the caller is about to rely on what it reads.
func (f *Folder) read(ctx context.Context, key string) (body []byte, info fs.FileInfo, err error) {
	file, info, err := f.open(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	body = make([]byte, info.Size())
	if _, err := file.ReadAt(body, 0); err != nil {
		return nil, nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	if err := f.syncDir(path.Dir(key)); err != nil && !absent(err) { // absent: deleted since
		return nil, nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	return body, info, nil
}

// ReadRange implements Store.
func (f *Folder) ReadRange(ctx context.Context, key string, offset, length int64) (body []byte, err error) {
	file, info, err := f.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := checkRange(key, offset, length, info.Size()); err != nil {
		return nil, err
	}
	body = make([]byte, min(length, info.Size()-offset))
	if _, err := file.ReadAt(body, offset); err != nil {
		return nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	return body, nil
}

// open opens the file of key, whose bytes never change.
func (f *Folder) open(ctx context.Context, key string) (File, fs.FileInfo, error) {
	if err := ready(ctx, "read", key); err != nil {
		return nil, nil, err
	}
	file, err := f.disk.Open(key)
	if absent(err) {
		err = ErrNotExist
	}
	if err != nil {
		return nil, nil, fmt.Errorf("store: read %s: %w", key, withHint(err))
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = ErrNotExist
	}
	if err != nil {
		return nil, nil, fmt.Errorf("store: read %s: %w", key, errors.Join(withHint(err), file.Close()))
	}
	return file, info, nil
}

// absent reports that nothing has a name: it is free, or a file stands where
// its directory would be.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// writable returns why a write cannot begin.
func (f *Folder) writable(ctx context.Context, operation, key string) error {
	if err := ready(ctx, operation, key); err != nil {
		return err
	}
	if f.readOnly {
		return fmt.Errorf("store: %s %s: %w", operation, key, ErrReadOnly)
	}
	return nil
}
