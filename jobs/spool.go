package jobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"perennial/models/action"
	"perennial/models/segment"
	"perennial/pipeline/publish"
)

// customer is a scored row on its way to an action, with the facts that
// segments and actions need.
type customer struct {
	Score    publish.Score `parquet:"score"`
	Segment  segment.Facts `parquet:"segment"`
	Action   action.Facts  `parquet:"action"`
	NewFacts bool          `parquet:"new_facts"` // something happened on the last day
}

// spool keeps scored buckets on disk between the passes of a night, so that
// memory is bounded by a bucket. Its files are private to one run of this program.
type spool struct {
	dir string
}

func newSpool(parent string) (*spool, error) {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "scored-")
	return &spool{dir}, err
}

func (s *spool) file(k int) string { return filepath.Join(s.dir, fmt.Sprintf("part-%05d.parquet", k)) }

func (s *spool) write(k int, customers []customer) (err error) {
	f, err := os.Create(s.file(k))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := parquet.NewGenericWriter[customer](f, parquet.Compression(&parquet.Snappy))
	if _, err := w.Write(customers); err != nil {
		return err
	}
	return w.Close()
}

// read returns bucket k. Fields of the score that nobody will look at can be left
// out by name, which saves most of what they cost.
func (s *spool) read(k int, without ...string) (customers []customer, err error) {
	f, err := os.Open(s.file(k))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var options []parquet.ReaderOption
	for _, name := range without {
		options = append(options, parquet.StructTag(`parquet:"-"`, "score", name))
	}
	r := parquet.NewGenericReader[customer](f, options...)
	defer func() { err = errors.Join(err, r.Close()) }()
	customers = make([]customer, r.NumRows())
	for n := 0; n < len(customers); {
		read, err := r.Read(customers[n:])
		if n += read; n < len(customers) && err != nil {
			return nil, fmt.Errorf("%s: %w", s.file(k), err)
		}
	}
	return customers, nil
}

// remove deletes the files.
func (s *spool) remove() error { return os.RemoveAll(s.dir) }
