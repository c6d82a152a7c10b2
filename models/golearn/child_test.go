package golearn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	os.Exit(m.Run())
}

// twoColumns is a problem of rows whose first column is the label's sign.
func twoColumns(rows int64) problem {
	return problem{
		header: header{Rows: rows, Columns: 2, C: 1, Tolerance: 1e-3},
		row: func(dst []float64, r int) float64 {
			label := float64(r % 2)
			dst[0], dst[1] = 2*label-1, 1
			return label
		},
	}
}

func TestTrainInChild(t *testing.T) {
	for first := range 2 { // liblinear orders its labels by the first row
		p := twoColumns(100)
		row := p.row
		p.row = func(dst []float64, r int) float64 { return row(dst, r+first) }
		w, err := trainInChild(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if len(w) != 2 || !(w[0] > 1) {
			t.Errorf("weights are %v, want a large one towards label 1", w)
		}
	}
}

// TestCancelKillsTheChild cancels while the child waits for the other rows.
func TestCancelKillsTheChild(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := twoColumns(1 << 30)
	row := p.row
	p.row = func(dst []float64, r int) float64 {
		if r == 100 {
			cancel()
		}
		return row(dst, r)
	}
	if _, err := trainInChild(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("trainInChild returned %v", err)
	}
}

func TestChildsErrorIsShown(t *testing.T) {
	_, err := trainInChild(context.Background(), twoColumns(0))
	if err == nil || !strings.Contains(err.Error(), "0 rows of 2 columns") {
		t.Errorf("the child's reason is lost: %v", err)
	}
}

func TestChildrenHaveNoChildren(t *testing.T) {
	name, value, _ := strings.Cut(childMark, "=")
	t.Setenv(name, value)
	_, err := trainInChild(context.Background(), twoColumns(4))
	if err == nil || !strings.Contains(err.Error(), "ServeChild") {
		t.Errorf("a program that does not serve its child is not told so: %v", err)
	}
}

// TestServeChildWantsNoPointerCheck: with the check, Go would panic.
func TestServeChildWantsNoPointerCheck(t *testing.T) {
	t.Setenv("GODEBUG", "cgocheck=1")
	if err := ServeChild(strings.NewReader(""), io.Discard); err == nil || !strings.Contains(err.Error(), "cgocheck=0") {
		t.Errorf("ServeChild returned %v", err)
	}
}

func TestWithoutPointerCheck(t *testing.T) {
	for before, want := range map[string]string{"": "cgocheck=0", "cgocheck=2,gctrace=1": "cgocheck=2,gctrace=1,cgocheck=0"} {
		if got := withoutPointerCheck(before); got != want {
			t.Errorf("GODEBUG=%q becomes %q, want %q", before, got, want)
		}
	}
}

// closing is a buffer that can be sent to.
type closing struct{ bytes.Buffer }

func (*closing) Close() error { return nil }

func TestReceiveWhatWasSent(t *testing.T) {
	p := twoColumns(3)
	var wire closing
	if err := p.send(&wire); err != nil {
		t.Fatal(err)
	}
	sent := wire.Bytes()
	h, x, y, err := receive(bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.header, h); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]float64{{-1, 1}, {1, 1}, {-1, 1}}, x); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{0, 1, 0}, y); diff != "" {
		t.Error(diff)
	}
	for n := range len(sent) {
		if _, _, _, err := receive(bytes.NewReader(sent[:n])); err == nil {
			t.Fatalf("receive took %d of %d bytes for a problem", n, len(sent))
		}
	}
}
