package extract

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeClean writes the sound records of a csv file to a folder of their own
// below dir, as UTF-8 after RFC 4180, and returns the copy's path.
func (c *census) writeClean(dir string, s *Source) (path string, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	path = filepath.Join(dir, strings.TrimSuffix(c.file.name(), c.file.compression))
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<20)
	if err := writeRecord(w, c.header); err != nil {
		return "", err
	}
	err = c.reread(s, func(rec record) error {
		if rec.fault != "" {
			return nil
		}
		if rec.odd {
			return writeRecord(w, split(rec.text, c.delim))
		}
		w.Write(rec.text)
		return w.WriteByte('\n')
	})
	if err != nil {
		return "", err
	}
	return path, w.Flush()
}

// reread visits the records of a csv file once more.
func (c *census) reread(s *Source, visit func(record) error) error {
	f, err := os.Open(c.file.path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := c.file.decompress(f)
	if err != nil {
		return damaged(err)
	}
	defer text.Close()
	_, err = c.eachRecord(text, s, visit)
	return err
}

// writeRecord writes one record with all the quotes it needs.
func writeRecord(w io.Writer, values []string) error {
	// A lone empty value would be a blank line, which is no record.
	if len(values) == 1 && values[0] == "" {
		_, err := io.WriteString(w, "\"\"\n")
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write(values); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}
