package extract

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"

	"perennial/pipeline/history"
)

// What an extract keeps for the next one, in a folder of its own that Open never
// looks at.
const (
	memoryFolder = "memory"
	stateFile    = "state.json"
	wordsFile    = "words.parquet"
	usualFile    = "usual.parquet"
	// memoryFormat must be raised whenever the same input would give other rows,
	// other bytes or another report than before: an extract builds only on one of
	// its own format.
	memoryFormat = 3
)

// Memory is what a complete extract remembers of its inputs, so that the next one
// reads only what is new. A nil Memory remembers nothing.
type Memory struct {
	dir    string
	report *Report
	state  memoryState
}

// memoryState is memory/state.json.
type memoryState struct {
	Format  int               `json:"format"`
	DuckDB  string            `json:"duckdb"` // version; another one may write other bytes
	Sums    map[string]string `json:"sums"`   // SHA-256 of the extract's other files but for those of buckets
	Sources []sourceState     `json:"sources"`
}

// sourceState is what is remembered of one source, beside its report.
type sourceState struct {
	Table      string           `json:"table"`
	Settings   string           `json:"settings"`   // hash of what decides what a row of a file becomes
	Categories string           `json:"categories"` // hash of the products' categories that order lines without one were given
	Files      []rememberedFile `json:"files"`
	Binding    binding          `json:"binding"`
	Mapped     int64            `json:"mapped"`  // rows that the mapping yielded
	Located    bool             `json:"located"` // the rejected rows have places
	Rejected   []rememberedRow  `json:"rejected,omitempty"`
	Buckets    []bucketCounts   `json:"buckets"`
	Sorted     []string         `json:"sorted"` // SHA-256 of the sorted files
	Later      laterRowsState   `json:"later"`
}

// binding is how a mapping reads its files.
type binding struct {
	NotRowwise string             `json:"not_rowwise,omitempty"` // why rows depend on each other; "" when they do not
	AskedAll   bool               `json:"asked_all,omitempty"`   // the form of a date was found out from all rows
	Columns    []string           `json:"columns"`
	Readings   map[string]reading `json:"readings"`
	Types      map[string]string  `json:"types"`
	Formats    map[string]string  `json:"formats"`
}

// rememberedFile is the census of a file.
type rememberedFile struct {
	Path   string           `json:"path"`
	Stamp  stamp            `json:"stamp"`
	Text   int64            `json:"text"`
	SHA256 string           `json:"sha256"`
	Header []string         `json:"header,omitempty"`
	Delim  byte             `json:"delim,omitempty"`
	Rows   int64            `json:"rows"`
	Faults []rememberedRow  `json:"faults,omitempty"`
	Reject map[string]int64 `json:"reject,omitempty"`
	Rework bool             `json:"rework,omitempty"`
}

// rememberedRow is a RowError.
type rememberedRow struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

func remember(rows []*RowError) []rememberedRow {
	kept := make([]rememberedRow, len(rows))
	for i, r := range rows {
		kept[i] = rememberedRow{r.File, r.Line, r.Field, r.Value, r.Err.Error()}
	}
	return kept
}

func recall(rows []rememberedRow) []*RowError {
	var found []*RowError
	for _, r := range rows {
		found = append(found, &RowError{r.File, r.Line, r.Field, r.Value, errors.New(r.Reason)})
	}
	return found
}

// Recall returns what the complete extract in dir remembers. The error says why
// there is nothing to build on: the extract is not complete, damaged, or of
// another version. Reading everything is then what is left to do.
func Recall(dir string) (*Memory, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("extract: recall: %w", err)
	}
	m := &Memory{dir: dir}
	if m.report, err = readReport(dir); err != nil {
		return nil, fmt.Errorf("extract: recall: %w", err)
	}
	if err := m.state.load(dir); err != nil {
		return nil, fmt.Errorf("extract: recall: %s: %w", dir, err)
	}
	return m, nil
}

// AsOf returns the as-of day of the extract.
func (m *Memory) AsOf() history.Day { return m.report.AsOf }

