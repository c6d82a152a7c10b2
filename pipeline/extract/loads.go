package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"perennial/pipeline/history"
)

// load is the record of one pull, loads/<table>/<n>.json. The rows are beside it
// in <n>.csv.zst; without its record a load is not there. Later names are newer.
type load struct {
	N         int64       `json:"n"`     // from 1
	AsOf      history.Day `json:"as_of"` // of the night that pulled
	Query     string      `json:"query"` // hash of what was asked
	Full      bool        `json:"full"`  // of all rows: earlier loads count no more
	Since     string      `json:"since,omitempty"`
	Watermark string      `json:"watermark,omitempty"` // largest, as PostgreSQL writes it in UTC
	Rows      int64       `json:"rows"`
	Bytes     int64       `json:"bytes"` // of the file
	SHA256    string      `json:"sha256"`
}

const (
	loadSuffix   = ".csv.zst"
	recordSuffix = ".json"
	halfLoad     = ".load-" // what is being pulled
)

func loadName(n int64) string { return fmt.Sprintf("%012d", n) }

// loads are the pulls of one table, in a folder of their own.
type loads struct {
	dir  string
	all  []load // from the last full one on, oldest first
	last int64  // largest number in use
}

// readLoads reads the records in dir, which need not exist.
func readLoads(dir string) (*loads, error) {
	l := &loads{dir: dir}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries { // sorted by name
		name, isRecord := strings.CutSuffix(entry.Name(), recordSuffix)
		var n int64
		if _, err := fmt.Sscanf(strings.TrimSuffix(name, loadSuffix), "%d", &n); err == nil {
			l.last = max(l.last, n)
		}
		if !isRecord {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		var record load
		if err := json.Unmarshal(text, &record); err != nil || loadName(record.N) != name {
			return nil, dataError("%s: damaged record of a pull (remove the folder %s to pull everything again)", filepath.Join(dir, entry.Name()), dir)
		}
		if record.Full {
			l.all = nil
		}
		l.all = append(l.all, record)
	}
	return l, nil
}

// newest is the last load, nil without one.
func (l *loads) newest() *load {
	if len(l.all) == 0 {
		return nil
	}
	return &l.all[len(l.all)-1]
}

// files returns the files of the loads, which must be as they were written.
func (l *loads) files() ([]string, error) {
	var paths []string
	for _, record := range l.all {
		path := filepath.Join(l.dir, loadName(record.N)+loadSuffix)
		info, err := os.Stat(path)
		if err != nil || info.Size() != record.Bytes {
			return nil, dataError("%s: not the %d bytes that were pulled (remove the folder %s to pull everything again)", path, record.Bytes, l.dir)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// keep gives the finished file half the next number and writes its record, which
// makes it a load. Nothing is overwritten: a number that somebody else has taken
// meanwhile is left to him.
func (l *loads) keep(half string, record load) error {
	for record.N = l.last + 1; ; record.N++ {
		err := os.Link(half, filepath.Join(l.dir, loadName(record.N)+loadSuffix))
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	draft := half + recordSuffix
	if err := writeDurably(draft, append(text, '\n')); err != nil {
		return err
	}
	defer os.Remove(draft)
	if err := syncFolder(l.dir); err != nil { // the rows must not be missing when the record is there
		return err
	}
	if err := os.Link(draft, filepath.Join(l.dir, loadName(record.N)+recordSuffix)); err != nil {
		return err
	}
	l.last = record.N
	if record.Full {
		l.all = nil
	}
	l.all = append(l.all, record)
	return syncFolder(l.dir)
}

// prune removes what no pull needs: halves of pulls that were killed and, but for
// the newest of them, loads that a full one has replaced.
func (l *loads) prune() error {
	entries, err := os.ReadDir(l.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	wanted := make([]string, len(l.all))
	for i, record := range l.all {
		wanted[i] = loadName(record.N)
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(strings.TrimSuffix(entry.Name(), recordSuffix), loadSuffix)
		old := len(wanted) > 0 && len(name) == len(wanted[0]) && name < wanted[0]
		if !strings.HasPrefix(entry.Name(), halfLoad) && (!old || slices.Contains(wanted, name)) {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// writeDurably writes a new file and syncs it.
func writeDurably(path string, text []byte) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) (err error) {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Sync()
}
