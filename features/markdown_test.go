package features

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

var update = flag.Bool("update", false, "rewrite golden files and FEATURES.md")

// golden compares got with the file at path, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./features -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date (go test ./features -update rewrites it) (-want +got):\n%s", path, diff)
	}
}

func TestMarkdownIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := WriteMarkdown(&b, Families()); err != nil {
		t.Fatal(err)
	}
	golden(t, "../FEATURES.md", b.Bytes())
}

func TestMarkdownOfOwnFeatures(t *testing.T) {
	shop, err := ownFamily([]Own{{
		Name: "gifts_90d", From: "orders", Where: "category IN ('a|b', 'c')", Measure: "sum", Of: "amount", Window: 90,
	}}, history.Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteMarkdown(&b, []Family{shop}); err != nil {
		t.Fatal(err)
	}
	want := "| `gifts_90d` | money | 90 days | sum of amount from orders where category IN ('a\\|b', 'c') in the last 90 days. | never | orders.amount, orders.category, orders.ordered_at |\n"
	if !strings.HasSuffix(b.String(), want) {
		t.Errorf("the table ends otherwise than in %s:\n%s", want, b.String())
	}
}

func TestMarkdownListsEveryUnit(t *testing.T) {
	listed := map[Unit]bool{}
	for _, u := range units {
		listed[u.unit] = true
	}
	for _, family := range Families() {
		for _, f := range family.Features {
			if !listed[f.Unit] {
				t.Errorf("%s: unit %q is not documented", f.Name, f.Unit)
			}
		}
	}
}

func TestMarkdownReturnsTheWriteError(t *testing.T) {
	if err := WriteMarkdown(fullDisk{}, Families()); !errors.Is(err, errFull) {
		t.Errorf("WriteMarkdown on a full disk: %v", err)
	}
}

var errFull = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
