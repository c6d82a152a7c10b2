package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/simulate"
)

// TestNightsFromADatabase: between two nights rows are added to a database, are
// corrected, come back as returns and arrive late. The second night pulls what is new
// and builds on the extract of the first. Its histories and scores are those of a
// night that pulls and reads everything, and of a machine that has only the store.
func TestNightsFromADatabase(t *testing.T) {
	shop := simulate.Config{Customers: 900, Days: 300, Seed: 4}
	cfg := simulated(t, shop)
	guests := false
	cfg.Train.Guests, cfg.Train.Cutoffs = &guests, 1
	first, second := shop.End()-1, shop.End()
	sql, table := database(t, cfg.BaseDir)
	// Twice the lines: it takes 20,000 to build on them.
	sql("INSERT INTO orders SELECT customer_id, order_id, ordered_at, product_id || 'b', category, quantity, '1', discount, currency, channel, loaded_at FROM orders")
	sql("CREATE TABLE later AS SELECT * FROM orders WHERE ordered_at >= '" + first.String() + "'; DELETE FROM orders WHERE ordered_at >= '" + first.String() + "'")
	cfg.Sources = extract.Sources{Orders: extract.Source{
		Postgres: os.Getenv("PERENNIAL_TEST_POSTGRES"), SQL: "SELECT * FROM " + table, Watermark: "loaded_at", Key: []string{"order_id"},
	}}
	cfg.Store, cfg.Workspace, cfg.Buckets = filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "work"), 2
	night := func(cfg Config, opts NightlyOptions) *extract.SourceReport {
		t.Helper()
		summary, err := Nightly(t.Context(), cfg, opts, envOf(opts.AsOf))
		if err != nil {
			t.Fatal(err)
		}
		return summary.Extract.Source("orders")
	}
	night(cfg, NightlyOptions{AsOf: first})
	refreshed, elsewhere := copyOf(t, cfg), copyOf(t, cfg)
	if err := os.RemoveAll(elsewhere.Workspace); err != nil {
		t.Fatal(err)
	}

	sql("INSERT INTO orders SELECT * FROM later")
	for _, change := range betweenNights(first) {
		sql(change)
	}
	built := night(cfg, NightlyOptions{AsOf: second})
	if built.Arrivals == nil || built.Arrivals.Older == 0 || built.Replaced == 0 {
		t.Errorf("the second night did not build on the first, or has seen neither late rows nor corrections: %+v", built)
	}
	for name, opts := range map[*Config]NightlyOptions{&refreshed: {AsOf: second, FullRefresh: true}, &elsewhere: {AsOf: second}} {
		if all := night(*name, opts); all.Arrivals != nil || all.Kept != built.Kept {
			t.Errorf("%+v: %d lines, %d are built upon earlier ones", opts, all.Kept, built.Kept)
		}
		if diff := cmp.Diff(histories(t, *name), histories(t, cfg)); diff != "" {
			t.Errorf("%+v: histories, -all read +built:\n%s", opts, diff)
		}
		sameFiles(t, setsOf(t, *name), setsOf(t, cfg))
	}

	// What was committed too late for the look-back only a pull of everything can see.
	sql(order("behind", first-100, first-100))
	read := func(opts NightlyOptions) *extract.SourceReport {
		t.Helper()
		summary, err := RunStep(t.Context(), cfg, StepExtract, opts, envOf(opts.AsOf))
		if err != nil {
			t.Fatal(err)
		}
		return summary.Extract.Source("orders")
	}
	without := read(NightlyOptions{AsOf: second + 1})
	if with := read(NightlyOptions{AsOf: second + 1, FullRefresh: true}); with.Kept != without.Kept+1 {
		t.Errorf("%d lines, and %d when everything is read again", without.Kept, with.Kept)
	}
}

// envOf is testEnv on the morning of a day.
func envOf(day history.Day) command.Env {
	env := testEnv()
	clock := time.Date(1970, 1, 1+int(day), 3, 0, 0, 0, time.UTC)
	env.Clock = func() time.Time { return clock }
	return env
}

