package extract

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"
)

// listed is how many rejected rows of a source are listed with their place.
// Rows beyond it are only counted.
const listed = 10_000

// census is what one reading of a file found out before DuckDB reads it.
type census struct {
	file    inputFile
	limits  *Limits
	witness witness
	size    int64 // bytes, as stored
	text    int64 // bytes, decompressed
	sha256  string
	stamp   stamp // when its reading ended

	// For csv only.
	header []string // column names, distinct without regard to case
	delim  byte
	rows   int64 // sound records after the header
	faults []*RowError
	reject map[string]int64 // records that are not sound, by fault
	rework bool             // DuckDB must be given a clean copy
}

// newCensus is the census of a file that is still to be read.
func newCensus(file inputFile, c *Config) *census {
	return &census{file: file, limits: &c.Limits, witness: c.witness, reject: map[string]int64{}}
}

// takeCensus has group read every file of a source once that is not remembered:
// hash, sizes, and for csv the records.
func takeCensus(ctx context.Context, group *errgroup.Group, source *surveyed) {
	for _, c := range source.files {
		if c.sha256 != "" {
			continue // remembered
		}
		group.Go(func() error {
			if err := c.take(ctx, source.source); err != nil {
				return fmt.Errorf("%s: %w", c.file.name(), err)
			}
			return nil
		})
	}
}

// take reads the file once.
func (c *census) take(ctx context.Context, s *Source) error {
	defer c.witness.reading(c.file.path)()
	f, err := os.Open(c.file.path)
	if err != nil {
		return err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return err
	}
	hash := sha256.New()
	raw := io.TeeReader(&contextReader{ctx, f}, hash)
	if err := c.readThrough(raw, c.limits.text(before.Size(), c.file.compression != ""), s); err != nil {
		return err
	}
	if c.file.format == parquetFormat {
		if err := checkParquet(f, before.Size(), c.limits); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, raw); err != nil {
		return err
	}
	if c.size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return err
	}
	c.sha256 = hex.EncodeToString(hash.Sum(nil))
	c.text = cmp.Or(c.text, c.size)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if c.stamp = stampOf(info); c.stamp != stampOf(before) || c.size != c.stamp.Size {
		return errChanged
	}
	return nil
}

// stamp is by what a file is known to be still the same without reading it.
type stamp struct {
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // Unix nanoseconds
	Changed  int64  `json:"changed"`  // Unix nanoseconds, of the inode
	Inode    uint64 `json:"inode"`
}

func stampOf(info fs.FileInfo) stamp {
	inode, changed := fileIdentity(info)
	return stamp{info.Size(), info.ModTime().UnixNano(), changed, inode}
}

// unchanged is an error if the file is not the one that was counted.
func (c *census) unchanged() error {
	info, err := os.Stat(c.file.path)
	if err == nil && stampOf(info) != c.stamp {
		err = errChanged
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.file.name(), err)
	}
	return nil
}

// errChanged says that somebody writes a file which is being read.
var errChanged = dataError("changed while it was read (run again when the export is complete)")

// readThrough decompresses the file to its end, of at most most bytes of text,
// and splits csv into records.
func (c *census) readThrough(raw io.Reader, most int64, s *Source) error {
	text, err := c.file.decompress(raw)
	if err != nil {
		return damaged(err)
	}
	defer text.Close()
	counted := &countingReader{r: text, most: most}
	if c.file.format == csvFormat {
		var uneven bool
		uneven, err = c.eachRecord(counted, s, c.count)
		c.rework = c.rework || uneven || s.encoding() != "utf-8"
	} else if _, err = io.Copy(io.Discard, counted); err != nil {
		err = damaged(err)
	}
	c.text = counted.n
	if err == nil && c.text == 0 {
		err = dataError("empty file (repeat the export)")
	}
	return err
}

