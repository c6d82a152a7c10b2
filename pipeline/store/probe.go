package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// errUnfit says that a file system cannot keep the promise of Create.
var errUnfit = errors.New("two nights at once could both win there (set store: to a local disk, not FAT, SMB or a bucket mounted as a folder)")

// probe tries what Create relies on: that a file can be linked, and that a
// second link to the same name is refused.
func (f *Folder) probe() (err error) {
	if err := f.makeDirs(stagingDir); err != nil {
		return withHint(err)
	}
	from := path.Join(stagingDir, "probe-"+strings.ToLower(rand.Text()))
	to := from + "-link"
	file, err := f.disk.Create(from, createdMode)
	if err != nil {
		return withHint(err)
	}
	defer func() { err = errors.Join(err, f.disk.Remove(from)) }()
	if err := file.Close(); err != nil {
		return withHint(err)
	}
	if err := f.disk.Link(from, to); err != nil {
		return fmt.Errorf("the file system has no hard links: %w: %w", err, errUnfit)
	}
	defer func() { err = errors.Join(err, f.disk.Remove(to)) }()
	if err := f.disk.Link(from, to); !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the file system links over a name that is taken: %w", errUnfit)
	}
	return nil
}
