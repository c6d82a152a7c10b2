package extract

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"perennial/pipeline/erasure"
	"perennial/pipeline/store"
)

// erasedList erases customers in a store of its own.
func erasedList(t testing.TB, ids ...string) *erasure.List {
	t.Helper()
	order := erasure.Order{By: "Ada", Reason: "asked for it", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	l, _, err := erasure.Append(t.Context(), store.NewMemory(), "a key for tests alone", order, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// oddShop has customers whose ids try a filter, each with rows in every table, in
// rejects and in rows that no parser can split.
func oddShop(t testing.TB, ids []string) Config {
	t.Helper()
	orders := header
	engagements := "customer_id,occurred_at,kind,value\n"
	customers := "customer_id,country\n"
	actions := "customer_id,action,sent_at\n"
	cell := func(id string) string { return `"` + strings.ReplaceAll(id, `"`, `""`) + `"` }
	for i, id := range ids {
		c := cell(id)
		orders += fmt.Sprintf("%s,o%d,2025-01-02,P%d,C%d,1,9.5,0,GBP,web,\n", c, i, i, i)
		orders += fmt.Sprintf("%s,o%d,2025-01-02,P%d,C%d,1,9.5,0,GBP,web,\n", c, i, i, i) // again
		orders += fmt.Sprintf("%s,p%d,soon,,,1,1,,,,\n", c, i)
		orders += fmt.Sprintf("%s,p%d,2025-01-03,,,1,much,,,,\n", c, i)
		orders += fmt.Sprintf("%s,l%d,2027-01-03,,,1,1,,,,\n", c, i) // later
		orders += fmt.Sprintf("%s,short%d\n", c, i)
		engagements += fmt.Sprintf("%s,2025-02-01,visit%d,\n", c, i)
		customers += fmt.Sprintf("%s,X%d\n", c, i)
		actions += fmt.Sprintf("%s,mail%d,2025-03-01\n", c, i)
	}
	c := ordersFrom(t, orders)
	c.Buckets = 2
	c.Sources.Engagements.Files = []string{writeFile(t, "engagements.csv", engagements)}
	c.Sources.Customers.Files = []string{writeFile(t, "customers.csv", customers)}
	c.Sources.Actions.Files = []string{writeFile(t, "actions.csv", actions)}
	return c
}

// cellsOf calls visit with every text cell of a Parquet file.
func cellsOf(t testing.TB, path string, visit func(string)) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range f.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 64)
		for {
			n, err := rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				for _, v := range row {
					if v.Kind() == parquet.ByteArray {
						visit(string(v.ByteArray()))
					}
				}
			}
			if err != nil {
				break
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestErasedLeaveNoTrace extracts a shop with erased customers and finds none of
// their ids in any cell or byte, and all others as they are without the list.
func TestErasedLeaveNoTrace(t *testing.T) {
	gone := []string{"c1", "ada@example.org", "O'Hara", "a\"b", "näh 1", "x;y"}
	kept := []string{"c10", "xc1", "C1", "Ada@example.org", "O''Hara", "näh 2"}
	for _, apart := range []bool{false, true} {
		t.Run(fmt.Sprintf("in a child process %v", apart), func(t *testing.T) {
			all := oddShop(t, append(slices.Clone(gone), kept...))
			all.InProcess = !apart
			all.Erased = erasedList(t, gone...)
			alone := oddShop(t, kept)
			dir := filepath.Join(t.TempDir(), "extract")
			r, err := Run(t.Context(), all, day(t, "2026-01-01"), dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			checkCounts(t, r)
			checkErasedCounts(t, r, int64(len(gone)))
			checkNoCell(t, dir, gone)
			if diff := cmp.Diff(customersOf(t, mustExtract(t, alone, "2026-01-01")), customersOf(t, mustOpen(t, dir))); diff != "" {
				t.Errorf("other customers changed, -want +got:\n%s", diff)
			}
		})
	}
}

func mustOpen(t testing.TB, dir string) *Extract {
	t.Helper()
	e, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// customersOf lists every customer with the number of her facts and what they name.
func customersOf(t testing.TB, e *Extract) []string {
	t.Helper()
	var all []string
	words := e.Vocabulary()
	for k := range e.Buckets() {
		b, err := e.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Histories {
			h := &b.Histories[i]
			all = append(all, fmt.Sprintf("%q %d %d %d %v", h.Customer, len(h.Lines), len(h.Engagements), len(h.Actions), words.Products.Len()))
		}
	}
	return all
}

func checkErasedCounts(t *testing.T, r *Report, customers int64) {
	t.Helper()
	for table, perCustomer := range map[string]int64{"orders": 2, "engagements": 1, "customers": 1, "actions": 1} {
		if got := r.Source(table).Erased; got != customers*perCustomer {
			t.Errorf("%s: %d rows erased, want %d", table, got, customers*perCustomer)
		}
	}
	if !strings.Contains(r.String(), fmt.Sprintf("+ erased %d", 2*customers)) {
		t.Errorf("the summary does not say what was erased:\n%s", r)
	}
}

// checkNoCell looks for ids in every cell of a Parquet or CSV file below dir.
func checkNoCell(t *testing.T, dir string, ids []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if filepath.Ext(path) == ".parquet" {
			cellsOf(t, path, func(cell string) {
				if slices.Contains(ids, cell) {
					t.Errorf("%s: cell %q", path, cell)
				}
			})
			return nil
		}
		text, err := os.ReadFile(path)
		for _, id := range ids {
			if erasure.Mentions(text, id) {
				t.Errorf("%s mentions %q:\n%s", path, id, text)
			}
		}
		return err
	})
	if err != nil || files < 10 {
		t.Errorf("%d files: %v", files, err)
	}
}

// TestFilterHasTeeth finds the same ids where nobody is erased.
func TestFilterHasTeeth(t *testing.T) {
	dir, _, err := runIn(t, oddShop(t, []string{"c1", "c10"}), "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for k := range 2 {
		cellsOf(t, bucketPath(dir, "orders", k), func(cell string) {
			if cell == "c1" {
				found++
			}
		})
	}
	rejects, err := os.ReadFile(filepath.Join(dir, "rejects", "orders.csv"))
	if err != nil || found == 0 || !erasure.Mentions(rejects, "c1") {
		t.Errorf("%d cells, rejects %s: %v", found, rejects, err)
	}
}

// TestErasedRejectsAreCounted holds rejected rows of an erased customer to being
// counted and not listed, also where a mapping hides the places of rows.
func TestErasedRejectsAreCounted(t *testing.T) {
	text := header + "c1,o1,secret-c1,,,1,1,,,,\nc2,o2,soon,,,1,1,,,,\nc2,o3,2025-01-01,,,1,1,,,,\n"
	for name, sql := range map[string]string{
		"located":     "",
		"values only": "SELECT * FROM (SELECT *, count(*) OVER () AS rows FROM input) WHERE rows > 0",
	} {
		c := ordersFrom(t, text)
		c.Sources.Orders.SQL = sql
		c.Erased = erasedList(t, "c1")
		r, rows := rejectsOf(t, c)
		if r.Sources[0].Rejected != 2 || len(rows) != 1 || !strings.Contains(rows[0], `"soon"`) {
			t.Errorf("%s: %d rejected, listed %q", name, r.Sources[0].Rejected, rows)
		}
	}
}

func TestFingerprintKnowsTheList(t *testing.T) {
	c := ordersFrom(t, header+"c1,o1,2025-01-01,,,1,1,,,,\n")
	seen := map[string]bool{}
	for _, list := range []*erasure.List{nil, erasedList(t, "c8"), erasedList(t, "c8", "c9")} {
		c.Erased = list
		in, err := Survey(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		seen[in.Fingerprint()] = true
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d fingerprints for 3 lists", len(seen))
	}
}
