package extract

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/table"
)

// mappedOrders extracts a csv text with SQL.
func mappedOrders(t testing.TB, text, sql string) Config {
	t.Helper()
	c := ordersFrom(t, text)
	c.Sources.Orders.SQL = sql
	return c
}

const retail = "Invoice,StockCode,Quantity,InvoiceDate,Price,Customer\n"

const retailSQL = `
-- the lines of a retailer
SELECT "Customer" AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at,
       StockCode AS product_id, Quantity AS quantity, Quantity * Price AS amount
FROM input WHERE Customer IS NOT NULL;`

// TestTyping covers what a sniffer gets wrong: bad cells among the first rows
// make a column text, and numbers with meaning lose their zeros.
func TestTyping(t *testing.T) {
	var b strings.Builder
	b.WriteString(retail + "5001,0042,x,2025-01-01,1.5,007\n" + "5002,0043,2,2025-01-01,cheap,7\n")
	for i := range 500 {
		fmt.Fprintf(&b, "%d,%05d,2,2025-01-02,2.5,%d\n", 6000+i, i, 100+i)
	}
	b.WriteString("C6001,85123A,-1,2025-02-01,2.5,0100\n")
	b.WriteString("6999,1,1.5,2025-02-01,2,\n")
	c := mappedOrders(t, b.String(), retailSQL)
	r, got := rejectsOf(t, c)
	want := []string{`orders.csv:2: Quantity "x": not a number`, `orders.csv:3: Price "cheap": not a number`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if s := r.Sources[0]; s.Kept != 501 || s.Filtered != 1 || s.Read != 504 {
		t.Errorf("%+v", s)
	}
	text := dump(t, mustExtract(t, c, "2026-01-01"))
	for _, line := range []string{
		"\n0100\n  2025-02-01 00:00:00 order 0 -1 x \"85123A\" \"\" = -2.5",
		"\n100\n  2025-01-02 00:00:00 order 0 2 x \"00000\" \"\" = 5",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q", line)
		}
	}
}

