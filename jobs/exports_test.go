package jobs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perennial/pipeline/history"
)

// cutShop is a shop whose exports end before asOf, with a store of its own.
func cutShop(t testing.TB, whole Config, asOf history.Day) Config {
	t.Helper()
	cut := whole
	cut.BaseDir, cut.Store = t.TempDir(), filepath.Join(t.TempDir(), "cut")
	for _, name := range []string{"orders.csv", "engagements.csv", "actions.csv"} {
		cutFile(t, filepath.Join(whole.BaseDir, name), filepath.Join(cut.BaseDir, name), asOf)
	}
	for _, name := range []string{"customers.csv", "products.csv"} {
		copyFile(t, filepath.Join(whole.BaseDir, name), filepath.Join(cut.BaseDir, name))
	}
	return cut
}

// cutFile copies the rows of a CSV file whose time is before asOf. The time is
// the only column that looks like one.
func cutFile(t testing.TB, from, to string, asOf history.Day) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	header := strings.Split(strings.TrimSpace(lines[0]), ",")
	column := slices.IndexFunc(header, func(name string) bool { return strings.HasSuffix(name, "_at") })
	kept := lines[:1]
	for _, line := range lines[1:] {
		if cells := strings.Split(line, ","); len(cells) > column && cells[column] < asOf.String() {
			kept = append(kept, line)
		}
	}
	if err := os.WriteFile(to, []byte(strings.Join(kept, "")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
