package extract

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// maxRecord bounds one CSV record in bytes, so that a quote which is never
// closed cannot swallow a file. DuckDB's own limit is twice that.
const maxRecord = 1 << 20

// Why a line is no sound CSV record.
const (
	wrongFieldCount = "not as many fields as the header"
	openQuote       = "a quote is opened and never closed"
	afterQuote      = "text after a closing quote"
	notText         = "not UTF-8 (set encoding, as windows-1252)"
	tooLong         = "longer than 1 MiB"
)

// record is one row of a CSV file.
type record struct {
	text  []byte // without its line end; valid until the next call
	line  int64  // on which it begins, from 1
	fault string // why it is no sound record: its first line then stands in text
	odd   bool   // sound, but outside RFC 4180, where parsers disagree
}

// recordReader splits CSV text into records.
//
// DuckDB's reader loses whole blocks of rows after a stray quote, and which
// ones depends on its threads. So every file is split here first: a line that
// is no sound record is rejected alone, reading goes on at the next line, and
// DuckDB is only given text about which no two parsers disagree.
type recordReader struct {
	r      io.Reader
	delim  byte
	fields int // of a sound record; 0 accepts any number
	buf    []byte
	start  int // of the next record in buf
	eof    bool
	line   int64 // number of lines before start
	uneven bool  // sound, but line ends or blank lines are such that DuckDB reads other records
	ending int   // 1 or 2: length of the first line end; 0 before it
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: r, buf: make([]byte, 0, 1<<20)}
}

// next returns the next record that is not blank, or io.EOF.
func (s *recordReader) next() (record, error) {
	for {
		line, size, err := s.physicalLine()
		if err != nil {
			return record{}, err
		}
		if size > maxRecord {
			return s.take(record{text: line, fault: tooLong}, size, 1), nil
		}
		if len(line) == 0 {
			s.uneven = s.uneven || s.fields == 1 // DuckDB reads an empty value there
			s.take(record{}, size, 1)
			continue
		}
		if bytes.IndexByte(line, '"') < 0 {
			return s.take(s.plain(line), size, 1), nil
		}
		return s.quoted(line, size)
	}
}

// peek returns the first line that is not blank, without consuming it.
func (s *recordReader) peek() ([]byte, error) {
	for {
		line, size, err := s.physicalLine()
		if err != nil || len(line) > 0 {
			return line, err
		}
		s.take(record{}, size, 1)
	}
}

// take consumes size bytes and lines lines as rec.
func (s *recordReader) take(rec record, size int, lines int64) record {
	rec.line = s.line + 1
	s.start += size
	s.line += lines
	return rec
}

// physicalLine returns the text up to the next line end and its size with it.
// A line longer than maxRecord is cut in what it returns, not in its size.
func (s *recordReader) physicalLine() (line []byte, size int, err error) {
	searched := 0
	for {
		text := s.buf[s.start:]
		if i := bytes.IndexByte(text[searched:], '\n'); i >= 0 {
			size = searched + i + 1
			return s.trim(text[:size]), size, nil
		}
		if s.eof {
			if len(text) == 0 {
				return nil, 0, io.EOF
			}
			return bytes.TrimSuffix(text, []byte{'\r'}), len(text), nil
		}
		if len(text) > maxRecord {
			// Too long already: the rest is not worth its memory.
			text = text[:maxRecord+1]
			s.buf = s.buf[:s.start+len(text)]
		}
		searched = len(text)
		if err := s.fill(); err != nil {
			return nil, 0, err
		}
	}
}

// trim removes the line end and notes whether it differs from the others.
func (s *recordReader) trim(line []byte) []byte {
	ending := 1
	if len(line) > 1 && line[len(line)-2] == '\r' {
		ending = 2
	}
	if s.ending == 0 {
		s.ending = ending
	}
	s.uneven = s.uneven || ending != s.ending
	return line[:len(line)-ending]
}