// TestMappingsBind tries mappings that need weaker typings than the strictest.
func TestMappingsBind(t *testing.T) {
	text := retail + "5001,0042,1,2025-01-05 10:30:00,1.5,7\n5002,0043,2,2025-01-06,2,8\n"
	for name, sql := range map[string]string{
		"star":                  "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount, * FROM input",
		"id compared":           "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input WHERE Customer > 0",
		"date compared":         "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input WHERE InvoiceDate >= DATE '2025-01-01'",
		"date part":             "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input WHERE year(InvoiceDate) = 2025",
		"date arithmetic":       "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate + INTERVAL 1 HOUR AS ordered_at, Price AS amount FROM input",
		"date parsed":           "SELECT Customer AS customer_id, Invoice AS order_id, strptime(left(InvoiceDate, 10), '%Y-%m-%d') AS ordered_at, Price AS amount FROM input",
		"common table":          "WITH t AS (SELECT Customer AS c, Invoice AS i, InvoiceDate AS d, Price * Quantity AS p FROM input) SELECT c AS customer_id, i AS order_id, d AS ordered_at, p AS amount FROM t",
		"made-up order":         "SELECT Customer AS customer_id, concat(Customer, '-', InvoiceDate) AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input",
		"from first":            "FROM input SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount",
		"union":                 "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input WHERE Price > 1.7 UNION ALL SELECT Customer, Invoice, InvoiceDate, Price FROM input WHERE Price <= 1.7",
		"amount as text":        "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, replace(Price, ',', '.')::DOUBLE AS amount FROM input",
		"file":                  "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input WHERE file = 'orders.csv'",
		"clock":                 "SELECT Customer AS customer_id, Invoice AS order_id, clock(InvoiceDate) AS ordered_at, number(Price) AS amount FROM input",
		"aggregate":             "SELECT Customer AS customer_id, Invoice AS order_id, min(InvoiceDate) AS ordered_at, sum(Price) AS amount FROM input GROUP BY ALL",
		"case of names ignored": "SELECT CUSTOMER AS Customer_ID, invoice AS ORDER_ID, invoicedate AS Ordered_At, price AS Amount FROM input",
	} {
		t.Run(name, func(t *testing.T) {
			e := mustExtract(t, mappedOrders(t, text, sql), "2026-01-01")
			if s := e.Report().Sources[0]; s.Kept != 2 || s.First.String() != "2025-01-05" {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestMappingErrors(t *testing.T) {
	text := retail + "5001,0042,1,2025-01-05,1.5,7\n"
	tests := []struct{ name, sql, want string }{
		{"misspelt column", "SELECT Custmer AS customer_id FROM input", `sql: no column "Custmer" (did you mean "Customer"? the files have Invoice, StockCode, Quantity, InvoiceDate, Price, Customer)`},
		{"missing canonical column", "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at FROM input", "sql yields no column amount"},
		{"misspelt canonical column", "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount, Quantity AS quantitty FROM input", "did you mean quantity?"},
		{"not a select", "COPY input TO '/tmp/x'", "sql: not a SELECT"},
		{"two statements", "SELECT 1; SELECT 2", "sql: 2 statements"},
		{"a statement behind", "SELECT 1; DROP VIEW input", "sql: not a SELECT"},
		{"syntax", "SELECT FROM", "sql: syntax error"},
		{"another file", "SELECT * FROM read_csv('/etc/passwd')", "sql: "},
		{"no such function", "SELECT nosuch(Customer) AS customer_id FROM input", "sql: "},
		{"a list", "SELECT [Customer] AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input", "sql yields customer_id as VARCHAR[]"},
		{"no sql", "", "no column customer_id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := runIn(t, mappedOrders(t, text, tt.sql), "2026-01-01")
			wantError(t, err, ErrConfig, tt.want)
		})
	}
}

func TestFilesWithOtherColumns(t *testing.T) {
	c := ordersFrom(t, "")
	c.Sources.Orders.Files = []string{
		writeFile(t, "a.csv", "customer_id,order_id,ordered_at,amount\na,1,2025-01-01,1\n"),
		writeFile(t, "b.csv", "amount;channel;ordered_at;order_id;customer_id\n2;web;2025-01-02;2;a\nx;web;2025-01-02;3;a\n"),
	}
	e := mustExtract(t, c, "2026-01-01")
	want := "\na\n" +
		"  2025-01-01 00:00:00 order 0 1 x \"\" \"\" = 1, discount NaN, \"\"\n" +
		"  2025-01-02 00:00:00 order 1 1 x \"\" \"\" = 2, discount NaN, \"web\"\n"
	if diff := cmp.Diff(want, dump(t, e)); diff != "" {
		t.Error(diff)
	}
	_, got := rejectsOf(t, c)
	if diff := cmp.Diff([]string{`b.csv:3: amount "x": not a number`}, got); diff != "" {
		t.Error(diff)
	}
}

// TestRowsWithoutAPlace lists rejected rows of a mapping that hides their lines.
func TestRowsWithoutAPlace(t *testing.T) {
	text := retail + "1,A,1,2025-01-05,1,7\n1,A,1,2025-01-05,1,7\n2,A,1,never,1,8\n"
	sql := "SELECT DISTINCT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, Price AS amount FROM input"
	r, got := rejectsOf(t, mappedOrders(t, text, sql))
	if diff := cmp.Diff([]string{`orders.csv:4: ordered_at "never": not a date`}, got); diff != "" {
		t.Error(diff)
	}
	if s := r.Sources[0]; s.Kept != 1 || s.Filtered != 1 {
		t.Errorf("%+v", s)
	}
	sql = "SELECT Customer AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at, sum(Price) AS amount FROM input GROUP BY Customer, Invoice, InvoiceDate"
	_, got = rejectsOf(t, mappedOrders(t, text, sql))
	if diff := cmp.Diff([]string{`ordered_at "never": not a date`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesAfterBadOnes(t *testing.T) {
	text := retail + "1,\"A\nB\",1,2025-01-05,1,7\nbad\n\n3,A,1,never,1,8\n"
	_, got := rejectsOf(t, mappedOrders(t, text, retailSQL))
	want := []string{`orders.csv:4: row "bad": not as many fields as the header`, `orders.csv:6: ordered_at "never": not a date`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLinesOfALargeFile rejects rows far apart, which several threads read.
func TestLinesOfALargeFile(t *testing.T) {
	bad := map[int]string{3: "x", 77_777: "", 150_000: "nan", 199_999: "?"}
	var b strings.Builder
	b.WriteString("customer_id,order_id,ordered_at,amount,channel\n")
	var want []string
	line := 2
	for i := range 200_000 {
		amount, ok := bad[i]
		if !ok {
			amount = "1.5"
		}
		fmt.Fprintf(&b, "c%d,o%d,2025-01-01 10:00:00,%s,\"a longer value\nof two lines\"\n", i%1000, i, amount)
		switch {
		case amount == "":
			want = append(want, fmt.Sprintf("orders.csv:%d: amount: missing", line))
		case ok:
			want = append(want, fmt.Sprintf("orders.csv:%d: amount %q: not a number", line, amount))
		}
		line += 2
	}
	_, got := rejectsOf(t, ordersFrom(t, b.String()))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestNestedJSON takes orders apart that hold their lines.
func TestNestedJSON(t *testing.T) {
	c := ordersFrom(t, "")
	c.Sources.Orders = Source{
		Files: []string{writeFile(t, "orders.json", `[{"id": "1", "who": "a", "when": "2025-01-01T10:00:00Z", "lines": [{"sku": "X", "n": 2, "sum": 5}, {"sku": "Y", "n": 1, "sum": 1.5}]}]`)},
		SQL:   `SELECT who AS customer_id, id AS order_id, "when" AS ordered_at, l.sku AS product_id, l.n AS quantity, l.sum AS amount FROM (SELECT *, unnest(lines) AS l FROM input)`,
	}
	e := mustExtract(t, c, "2026-01-01")
	want := "\na\n" +
		"  2025-01-01 10:00:00 order 0 2 x \"X\" \"\" = 5, discount NaN, \"\"\n" +
		"  2025-01-01 10:00:00 order 0 1 x \"Y\" \"\" = 1.5, discount NaN, \"\"\n"
	if diff := cmp.Diff(want, dump(t, e)); diff != "" {
		t.Error(diff)
	}
}

// TestParquetInput reads identifiers that were stored as floats.
func TestParquetInput(t *testing.T) {
	orders, err := table.New(
		table.Column{Name: "customer_id", Numbers: []float32{17850, 17850.5}},
		table.Column{Name: "order_id", Texts: []string{"001", "002"}},
		table.Column{Name: "ordered_at", Texts: []string{"2025-01-01T10:00:00+01:00", "never"}},
		table.Column{Name: "amount", Numbers: []float32{1.5, 2}},
	)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := orders.WriteParquet(&b); err != nil {
		t.Fatal(err)
	}
	c := ordersFrom(t, "")
	c.Sources.Orders.Files = []string{writeFile(t, "orders.parquet", b.String())}
	if diff := cmp.Diff("\n17850\n  2025-01-01 09:00:00 order 0 1 x \"\" \"\" = 1.5, discount NaN, \"\"\n", dump(t, mustExtract(t, c, "2026-01-01"))); diff != "" {
		t.Error(diff)
	}
	_, got := rejectsOf(t, c)
	if diff := cmp.Diff([]string{`orders.parquet:2: ordered_at "never": not a date`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCurrencyOfTheShopIsNeeded(t *testing.T) {
	c := ordersFrom(t, someOrders(10))
	c.Currency = ""
	_, _, err := runIn(t, c, "2026-01-01")
	wantError(t, err, ErrConfig, "set currency")
}

func TestNearest(t *testing.T) {
	names := []string{"InvoiceNo", "CustomerID", "Quantity"}
	for name, want := range map[string]string{"customer_id": "CustomerID", "quantiti": "Quantity", "price": "", "invoiceno": "InvoiceNo"} {
		if got := nearest(name, names); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestLineage(t *testing.T) {
	d := testDatabase(t)
	tree, err := parseMapping(t.Context(), d, `WITH t AS (SELECT "Unit Price" * Qty AS worth, * FROM input) SELECT trim(t.cust) AS customer_id, worth - coalesce(off, 0) AS amount FROM t`)
	if err != nil {
		t.Fatal(err)
	}
	l := lineageOf(tree)
	if diff := cmp.Diff(map[string]bool{"amount": true, "worth": true, "off": true, "unit price": true, "qty": true}, l.sources("amount")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]bool{"customer_id": true, "cust": true}, l.sources("customer_id")); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseMapping(f *testing.F) {
	f.Add("SELECT a AS customer_id FROM input")
	f.Add("WITH x AS (FROM input) SELECT * FROM x; --")
	f.Add("SELECT '")
	d := testDatabase(f)
	f.Fuzz(func(t *testing.T, sql string) {
		tree, err := parseMapping(t.Context(), d, sql)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: error of several lines %q", sql, err)
			}
			return
		}
		lineageOf(tree).sources("customer_id")
		if rewritten, err := withLine(t.Context(), d, tree, lineColumn); err == nil && !strings.Contains(rewritten, lineColumn) {
			t.Errorf("%q became %q", sql, rewritten)
		}
	})
}

// testDatabase opens DuckDB.
func testDatabase(t testing.TB) *database {
	t.Helper()
	c, err := ordersFrom(t, "").withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDatabase(t.Context(), &c, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.close(); err != nil && !errors.Is(err, t.Context().Err()) {
			t.Error(err)
		}
	})
	return d
}
