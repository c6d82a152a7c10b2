package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// apart is the same configuration, read by a child process.
func apart(c Config) Config {
	c.InProcess = false
	return c
}

// extractLogged extracts to a folder of its own and returns what was logged too,
// without times.
func extractLogged(t testing.TB, c Config) (dir, logged string, r *Report) {
	t.Helper()
	var text bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "seconds" {
			return slog.Attr{}
		}
		return a
	}}))
	dir = filepath.Join(t.TempDir(), "extract")
	r, err := Run(t.Context(), c, day(t, "2026-01-01"), dir, log.With("run_id", "r1"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, text.String(), r
}

// TestChildExtractsTheSame: files, report, listed rejects and log lines are those
// of an extraction without a child.
func TestChildExtractsTheSame(t *testing.T) {
	c := ordersFrom(t, header+"a,1,2025-01-01,P,,1,5.25,,,,\na,1,2025-01-01,P,,1,5.25,,,,\na,2,soon,,,1,5,,,,\nb,3\nc,4,2025-03-01,,,2,7,,,web,\n")
	c.Sources.Customers.Files = []string{writeFile(t, "people.csv", "customer_id,country\na,GB\nc,FR\n")}
	here, hereLog, hereReport := extractLogged(t, c)
	there, thereLog, thereReport := extractLogged(t, apart(c))
	if diff := cmp.Diff(hereReport, thereReport, cmp.Comparer(func(a, b *RowError) bool { return a.Error() == b.Error() })); diff != "" {
		t.Errorf("report: -here +there:\n%s", diff)
	}
	if len(thereReport.Sources[0].Listed) != 3 {
		t.Errorf("%d rows are listed, want 3", len(thereReport.Sources[0].Listed))
	}
	if diff := cmp.Diff(hereLog, thereLog); diff != "" {
		t.Errorf("log: -here +there:\n%s", diff)
	}
	if diff := cmp.Diff(filesBelow(t, here), filesBelow(t, there)); diff != "" {
		t.Errorf("files: -here +there:\n%s", diff)
	}
}

// filesBelow returns the files below dir with their bytes.
func filesBelow(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestErrorsOfTheChild(t *testing.T) {
	good := apart(ordersFrom(t, someOrders(10)))
	for _, tt := range []struct {
		name, want string
		kind       error
		change     func(*Config)
	}{
		{"configuration", "time zone", ErrConfig, func(c *Config) { c.Timezone = "Mars/Olympus" }},
		{"sql", "nothing", ErrConfig, func(c *Config) { c.Sources.Orders.SQL = "SELECT nothing FROM input" }},
		{"missing", "no such file", ErrMissing, func(c *Config) { c.Sources.Orders.Files = []string{"nowhere.csv"} }},
		{"data", "orders.csv: empty file", ErrBadData, func(c *Config) { c.Sources.Orders.Files = []string{writeFile(t, "orders.csv", "")} }},
		{"rows", "orders.csv:2: row", ErrBadData, func(c *Config) {
			c.Sources.Orders.Files = []string{writeFile(t, "orders.csv", "customer_id,order_id,ordered_at,amount\na\n")}
			c.MaxRejects = 0.01
		}},
	} {
		c := good
		tt.change(&c)
		_, here := Run(t.Context(), func() Config { c := c; c.InProcess = true; return c }(), day(t, "2026-01-01"), t.TempDir(), nil)
		_, there := Run(t.Context(), c, day(t, "2026-01-01"), t.TempDir(), nil)
		wantError(t, there, tt.kind, "")
		if here == nil || there == nil || here.Error() != there.Error() {
			t.Errorf("%s:\nhere  %v\nthere %v", tt.name, here, there)
		}
	}
}

func TestWireKeepsErrors(t *testing.T) {
	row := &RowError{File: "a.csv", Line: 7, Field: "row", Value: "x", Err: errors.New("bad")}
	err := packError(fmt.Errorf("extract: %w", dataError("%w (fix the line)", errors.Join(row, syscall.ENOSPC)))).unpack()
	var got *RowError
	if !errors.As(err, &got) || got.Error() != row.Error() || *got != (RowError{"a.csv", 7, "row", "x", got.Err}) {
		t.Errorf("the row is %v", got)
	}
	if !errors.Is(err, ErrBadData) || errors.Is(err, ErrConfig) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v has lost its kind or its number", err)
	}
	if err := packError(context.Canceled).unpack(); !errors.Is(err, context.Canceled) || errors.Is(err, ErrBadData) {
		t.Errorf("%v is not the cancellation", err)
	}
}

// pipe is an orders file that a child has opened and waits for; write is the
// other end.
func pipe(t testing.TB) (c Config, open func() *os.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orders.csv")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("needs named pipes:", err)
	}
	c = apart(ordersFrom(t, ""))
	c.Sources.Orders.Files = []string{path}
	return c, func() *os.File {
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // returns when the child has opened it too
		if err != nil {
			t.Error(err)
		}
		return f
	}
}