// eachRecord reads the header of a csv file's text and visits the records after
// it. uneven says that DuckDB would split the text differently.
func (c *census) eachRecord(text io.Reader, s *Source, visit func(record) error) (uneven bool, err error) {
	utf8, err := utf8Reader(text, s.encoding())
	if err != nil {
		return false, damaged(err)
	}
	records := newRecordReader(utf8)
	if err := c.readHeader(records, s); err != nil {
		return false, err
	}
	for {
		rec, err := records.next()
		if err == io.EOF {
			return records.uneven, nil
		}
		if err != nil {
			return false, damaged(err)
		}
		if err := visit(rec); err != nil {
			return false, err
		}
	}
}

// count books one record.
func (c *census) count(rec record) error {
	if rec.fault == "" {
		c.rows++
		c.rework = c.rework || rec.odd
		return nil
	}
	c.rework = true
	c.reject[rec.fault]++
	if len(c.faults) < listed {
		c.faults = append(c.faults, &RowError{
			File: c.file.name(), Line: rec.line, Field: "row",
			Value: excerpt(string(rec.text)), Err: errors.New(rec.fault),
		})
	}
	return nil
}

// readHeader reads the first record: delimiter and column names.
func (c *census) readHeader(records *recordReader, s *Source) error {
	line, err := records.peek()
	if err == io.EOF {
		return dataError("empty file (repeat the export)")
	}
	if err != nil {
		return damaged(err)
	}
	switch {
	case s.Delimiter == `\t` || s.Delimiter == "" && c.file.tabs:
		c.delim = '\t'
	case s.Delimiter != "":
		c.delim = s.Delimiter[0]
	default:
		c.delim = sniffDelimiter(line)
	}
	records.delim = c.delim
	rec, err := records.next()
	if err != nil {
		return damaged(err)
	}
	if rec.fault != "" {
		return dataError("header: %s", rec.fault)
	}
	if fields := bytes.Count(rec.text, []byte{c.delim}); fields >= maxColumns {
		return dataError("header: %d columns, more than %d (repeat the export)", fields+1, maxColumns)
	}
	c.header = columnNames(split(rec.text, c.delim))
	c.rework = c.rework || rec.odd || rec.line > 1
	records.fields = len(c.header)
	return nil
}

// sniffDelimiter returns the delimiter that a header shows most often outside
// quotes.
func sniffDelimiter(header []byte) byte {
	best, most := byte(','), 0
	for _, delim := range []byte(",;\t|") {
		if q := scanQuoted(header, delim); q.fields > most {
			best, most = delim, q.fields
		}
	}
	return best
}

// columnNames makes a header's names distinct as DuckDB compares them.
func columnNames(header []string) []string {
	seen := map[string]bool{}
	repeats := map[string]int{} // of a name: many a broken header is one name a million times
	names := make([]string, len(header))
	for i, name := range header {
		name = cmp.Or(strings.TrimSpace(name), fmt.Sprintf("column%d", i+1))
		unique := name
		for n := max(2, repeats[strings.ToLower(name)]); seen[strings.ToLower(unique)]; n++ {
			unique = fmt.Sprintf("%s_%d", name, n)
			repeats[strings.ToLower(name)] = n + 1
		}
		seen[strings.ToLower(unique)] = true
		names[i] = unique
	}
	return names
}

// damaged says that a file's bytes cannot be decoded. Failures of the disk are
// not the data's fault and stay as they are.
func damaged(err error) error {
	var path *os.PathError
	if errors.Is(err, ErrBadData) || errors.As(err, &path) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return dataError("damaged or cut off: %w (repeat the export)", err)
}

// excerpt cuts a value to what a message can show.
func excerpt(s string) string {
	const most = 80
	s = strings.ToValidUTF8(s, "\uFFFD")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// countingReader counts what is read, and ends with an error when it is too much.
type countingReader struct {
	r       io.Reader
	n, most int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.most {
		return n, dataError("more than %d MiB of text (repeat the export; if it is sound, raise text or expansion under limits)", c.most>>20)
	}
	return n, err
}
