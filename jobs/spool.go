package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"perennial/models/action"
	"perennial/models/segment"
	"perennial/pipeline/publish"
	"perennial/pipeline/table"
)

// customer is a scored row on its way to an action, with the facts that
// segments and actions need.
type customer struct {
	Score      publish.Score `parquet:"score"`
	Segment    segment.Facts `parquet:"segment"`
	Action     action.Facts  `parquet:"action"`
	NewestFact int32         `parquet:"newest_fact"` // day of the last thing that happened
}

// spool keeps scored buckets on disk between the passes of a night, so that
// memory is bounded by a bucket, and notes of what is done, so that a killed night
// goes on where it was. Its files belong to one run; they are complete or absent.
type spool struct {
	dir string
}

func (s *spool) file(k int) string { return filepath.Join(s.dir, fmt.Sprintf("part-%05d.parquet", k)) }

// write keeps the scored bucket k.
func (s *spool) write(k int, customers []customer) (stamp, error) {
	return writeWhole(s.dir, s.file(k), func(f io.Writer) error {
		w := parquet.NewGenericWriter[customer](f, parquet.Compression(&parquet.Snappy))
		if _, err := w.Write(customers); err != nil {
			return err
		}
		return w.Close()
	})
}

// read returns bucket k. Columns of the score that nobody will look at can be left
// out by name, which saves most of what they cost.
func (s *spool) read(k int, without ...string) (customers []customer, err error) {
	f, err := os.Open(s.file(k))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.file(k), err)
	}
	below := make([]string, len(without))
	for i, name := range without {
		below[i] = "score." + name
	}
	r, err := table.NewRowReader[customer](file, below...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.file(k), err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	customers = make([]customer, file.NumRows())
	if _, err := r.Read(customers); err != nil {
		return nil, fmt.Errorf("%s: %w", s.file(k), err)
	}
	return customers, nil
}

// note keeps a small record under name.
func (s *spool) note(name string, record any) error {
	_, err := writeWhole(s.dir, filepath.Join(s.dir, name), func(w io.Writer) error { return json.NewEncoder(w).Encode(record) })
	return err
}

// noted reads the record under name, and reports whether there is a whole one.
func (s *spool) noted(name string, record any) bool {
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	return err == nil && json.Unmarshal(text, record) == nil
}

// remove deletes the files.
func (s *spool) remove() error { return os.RemoveAll(s.dir) }