// surveying surveys c in a child of which act can dispose while it reads.
func surveying(t *testing.T, ctx context.Context, c Config, open func() *os.File, act func(*child)) error {
	t.Helper()
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	p, err := startChild(c.Limits, c.processMemory())
	if err != nil {
		t.Fatal(err)
	}
	acted := make(chan struct{})
	go func() {
		defer close(acted)
		f := open()
		defer f.Close()
		act(p)
		<-p.ended
	}()
	err = p.call(ctx, request{Call: callSurvey, Config: &c}, nil, nil)
	// A child that never came to the pipe leaves its other end waiting.
	reader, openErr := os.OpenFile(c.Sources.Orders.Files[0], os.O_RDONLY|syscall.O_NONBLOCK, 0)
	<-acted
	if err := errors.Join(openErr, reader.Close()); err != nil {
		t.Fatal(err)
	}
	if err == nil || p.close() != nil {
		t.Fatalf("the child survived: %v", err)
	}
	return err
}

func TestCrashOfTheChildNamesTheFile(t *testing.T) {
	c, open := pipe(t)
	err := surveying(t, t.Context(), c, open, func(p *child) { p.cmd.Process.Signal(syscall.SIGSEGV) })
	wantError(t, err, ErrBadData, "extract: orders.csv: reading it crashed: SIGSEGV")
}

func TestKilledChildNamesTheFile(t *testing.T) {
	c, open := pipe(t)
	err := surveying(t, t.Context(), c, open, func(p *child) { p.cmd.Process.Kill() })
	wantError(t, err, ErrBadData, "extract: orders.csv: reading it crashed: signal: killed")
}

func TestCancelEndsTheChild(t *testing.T) {
	c, open := pipe(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := surveying(t, ctx, c, open, func(*child) { cancel() })
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrBadData) {
		t.Errorf("got %v, want the cancellation", err)
	}
}

func TestFileThatTakesTooLong(t *testing.T) {
	c, open := pipe(t)
	c.Limits.Time = 2 * time.Second
	err := surveying(t, t.Context(), c, open, func(*child) {})
	wantError(t, err, ErrBadData, "extract: orders.csv: reading it took longer than 2s")
}

func TestFileThatTakesTooMuchMemory(t *testing.T) {
	c, open := pipe(t)
	err := surveying(t, t.Context(), c, open, func(p *child) { p.memory.Store(2 << 20) }) // less than an idle process has
	wantError(t, err, ErrBadData, "extract: orders.csv: reading it took more than 2 MiB of memory")
}

// parentMark makes the test binary the parent that is killed.
const parentMark = "EXTRACT_TEST_PARENT"

// TestChildDiesWithItsParent kills a parent while its child reads a pipe: the
// child's end of the pipe goes away.
func TestChildDiesWithItsParent(t *testing.T) {
	if path := os.Getenv(parentMark); path != "" {
		_, err := Survey(t.Context(), Config{Sources: Sources{Orders: Source{Files: []string{path}}}})
		t.Fatal("the parent was not killed:", err)
	}
	c, open := pipe(t)
	parent := exec.Command(os.Args[0], "-test.run", "^TestChildDiesWithItsParent$")
	parent.Env = append(os.Environ(), parentMark+"="+c.Sources.Orders.Files[0])
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	f := open()
	defer f.Close()
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait() // says that it was killed
	for line := []byte(strings.Repeat("x", 1<<10)); ; {
		if _, err := f.Write(line); errors.Is(err, syscall.EPIPE) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestChildrenHaveNoChildren: a program that does not serve its children would
// start them without end.
func TestChildrenHaveNoChildren(t *testing.T) {
	name, value, _ := strings.Cut(childMark, "=")
	t.Setenv(name, value)
	_, err := Survey(t.Context(), apart(ordersFrom(t, someOrders(1))))
	if err == nil || !strings.Contains(err.Error(), "ServeChild") {
		t.Errorf("got %v", err)
	}
}

// TestChildInheritsNoSecrets looks at the environment of a child.
func TestChildInheritsNoSecrets(t *testing.T) {
	t.Setenv("SHOP_DSN", "postgres://u:canary@h/d")
	in, err := Survey(t.Context(), apart(ordersFrom(t, someOrders(1))))
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range in.child.cmd.Env {
		if strings.Contains(variable, "canary") {
			t.Errorf("the child was given %s", variable)
		}
	}
	if err := errors.Join(in.Close(), in.Close()); err != nil {
		t.Error(err)
	}
	if _, err := in.Run(t.Context(), day(t, "2026-01-01"), t.TempDir(), nil); err == nil {
		t.Error("closed inputs were extracted")
	}
}
