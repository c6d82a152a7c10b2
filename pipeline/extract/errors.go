package extract

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// What kind of failure an error of this package is, for errors.Is. An error of
// none of these kinds is a failure to read or write a file, or of the machine.
var (
	ErrMissing = errors.New("input missing")     // a file or folder is not there
	ErrBadData = errors.New("bad data")          // a file cannot be read as what it should be, or too many rows are bad
	ErrConfig  = errors.New("bad configuration") // the configuration must be changed
)

// kindError gives err a kind without changing its text.
type kindError struct {
	kind error
	err  error
}

func (e *kindError) Error() string   { return e.err.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.err} }

func configError(format string, args ...any) error {
	return &kindError{ErrConfig, fmt.Errorf(format, args...)}
}

func dataError(format string, args ...any) error {
	return &kindError{ErrBadData, fmt.Errorf(format, args...)}
}

func missingError(format string, args ...any) error {
	return &kindError{ErrMissing, fmt.Errorf(format, args...)}
}

// RowError says why one row of a source is bad.
type RowError struct {
	File  string // base name; "" when the mapping hides where the row came from
	Line  int64  // from 1, in the decompressed file; of JSON and Parquet the row; 0 when unknown
	Field string // canonical column, or the file's column for a cell that is no number
	Value string // as it stands in the row; "" when missing
	Err   error  // what is wrong with it
}

func (e *RowError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Field != "" {
		b.WriteString(e.Field)
		if e.Value != "" {
			fmt.Fprintf(&b, " %q", e.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }

// sqlError is an error of DuckDB as one readable line. What DuckDB could not
// parse or bind is the configuration's fault, what it could not convert the data's.
func sqlError(err error) error {
	var d *duckdb.Error
	if !errors.As(err, &d) {
		return err
	}
	line := errors.New(oneLine(d.Msg))
	switch d.Type {
	case duckdb.ErrorTypeOutOfMemory:
		return configError("%w (raise memory_limit, or lower threads)", line)
	case duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax, duckdb.ErrorTypeBinder, duckdb.ErrorTypeCatalog,
		duckdb.ErrorTypePermission, duckdb.ErrorTypeNotImplemented:
		return &kindError{ErrConfig, line}
	case duckdb.ErrorTypeConversion, duckdb.ErrorTypeInvalidInput, duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeSerialization,
		// What its readers of files throw is of no class, and what no correct file
		// makes it do it calls internal.
		duckdb.ErrorTypeInvalid, duckdb.ErrorTypeInternal, duckdb.ErrorTypeFatal:
		return &kindError{ErrBadData, line}
	case duckdb.ErrorTypeIO:
		if faultOfFile.MatchString(line.Error()) {
			return &kindError{ErrBadData, line}
		}
	}
	return line
}

// faultOfFile is what an I/O error says when a file names bytes that are not there,
// a place that no file has (EINVAL of pread), or lengths that do not fit together.
var faultOfFile = regexp.MustCompile(`^Could not read enough bytes|^Could not read from file .*: Invalid argument|corrupt file`)

var (
	errorClass  = regexp.MustCompile(`^[A-Z][A-Za-z ]+ (Error|Exception): `)
	manySpaces  = regexp.MustCompile(`\s+`)
	sentenceEnd = regexp.MustCompile(`[.!]$`)
)

// oneLine cuts DuckDB's message down to its first paragraph on one line: no
// error class, no candidate functions, no caret under the statement.
func oneLine(message string) string {
	message = errorClass.ReplaceAllString(strings.TrimSpace(message), "")
	for _, end := range []string{"\n\n", "\n\tCandidate", "\nPossible fixes", "\nLINE ", "\nDid you mean"} {
		if i := strings.Index(message, end); i > 0 {
			message = message[:i]
		}
	}
	message = manySpaces.ReplaceAllString(message, " ")
	return sentenceEnd.ReplaceAllString(strings.TrimSpace(message), "")
}