// fill reads more text behind what is still to be split.
func (s *recordReader) fill() error {
	if s.start > 0 {
		s.buf = append(s.buf[:0], s.buf[s.start:]...)
		s.start = 0
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if err == io.EOF {
		s.eof = true
		return nil
	}
	return err
}

// plain judges a line without quotes.
func (s *recordReader) plain(line []byte) record {
	rec := record{text: line, odd: bytes.IndexByte(line, '\r') >= 0}
	switch {
	case s.fields > 0 && bytes.Count(line, []byte{s.delim}) != s.fields-1:
		rec.fault = wrongFieldCount
	case !utf8.Valid(line):
		rec.fault = notText
	}
	return rec
}

// quoted returns the record that begins at line, which holds a quote: it may
// go on over line ends.
func (s *recordReader) quoted(line []byte, size int) (record, error) {
	for {
		text := s.buf[s.start:]
		q := scanQuoted(text[:min(len(text), maxRecord)], s.delim)
		if q.cut && !s.eof && len(text) < maxRecord {
			if err := s.fill(); err != nil {
				return record{}, err
			}
			line = s.buf[s.start : s.start+len(line)]
			continue
		}
		rec := record{text: text[:q.end], fault: q.fault, odd: q.odd}
		switch {
		case q.fault != "":
		case s.fields > 0 && q.fields != s.fields:
			rec.fault = wrongFieldCount
		case !utf8.Valid(rec.text):
			rec.fault = notText
		}
		if rec.fault != "" {
			rec.text = line
			return s.take(rec, size, 1), nil
		}
		lines := int64(bytes.Count(text[:q.size], []byte{'\n'}))
		return s.take(rec, q.size, max(lines, 1)), nil
	}
}

// quotedRecord is what scanQuoted found.
type quotedRecord struct {
	end    int // of the record's text
	size   int // with the line end
	fields int
	odd    bool
	fault  string
	cut    bool // text ended before the record did
}

// scanQuoted finds the end of the record at the beginning of text, which ends it
// too.
func scanQuoted(text []byte, delim byte) quotedRecord {
	q := quotedRecord{fields: 1}
	for i := 0; ; {
		if i < len(text) && text[i] == '"' {
			end := closingQuote(text, i+1)
			if end < 0 {
				q.fault, q.cut = openQuote, true
				return q
			}
			for i = end + 1; i < len(text) && text[i] == ' '; i++ {
				q.odd = true
			}
			if i < len(text) && text[i] != delim && !lineEnd(text[i:]) {
				q.fault = afterQuote
				return q
			}
		}
		for ; i < len(text) && text[i] != delim && text[i] != '\n'; i++ {
			q.odd = q.odd || text[i] == '"' || text[i] == '\r' && !lineEnd(text[i:])
		}
		if i >= len(text) || text[i] == '\n' {
			q.end, q.size, q.cut = i, min(i+1, len(text)), i >= len(text)
			if i > 0 && text[i-1] == '\r' {
				q.end--
			}
			return q
		}
		q.fields++
		i++
	}
}

// lineEnd reports whether text begins with a line end or is over after one.
func lineEnd(text []byte) bool {
	return text[0] == '\n' || text[0] == '\r' && (len(text) == 1 || text[1] == '\n')
}

// closingQuote returns the position of the quote that ends the value beginning
// at i, or -1.
func closingQuote(text []byte, i int) int {
	for {
		j := bytes.IndexByte(text[i:], '"')
		if j < 0 {
			return -1
		}
		i += j
		if i+1 >= len(text) || text[i+1] != '"' {
			return i
		}
		i += 2
	}
}

// split returns the values of a sound record, without quotes.
func split(text []byte, delim byte) []string {
	var values []string
	for i := 0; ; i++ {
		if i < len(text) && text[i] == '"' {
			end := closingQuote(text, i+1)
			values = append(values, string(bytes.ReplaceAll(text[i+1:end], []byte(`""`), []byte(`"`))))
			i = end + 1
			for i < len(text) && text[i] != delim {
				i++
			}
		} else {
			end := bytes.IndexByte(text[i:], delim)
			if end < 0 {
				end = len(text) - i
			}
			values = append(values, string(text[i:i+end]))
			i += end
		}
		if i >= len(text) {
			return values
		}
	}
}