// betweenNights is what happens to the orders on a day.
func betweenNights(day history.Day) []string {
	old := "ordered_at < '" + (day - 90).String() + "'"
	loaded := "loaded_at = '" + day.String() + " 12:00+00'"
	several := "SELECT order_id FROM orders WHERE " + old + " GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id"
	return []string{
		order("late", day-100, day),
		order("committed late", day-30, day-30),
		strings.Replace(order("without a watermark", day-2, day), "'"+day.String()+" 01:00+00'", "NULL", 1),
		// One line of an order is corrected, and another order comes back in part.
		"UPDATE orders SET quantity = '9', " + loaded + " WHERE ctid = (SELECT ctid FROM orders WHERE order_id = (" + several + " LIMIT 1) LIMIT 1)",
		"INSERT INTO orders SELECT customer_id, order_id, '" + day.String() + "T10:00:00', product_id, category, '-1', '-5', discount, currency, channel, '" + day.String() + " 12:00+00' FROM orders WHERE order_id = (" + several + " OFFSET 1 LIMIT 1) LIMIT 1",
		// An order turns out to be another customer's.
		"UPDATE orders SET customer_id = (SELECT max(customer_id) FROM orders), " + loaded + " WHERE order_id = (" + several + " OFFSET 2 LIMIT 1)",
	}
}

// order inserts an order of one line.
func order(id string, ordered, loaded history.Day) string {
	return fmt.Sprintf("INSERT INTO orders SELECT customer_id, '%s', '%sT09:00:00', product_id, category, quantity, amount, discount, currency, channel, '%s 01:00+00' FROM orders WHERE customer_id = (SELECT min(customer_id) FROM orders) LIMIT 1",
		id, ordered, loaded)
}

// database puts the orders of a folder on the server of the tests, as loaded an hour
// after they were placed, or skips the test. Statements are about a schema of the
// test's own.
func database(t *testing.T, dir string) (sql func(statement string), table string) {
	t.Helper()
	dsn := os.Getenv("PERENNIAL_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("needs a PostgreSQL server: set PERENNIAL_TEST_POSTGRES to its connection string")
	}
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	sql = func(statement string) {
		t.Helper()
		if err := conn.Exec(t.Context(), statement).Close(); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	schema := strings.ToLower(t.Name())
	sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE; CREATE SCHEMA " + schema + "; SET search_path = " + schema)
	copied := copyOrders(t, conn, dir)
	t.Cleanup(func() {
		if err := conn.Exec(context.Background(), "DROP SCHEMA "+schema+" CASCADE").Close(); err != nil {
			t.Error(err)
		}
	})
	sql("ALTER TABLE " + copied + " RENAME TO orders; ALTER TABLE orders ADD loaded_at timestamptz; " +
		"UPDATE orders SET loaded_at = (ordered_at::timestamp AT TIME ZONE 'Europe/Berlin') + interval '1 hour'")
	return sql, schema + ".orders"
}

// copyOf copies store and workspace of a configuration.
func copyOf(t *testing.T, cfg Config) Config {
	t.Helper()
	for _, dir := range []*string{&cfg.Store, &cfg.Workspace} {
		to := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(to, os.DirFS(*dir)); err != nil {
			t.Fatal(err)
		}
		*dir = to
	}
	return cfg
}

// histories writes out the histories of the latest extract, a line for each customer,
// after the words that their codes stand for.
func histories(t *testing.T, cfg Config) []string {
	t.Helper()
	record, ok := (&night{store: openFolder(t, cfg.Store)}).lastExtract(t.Context())
	if !ok {
		t.Fatal("there is no latest extract")
	}
	opened, err := extract.Open(newWorkspace(cfg, nil).path("history/" + record.Extract))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{fmt.Sprint(opened.Vocabulary())}
	for k := range opened.Buckets() {
		bucket, err := opened.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range bucket.Histories {
			lines = append(lines, fmt.Sprintf("%+v", h))
		}
	}
	return lines
}

// setsOf returns the published sets, and the features that they are made of.
func setsOf(t *testing.T, cfg Config) map[string][]byte {
	t.Helper()
	files := publishedFiles(t, cfg.Store)
	for name := range files {
		if strings.HasPrefix(name, "commits") {
			delete(files, name) // a record names the inputs, which are other files
		}
	}
	return files
}
