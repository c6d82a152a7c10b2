package extract

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"perennial/pipeline/history"
)

// TestMain makes the test binary a program that knows ChildCommand.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		if err := ServeChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// writeFile writes a file to a folder of its own and returns its path.
func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// ordersFrom is a configuration with an orders file of this text.
func ordersFrom(t testing.TB, text string) Config {
	t.Helper()
	return Config{
		Timezone: "Europe/London", Currency: "GBP", Buckets: 1, MaxRejects: 1, Threads: 2, InProcess: true,
		Sources: Sources{Orders: Source{Files: []string{writeFile(t, "orders.csv", text)}}},
	}
}

func day(t testing.TB, s string) history.Day {
	t.Helper()
	d, err := history.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// runIn extracts to a folder of its own, in this process: see apart_test.go for
// the child.
func runIn(t testing.TB, c Config, asOf string) (dir string, r *Report, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "extract")
	c.InProcess = true
	r, err = Run(t.Context(), c, day(t, asOf), dir, nil)
	return dir, r, err
}

func mustExtract(t testing.TB, c Config, asOf string) *Extract {
	t.Helper()
	dir, r, err := runIn(t, c, asOf)
	if err != nil {
		t.Fatal(err)
	}
	checkCounts(t, r)
	e, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// checkCounts holds a report to read = kept + rejected + filtered + replaced.
func checkCounts(t testing.TB, r *Report) {
	t.Helper()
	for _, s := range r.Sources {
		if s.Read != s.Kept+s.Rejected+s.Filtered+s.Replaced+s.Erased {
			t.Errorf("%s: read %d is not kept %d + rejected %d + filtered %d + replaced %d + erased %d", s.Table, s.Read, s.Kept, s.Rejected, s.Filtered, s.Replaced, s.Erased)
		}
		var reasons int64
		for _, reason := range s.Reasons {
			reasons += reason.Rows
		}
		if reasons != s.Rejected {
			t.Errorf("%s: reasons of %d rows for %d rejected", s.Table, reasons, s.Rejected)
		}
		var rows int64
		for _, n := range s.BucketRows {
			rows += n
		}
		if s.BucketRows != nil && rows != s.Kept {
			t.Errorf("%s: %d rows in buckets, %d kept", s.Table, rows, s.Kept)
		}
	}
}

func wantError(t testing.TB, err, kind error, text string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("no error, want %q", text)
	case !errors.Is(err, kind):
		t.Errorf("error %q is not %q", err, kind)
	case !strings.Contains(err.Error(), text):
		t.Errorf("error %q does not say %q", err, text)
	case strings.Contains(err.Error(), "\n"):
		t.Errorf("error %q is not one line", err)
	}
}
