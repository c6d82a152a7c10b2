package jobs

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"html"
	"html/template"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"perennial/pipeline/erasure"
)

// spellings returns how an id may stand in a text: as it is, quoted by Go, in JSON
// and in HTML, without the quotes around it, and in JSON when it was quoted before.
func spellings(id string) []string {
	all := []string{id, template.HTMLEscapeString(id), html.EscapeString(id), strings.ReplaceAll(template.HTMLEscapeString(id), "+", "&#43;")}
	goQuoted := unquoted(strconv.Quote(id))
	for _, text := range []string{id, goQuoted} {
		quoted, err := json.Marshal(text)
		if err == nil { // strings always encode
			all = append(all, unquoted(string(quoted)))
		}
	}
	return append(all, goQuoted)
}

// unquoted cuts the quote at either end, and no more: the id may end with one.
func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

// redacted returns a text of a run without erased customers: lines of logs, rows of
// reports and of lists of rejected rows go; elsewhere the id alone does.
func (s *sweep) redacted(key string, body []byte) []byte {
	switch path.Ext(key) {
	case ".html":
		body = reportRow.ReplaceAllFunc(body, func(row []byte) []byte {
			if s.list.Erased(html.UnescapeString(string(reportRow.FindSubmatch(row)[1]))) {
				return nil
			}
			return row
		})
		return s.withoutLines(body, nil)
	case ".csv":
		return s.withoutLines(body, s.namedInCSV)
	case ".jsonl":
		return s.withoutLines(body, s.namedInJSON)
	}
	if kind := kindOf(key); (kind == "spool" || kind == "history") && s.namedInJSON(body) {
		return nil
	}
	for _, id := range s.prose {
		body = erasure.Redact(body, id, "[erased]")
	}
	return body
}

// reportRow is a customer's row of a report: her id stands first.
var reportRow = regexp.MustCompile(`(?s)<tr><td>([^<]*)<br><small>.*?</tr>\n?`)

// withoutLines drops the lines that name an erased customer.
func (s *sweep) withoutLines(body []byte, named func(line []byte) bool) []byte {
	var kept []byte
	for line := range bytes.Lines(body) {
		if s.mentioned(line) || named != nil && named(line) {
			continue
		}
		kept = append(kept, line...)
	}
	return kept
}

func (s *sweep) mentioned(text []byte) bool {
	for _, id := range s.prose {
		if erasure.Mentions(text, id) {
			return true
		}
	}
	return false
}

// namedInCSV reports whether a cell of the line is an erased customer.
func (s *sweep) namedInCSV(line []byte) bool {
	cells, err := csv.NewReader(bytes.NewReader(line)).Read()
	return err == nil && slices.ContainsFunc(cells, s.list.Erased)
}

// heldInPull reports whether a cell of what was pulled from a database is an
// erased customer, or whether that cannot be told.
func (s *sweep) heldInPull(body []byte) bool {
	text, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return true
	}
	defer text.Close()
	rows := csv.NewReader(text)
	rows.ReuseRecord, rows.FieldsPerRecord, rows.LazyQuotes = true, -1, true
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return false
		}
		if err != nil || slices.ContainsFunc(cells, s.list.Erased) {
			return true
		}
	}
}

// namedInJSON reports whether a text in JSON is an erased customer.
func (s *sweep) namedInJSON(body []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		if text, ok := token.(string); ok && s.list.Erased(text) {
			return true
		}
	}
}
