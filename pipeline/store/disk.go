package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Disk is what a Folder asks of a file system. Names are relative to the folder
// and separated by slashes. The local one is the disk of production; that of
// storetest forgets what was never synced.
type Disk interface {
	// Create makes a new file for writing; a name that is taken is fs.ErrExist.
	Create(name string, mode fs.FileMode) (File, error)

	// Open opens a file or a directory for reading, and for Sync.
	Open(name string) (File, error)

	// Link gives a file a second name; a name that is taken is fs.ErrExist.
	Link(from, to string) error

	// Rename moves a file over whatever file has the name.
	Rename(from, to string) error

	// Remove removes a file or an empty directory; one that is not empty is
	// fs.ErrExist.
	Remove(name string) error

	Mkdir(name string, mode fs.FileMode) error
	Chtimes(name string, accessed, modified time.Time) error

	// Lock waits for the lock of a file, which it makes if absent. The lock ends
	// with unlock, or with the process.
	Lock(ctx context.Context, name string) (unlock func() error, err error)

	Close() error
}

// File is an open file or directory of a Disk.
type File interface {
	io.Writer
	io.ReaderAt
	ReadDir(n int) ([]fs.DirEntry, error)
	Stat() (fs.FileInfo, error)

	// Sync makes a file's bytes durable, or a directory's entries.
	Sync() error
	Close() error
}

// localDisk is a folder of a local file system. Every open goes through root: a
// symlink cannot lead out.
type localDisk struct{ *os.Root }

func openLocalDisk(name string) (localDisk, error) {
	absolute, err := filepath.Abs(name) // Path must hold after a change of directory
	if err != nil {
		return localDisk{}, err
	}
	root, err := os.OpenRoot(absolute)
	return localDisk{root}, err
}

func (d localDisk) Create(name string, mode fs.FileMode) (File, error) {
	return d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
}

func (d localDisk) Open(name string) (File, error) {
	file, err := d.Root.Open(name)
	if err != nil {
		return nil, err // not a File that holds a nil pointer
	}
	return file, nil
}

func (d localDisk) Lock(ctx context.Context, name string) (unlock func() error, err error) {
	file, err := d.OpenFile(name, os.O_RDWR|os.O_CREATE, hintMode)
	if err != nil {
		return nil, err
	}
	if err := waitForLock(ctx, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file.Close, nil
}

// The longest wait for the lock of a folder. It is held for two syncs at most,
// so whoever waits longer waits for a process that was stopped.
const (
	firstLockWait = time.Millisecond
	longestWait   = 50 * time.Millisecond
	allLockWaits  = 20 * time.Second
)

// waitForLock tries the lock again and again, since a system call that waits
// could not be ended by the context.
func waitForLock(ctx context.Context, file *os.File) error {
	var waited time.Duration
	for wait := firstLockWait; ; wait = min(2*wait, longestWait) {
		held, err := tryLock(file)
		if held || err != nil {
			return err
		}
		if waited += wait; waited > allLockWaits {
			return fmt.Errorf("another process has held the lock %s for %s (find it, such as with fuser, and end it if it was stopped)", file.Name(), allLockWaits)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// makeFolder creates the folder at name and makes its entry durable, and those
// of the folders above it that it had to create.
func makeFolder(name string) error {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	if info, err := os.Stat(absolute); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(absolute)
	if parent != absolute {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(absolute, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	dir, err := os.Open(parent)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