// Survey is the function Survey, except that files are not read which are still
// as they were when they were last read; and Run of the Inputs builds on the
// extract that m is of. Its files, vocabulary, products and rejects are the same
// bytes as without, and so are the counts of its report. An extract made with
// another list of erased customers is not built on.
func (m *Memory) Survey(ctx context.Context, cfg Config) (*Inputs, error) {
	c, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	if !c.InProcess {
		return surveyApart(ctx, c, m)
	}
	sources, err := c.survey(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return &Inputs{config: c, sources: sources, memory: m}, nil
}

// folder is what a child recalls; "" for nothing.
func (m *Memory) folder() string {
	if m == nil {
		return ""
	}
	return m.dir
}

// source returns what is remembered of a table, or nil.
func (m *Memory) source(table string) *sourceState {
	if m == nil {
		return nil
	}
	for i := range m.state.Sources {
		if m.state.Sources[i].Table == table {
			return &m.state.Sources[i]
		}
	}
	return nil
}

// take fills in the censuses of the files that have not changed since.
func (m *Memory) take(s *surveyed, settings string) error {
	old := m.source(s.table.name)
	if old == nil || old.Settings != settings {
		return nil
	}
	known := map[string]*rememberedFile{}
	for i := range old.Files {
		known[old.Files[i].Path] = &old.Files[i]
	}
	for _, c := range s.files {
		r := known[c.file.path]
		if r == nil {
			continue
		}
		info, err := os.Stat(c.file.path)
		if err != nil {
			return err
		}
		if stampOf(info) == r.Stamp {
			c.recall(r)
		}
	}
	return nil
}

// recall makes r the census of a file that has not been read.
func (c *census) recall(r *rememberedFile) {
	c.stamp, c.size, c.text, c.sha256 = r.Stamp, r.Stamp.Size, r.Text, r.SHA256
	c.header, c.delim, c.rows, c.rework = r.Header, r.Delim, r.Rows, r.Rework
	c.faults = recall(r.Faults)
	for fault, n := range r.Reject {
		c.reject[fault] = n
	}
}

// remembered is what recall takes, with faults as they may be shown.
func (c *census) remembered(faults []*RowError) rememberedFile {
	return rememberedFile{
		Path: c.file.path, Stamp: c.stamp, Text: c.text, SHA256: c.sha256, Header: c.header, Delim: c.delim,
		Rows: c.rows, Faults: remember(faults), Reject: c.reject, Rework: c.rework,
	}
}

// load reads the state beside the extract in dir, and checks the extract's other
// files against their hashes, but for those of buckets.
func (s *memoryState) load(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, memoryFolder, stateFile))
	if err != nil {
		return err
	}
	sum, text, _ := bytes.Cut(text, []byte("\n"))
	if string(sum) != sumLine(text) {
		return fmt.Errorf("%s is damaged", stateFile)
	}
	if err := json.Unmarshal(text, s); err != nil {
		return fmt.Errorf("%s: %w", stateFile, err)
	}
	if s.Format != memoryFormat {
		return fmt.Errorf("%s: format %d, not %d", stateFile, s.Format, memoryFormat)
	}
	sums, err := sumFiles(dir)
	if err == nil && !maps.Equal(sums, s.Sums) {
		err = fmt.Errorf("the files of %s are not those that were written", dir)
	}
	return err
}

// save writes the state beside the extract in dir, when all other files are written.
func (s *memoryState) save(dir string) (err error) {
	if s.Sums, err = sumFiles(dir); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, memoryFolder, stateFile), append([]byte(sumLine(text)+"\n"), text...), 0o666)
}

// sumLine stands before the state, as JSON too, so that all of the file can be
// searched for texts.
func sumLine(text []byte) string { return strconv.Quote(sumOf(text)) }

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// sumFiles returns the SHA-256 of the Parquet files in an extract's folder and in
// that of its memory.
func sumFiles(dir string) (map[string]string, error) {
	sums := map[string]string{}
	for _, folder := range []string{"", memoryFolder} {
		paths, err := filepath.Glob(filepath.Join(dir, folder, "*.parquet"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if sums[filepath.Join(folder, filepath.Base(path))], err = sumFile(path); err != nil {
				return nil, err
			}
		}
	}
	return sums, nil
}

func sumFile(path string) (sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
