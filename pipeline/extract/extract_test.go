package extract

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const header = "customer_id,order_id,ordered_at,product_id,category,quantity,amount,discount,currency,channel,loaded_at\n"

// rejectsOf extracts orders and returns the listing of what was rejected.
func rejectsOf(t testing.TB, c Config) (*Report, []string) {
	t.Helper()
	_, r, err := runIn(t, c, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	checkCounts(t, r)
	var rows []string
	for _, row := range r.Sources[0].Listed {
		rows = append(rows, row.Error())
	}
	return r, rows
}

// TestRejects gives every reason to reject an order line a row of its own,
// between two good ones.
func TestRejects(t *testing.T) {
	tests := []struct{ name, row, want string }{
		{"no customer", ",o,2025-01-01,,,1,1,,,,", "customer_id: missing"},
		{"blank customer", "  ,o,2025-01-01,,,1,1,,,,", "customer_id: missing"},
		{"no order", "c,,2025-01-01,,,1,1,,,,", "order_id: missing"},
		{"no date", "c,o,,,,1,1,,,,", "ordered_at: missing"},
		{"bad date", "c,o,soon,,,1,1,,,,", `ordered_at "soon": not a date`},
		{"no such day", "c,o,2025-02-30,,,1,1,,,,", `ordered_at "2025-02-30": not a date`},
		{"infinite date", "c,o,infinity,,,1,1,,,,", `ordered_at "infinity": not a date`},
		{"early date", "c,o,1900-01-01,,,1,1,,,,", `ordered_at "1900-01-01": not between 1990 and 2100`},
		{"late date", "c,o,2999-01-01,,,1,1,,,,", `ordered_at "2999-01-01": not between 1990 and 2100`},
		{"no amount", "c,o,2025-01-01,,,1,,,,,", "amount: missing"},
		{"amount in words", "c,o,2025-01-01,,,1,ten,,,,", `amount "ten": not a number`},
		{"amount NaN", "c,o,2025-01-01,,,1,NaN,,,,", `amount "NaN": not a number`},
		{"infinite amount", "c,o,2025-01-01,,,1,inf,,,,", `amount "inf": too large`},
		{"overflow", "c,o,2025-01-01,,,1,1e400,,,,", `amount "inf": too large`},
		{"absurd amount", "c,o,2025-01-01,,,1,1e16,,,,", `amount "1e+16": too large`},
		{"quantity in words", "c,o,2025-01-01,,,x,1,,,,", `quantity "x": not a number`},
		{"absurd quantity", "c,o,2025-01-01,,,1e30,1,,,,", `quantity "1e+30": too large`},
		{"discount in words", "c,o,2025-01-01,,,1,1,half,,,", `discount "half": not a number`},
		{"negative discount", "c,o,2025-01-01,,,1,1,-2,,,", `discount "-2.0": negative on a line that is no return`},
		{"currency", "c,o,2025-01-01,,,1,1,,XAU,,", `currency "XAU": no rate for this currency (add it to rates)`},
		{"bad loading time", "c,o,2025-01-01,,,1,1,,,,never", `loaded_at "never": not a date`},
		{"too few fields", "c,o,2025-01-01", `row "c,o,2025-01-01": not as many fields as the header`},
		{"repeated", "a,1,2025-01-01,,,1,5.5,0.5,,,", `order_id "1": the same row again`},
	}
	good := "a,1,2025-01-01,,,1,5.5,0.5,,,\n"
	var all strings.Builder
	var want []string
	all.WriteString(header + good)
	for i, tt := range tests {
		all.WriteString(tt.row + "\n")
		// Many good rows around keep a column of numbers one.
		want = append(want, fmt.Sprintf("orders.csv:%d: %s", i+3, tt.want))
	}
	for i := range 1000 {
		fmt.Fprintf(&all, "b,n%d,2025-03-01 10:00:00,P,C,2,9.5,0,GBP,web,2025-03-02 10:00:00\n", i)
	}
	r, got := rejectsOf(t, ordersFrom(t, all.String()))
	// DuckDB writes infinities in its own way; the cell itself is what is wanted.
	if diff := cmp.Diff(normal(want), normal(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if s := r.Sources[0]; s.Kept != 1001 || s.Read != int64(1001+len(tests)) {
		t.Errorf("%+v", s)
	}
}

func normal(rows []string) []string {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i] = strings.NewReplacer(`"NaN"`, `"nan"`, "1e+", "1e", "e16", "e16").Replace(rows[i])
	}
	return rows
}

func TestRejectsOfOtherTables(t *testing.T) {
	c := ordersFrom(t, header+"a,1,2025-01-01,,,1,5,,,,\n")
	c.Sources.Engagements.Files = []string{writeFile(t, "visits.csv", "customer_id,occurred_at,kind,value\na,2025-01-01,view,1\na,2025-01-01,view,1\na,2025-01-01,,1\n")}
	c.Sources.Customers.Files = []string{writeFile(t, "people.csv", "customer_id,signed_up_at,email_consent,shoe_size\na,2024-01-01,yes,40\na,2024-01-01,no,40\nb,,perhaps,41\nc,,,\n")}
	c.Sources.Products.Files = []string{writeFile(t, "things.csv", "product_id,available\nP1,true\nP1,false\n,true\n")}
	c.Sources.Actions.Files = []string{writeFile(t, "sent.csv", "customer_id,action,sent_at\na,win_back,2025-02-01\na,win_back,2025-02-01\na,,2025-02-01\n")}
	_, r, err := runIn(t, c, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	checkCounts(t, r)
	want := map[string][]string{
		"engagements": {"visits.csv:4: kind: missing"},
		"customers":   {`people.csv:3: customer_id "a": the same key again`, `people.csv:4: email_consent "perhaps": neither yes, no nor unknown`},
		"products":    {`things.csv:3: product_id "P1": the same key again`, "things.csv:4: product_id: missing"},
		"actions":     {`sent.csv:3: action "win_back": the same row again`, "sent.csv:4: action: missing"},
	}
	for table, rows := range want {
		var got []string
		for _, row := range r.Source(table).Listed {
			got = append(got, row.Error())
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", table, diff)
		}
	}
}

func TestRejectsAreListedInAFile(t *testing.T) {
	dir, _, err := runIn(t, ordersFrom(t, header+"a,1,2025-01-01,,,1,5,,,,\nb,2,never,,,1,5,,,,\n"), "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "rejects", "orders.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "file,line,field,value,reason\norders.csv,3,ordered_at,never,not a date\n"; string(got) != want {
		t.Errorf("got %q", got)
	}
}

func TestTooManyRejects(t *testing.T) {
	c := ordersFrom(t, header+"a,1,2025-01-01,,,1,5,,,,\na,2,2025-01-01,,,x,5,,,,\n"+strings.Repeat("", 1))
	c.MaxRejects = 0.01
	dir, _, err := runIn(t, c, "2026-01-01")
	wantError(t, err, ErrBadData, `orders: 1 of 2 rows rejected, more than max_rejects 0.01: orders.csv:3: quantity "x": not a number (fix the rows, or raise max_rejects)`)
	if _, err := Open(dir); !errors.Is(err, ErrMissing) {
		t.Errorf("the extract can be opened: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "rejects", "orders.csv")); err != nil {
		t.Errorf("no listing to look at: %v", err)
	}
}

// TestRowsOfTheAsOfDayAreNotThere holds everything that is written to what was
// known before the first instant of the day.
func TestRowsOfTheAsOfDayAreNotThere(t *testing.T) {
	past := header + "a,1,2025-06-30 23:59:59,P1,C1,1,5,,,web,\n"
	future := "a,2,2025-07-01 00:00:00,P2,C2,1,5,,,app,\n" + // too late by its time
		"a,3,2025-06-01,P3,C3,1,5,,,pos,2025-07-01 08:00:00\n" + // too late by its loading
		"z,4,2025-06-30T23:30:00Z,P4,C4,1,5,,,tel,\n" // half past midnight in London
	var extracts []map[string]string
	for _, text := range []string{past, past + future} {
		dir, r, err := runIn(t, ordersFrom(t, text), "2025-07-01")
		if err != nil {
			t.Fatal(err)
		}
		checkCounts(t, r)
		if later := int64(strings.Count(text, "\n") - 2); r.Sources[0].After != later {
			t.Errorf("%d rows after, want %d", r.Sources[0].After, later)
		}
		extracts = append(extracts, hashes(t, dir))
	}
	for _, files := range extracts { // but for what names the files' hashes, and what is kept for later nights
		for _, name := range []string{reportFile, filepath.Join(memoryFolder, stateFile), filepath.Join(memoryFolder, "orders.later.parquet")} {
			delete(files, name)
		}
	}
	if diff := cmp.Diff(extracts[0], extracts[1]); diff != "" {
		t.Errorf("later rows change the extract:\n%s", diff)
	}
}

// hashes returns the SHA-256 of every file below dir.
func hashes(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// someOrders writes n order lines of a made-up shop.
func someOrders(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		order := i / 3
		customer := order * 7919 % (n/20 + 1)
		fmt.Fprintf(&b, "C%06d,O%07d,2024-%02d-%02d %02d:%02d:00,P%03d,K%d,%d,%d.%02d,0,GBP,web,\n",
			customer, order, 1+order%12, 1+order%28, order%24, i%60, i*31%997, i%7, 1+i%4, i%90, i%100)
	}
	return b.String()
}

func TestSameBytesForAnyThreadsAndFiles(t *testing.T) {
	text := someOrders(30_000)
	half := len(text)/2 + strings.IndexByte(text[len(text)/2:], '\n') + 1
	var first map[string]string
	for _, threads := range []int{1, 2, 4} {
		c := ordersFrom(t, text)
		c.Threads, c.Buckets = threads, 4
		if threads == 4 {
			dir := t.TempDir()
			for name, part := range map[string]string{"b.csv": text[:half], "c.csv.gz": gzipped(t, header+text[half:])} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(part), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			c.Sources.Orders.Files = []string{filepath.Join(dir, "*.csv*")}
		}
		dir, r, err := runIn(t, c, "2026-01-01")
		if err != nil {
			t.Fatal(err)
		}
		checkCounts(t, r)
		got := hashes(t, dir)
		delete(got, reportFile)
		delete(got, filepath.Join(memoryFolder, stateFile)) // which says when files were written
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%d threads:\n%s", threads, diff)
		}
	}
}

func TestFormatsGiveTheSameHistories(t *testing.T) {
	const csvText = "customer_id,order_id,ordered_at,amount,product_id\n007,1,2025-01-02 03:04:05,1.5,00x\n8,2,2025-01-03,2,y\n"
	texts := map[string]string{
		"orders.csv":      csvText,
		"orders.csv.gz":   gzipped(t, csvText),
		"orders.csv.zst":  zstandard(t, csvText),
		"orders.tsv":      strings.ReplaceAll(csvText, ",", "\t"),
		"orders.txt":      strings.ReplaceAll(csvText, ",", "|"),
		"orders.json":     `[{"customer_id":"007","order_id":1,"ordered_at":"2025-01-02T03:04:05","amount":1.5,"product_id":"00x"},{"customer_id":"8","order_id":2,"ordered_at":"2025-01-03","amount":2,"product_id":"y"}]`,
		"orders.jsonl.gz": gzipped(t, "{\"customer_id\":\"007\",\"order_id\":1,\"ordered_at\":\"2025-01-02 03:04:05\",\"amount\":1.5,\"product_id\":\"00x\"}\n{\"customer_id\":\"8\",\"order_id\":2,\"ordered_at\":\"2025-01-03\",\"amount\":2,\"product_id\":\"y\"}\n"),
	}
	want := ""
	for _, name := range sortedKeys(texts) {
		c := ordersFrom(t, "")
		c.Sources.Orders.Files = []string{writeFile(t, name, texts[name])}
		e := mustExtract(t, c, "2026-01-01")
		got := dump(t, e)
		if want == "" {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if !strings.Contains(want, "\n007\n  2025-01-02 03:04:05 order 0 1 x \"00x\" \"\" = 1.5") {
		t.Errorf("unexpected histories %s", want)
	}
}

func TestMissingInputs(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		files string
		kind  error
		want  string
	}{
		{filepath.Join(dir, "none.csv"), ErrMissing, "no such file"},
		{filepath.Join(dir, "*.csv"), ErrMissing, "no file matches"},
		{filepath.Join(dir, "none", "*.csv"), ErrMissing, "no such folder"},
		{dir, ErrConfig, "is a folder"},
		{writeFile(t, "a*.csv", header), ErrConfig, "a path with *, ? or [ cannot be read"},
		{writeFile(t, "orders.xlsx", "x"), ErrConfig, "not a kind of file that can be read"},
		{writeFile(t, "orders.parquet", "PAR1 and so on PAR1"), ErrBadData, "orders"},
		{writeFile(t, "orders.json", `[{"customer_id": 1`), ErrBadData, "orders"},
		{writeFile(t, "orders.csv", header), ErrBadData, "no row is left of 0"},
	}
	for _, tt := range tests {
		c := Config{Currency: "GBP", Sources: Sources{Orders: Source{Files: []string{tt.files}}}}
		_, _, err := runIn(t, c, "2026-01-01")
		wantError(t, err, tt.kind, tt.want)
	}
}

func TestRunStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if _, err := Run(ctx, ordersFrom(t, someOrders(10)), day(t, "2026-01-01"), dir, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRunLeavesNoScratch(t *testing.T) {
	c := ordersFrom(t, someOrders(100)+"bad\n")
	c.SpillDir = t.TempDir()
	dir, _, err := runIn(t, c, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, c.SpillDir} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), ".") {
				t.Errorf("%s is left in %s", entry.Name(), folder)
			}
		}
	}
}

func TestRunAgainReplaces(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{300, 30} {
		c := ordersFrom(t, someOrders(n))
		c.Buckets = n / 15
		if _, err := Run(t.Context(), c, day(t, "2026-01-01"), dir, nil); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "orders", "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("%d bucket files, %v", len(files), err)
	}
}

func TestManyBuckets(t *testing.T) {
	c := ordersFrom(t, someOrders(2000))
	c.Buckets = 600 // more than the files that DuckDB keeps open
	e := mustExtract(t, c, "2026-01-01")
	customers, lines := 0, 0
	for k := range e.Buckets() {
		b, err := e.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		customers += len(b.Histories)
		for _, h := range b.Histories {
			lines += len(h.Lines)
		}
	}
	if s := e.Report().Sources[0]; int64(lines) != s.Kept || int64(customers) != s.Customers {
		t.Errorf("%d lines of %d, %d customers of %d", lines, s.Kept, customers, s.Customers)
	}
}
