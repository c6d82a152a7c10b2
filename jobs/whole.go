package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// stamp tells the bytes of a file.
type stamp struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// stamping counts and hashes what passes through it.
type stamping struct {
	size int64
	hash hash.Hash
}

func newStamping() *stamping { return &stamping{hash: sha256.New()} }

func (s *stamping) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.hash.Write(p)
}

func (s *stamping) stamp() stamp { return stamp{s.size, hex.EncodeToString(s.hash.Sum(nil))} }

// writeWhole writes a file by way of scratch, a folder of the same file system, so
// that it is complete or absent, also when two processes write it at once. It returns
// its stamp. A power cut may tear the file, which the stamp tells; making it durable
// would cost more than writing it again.
func writeWhole(scratch, name string, write func(io.Writer) error) (s stamp, err error) {
	for _, dir := range []string{scratch, filepath.Dir(name)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return stamp{}, err
		}
	}
	f, err := os.CreateTemp(scratch, "*.tmp")
	if err != nil {
		return stamp{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	of := newStamping()
	if err := errors.Join(write(io.MultiWriter(f, of)), f.Chmod(0o640), f.Close()); err != nil {
		return stamp{}, err
	}
	return of.stamp(), os.Rename(f.Name(), name)
}

// check returns an error unless the file at name has these bytes.
func (s stamp) check(name string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	of := newStamping()
	if _, err := io.Copy(of, f); err != nil {
		return err
	}
	if found := of.stamp(); found != s {
		return fmt.Errorf("%s: %w", name, found.unlike(s))
	}
	return nil
}

func stampOf(body []byte) stamp {
	of := newStamping()
	_, _ = of.Write(body) // a hash never fails
	return of.stamp()
}

// unlike says that s was found where want should be.
func (s stamp) unlike(want stamp) error {
	return fmt.Errorf("it has %d bytes with SHA-256 %s, not %d with %s", s.Size, s.SHA256, want.Size, want.SHA256)
}
