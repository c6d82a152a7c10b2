package extract

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"
)

func TestOneLine(t *testing.T) {
	for message, want := range map[string]string{
		"Binder Error: Referenced column \"a\" not found in FROM clause!\nCandidate bindings: \"b\"\n\nLINE 1: SELECT a\n               ^":          `Referenced column "a" not found in FROM clause! Candidate bindings: "b"`,
		"Binder Error: No function matches '*(VARCHAR, VARCHAR)'. You might need to add explicit type casts.\n\tCandidate functions:\n\t*(TINYINT)": "No function matches '*(VARCHAR, VARCHAR)'. You might need to add explicit type casts",
		"Invalid Input Error: CSV Error on Line: 2\nPossible fixes:\n* Disable":                                                                     "CSV Error on Line: 2",
		"":            "",
		"plain words": "plain words",
	} {
		if got := oneLine(message); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", message, got, want)
		}
	}
}

func FuzzOneLine(f *testing.F) {
	f.Add("Binder Error: x\nLINE 1: y")
	f.Add("\n\n\n")
	f.Fuzz(func(t *testing.T, message string) {
		if got := oneLine(message); strings.ContainsAny(got, "\n\r\t") {
			t.Errorf("%q became %q", message, got)
		}
	})
}

func TestSQLError(t *testing.T) {
	for typ, kind := range map[duckdb.ErrorType]error{
		duckdb.ErrorTypeBinder: ErrConfig, duckdb.ErrorTypeParser: ErrConfig,
		duckdb.ErrorTypeConversion: ErrBadData, duckdb.ErrorTypeInvalidInput: ErrBadData,
	} {
		if err := sqlError(&duckdb.Error{Type: typ, Msg: "x"}); !errors.Is(err, kind) || err.Error() != "x" {
			t.Errorf("%v: %v", typ, err)
		}
	}
	wantError(t, sqlError(&duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory, Msg: "Out of Memory Error: failed to pin\n\nPossible solutions"}), ErrConfig, "failed to pin (raise memory_limit, or lower threads)")
	for _, kind := range []error{ErrConfig, ErrBadData, ErrMissing} {
		if err := sqlError(&duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: "x"}); errors.Is(err, kind) {
			t.Errorf("an I/O error is %v", kind)
		}
	}
	for _, text := range []string{
		"IO Error: Could not read enough bytes: 3 of 8",
		`IO Error: Could not read from file "orders.parquet": Invalid argument`,
		"IO Error: DELTA_LENGTH_BYTE_ARRAY - length mismatch between values and byte array lengths (attempted read of 300 from 284 entries) - corrupt file?",
	} {
		if err := sqlError(&duckdb.Error{Type: duckdb.ErrorTypeIO, Msg: text}); !errors.Is(err, ErrBadData) {
			t.Errorf("%s is %v, want bad data", text, err)
		}
	}
	if err := errors.New("other"); sqlError(err) != err {
		t.Error("another error is changed")
	}
}

func TestRowError(t *testing.T) {
	cause := errors.New("not a number")
	for want, e := range map[string]*RowError{
		`a.csv:8: quantity "x": not a number`: {File: "a.csv", Line: 8, Field: "quantity", Value: "x", Err: cause},
		`a.csv: quantity: not a number`:       {File: "a.csv", Field: "quantity", Err: cause},
		`quantity "x": not a number`:          {Field: "quantity", Value: "x", Err: cause},
		`not a number`:                        {Err: cause},
	} {
		if e.Error() != want {
			t.Errorf("got %s, want %s", e, want)
		}
		if !errors.Is(e, cause) {
			t.Errorf("%s hides its cause", e)
		}
	}
}

func TestKindsKeepTheText(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("extract: %w", dataError("orders: %w", cause))
	if err.Error() != "extract: orders: cause" || !errors.Is(err, ErrBadData) || !errors.Is(err, cause) || errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
}
