package jobs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/simulate"
)

// TestNightFromADatabase loads a simulated shop's orders into PostgreSQL. The
// night is that of the files; run again it is published already, whatever the
// database has learned since; and the connection string is nowhere in the store.
func TestNightFromADatabase(t *testing.T) {
	dsn := os.Getenv("PERENNIAL_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("needs a PostgreSQL server: set PERENNIAL_TEST_POSTGRES to its connection string")
	}
	shop := simulate.Config{Customers: 400, Days: 300, Seed: 3}
	cfg := simulated(t, shop)
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	run := func(sql string) {
		t.Helper()
		if err := conn.Exec(t.Context(), sql).Close(); err != nil {
			t.Fatal(err)
		}
	}
	table := copyOrders(t, conn, cfg.BaseDir)
	defer run("DROP TABLE " + table)
	files, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: shop.End()}, testEnv())
	if err != nil {
		t.Fatal(err)
	}

	cfg.Store = filepath.Join(t.TempDir(), "store")
	cfg.Sources.Orders = extract.Source{Postgres: dsn + " password=canary", SQL: "SELECT * FROM " + table}
	var out bytes.Buffer
	if err := Check(t.Context(), cfg, shop.End(), testEnv(), &out); err != nil || !strings.Contains(out.String(), "orders: would pull everything, about ") {
		t.Errorf("check before the first night: %v: %s", err, &out)
	}
	if _, err := os.Stat(cfg.Store); !errors.Is(err, fs.ErrNotExist) {
		t.Error("check has made the store")
	}
	if err := Evaluate(t.Context(), cfg, EvaluateOptions{}, testEnv(), &out); command.ExitCode(err) != command.ExitInput {
		t.Errorf("evaluate before the first night: %v", err)
	}
	night, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: shop.End()}, testEnv())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := night.Extract.Source("orders"), files.Extract.Source("orders"); got.Kept != want.Kept || got.Revenue != want.Revenue || night.Rows != files.Rows {
		t.Errorf("%d lines, %v, %d customers; from files %d, %v, %d", got.Kept, got.Revenue, night.Rows, want.Kept, want.Revenue, files.Rows)
	}
	run("DELETE FROM " + table)
	again, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: shop.End()}, testEnv())
	if err != nil || again.Outcome != "already published" {
		t.Errorf("the same night again: %+v, %v", again, err)
	}
	out.Reset()
	if err := Check(t.Context(), cfg, shop.End(), testEnv(), &out); err != nil || !strings.Contains(out.String(), "orders: pulled already") || !strings.Contains(out.String(), "Everything is ready") {
		t.Errorf("check after the night: %v: %s", err, &out)
	}
	withoutCanary(t, cfg.Store)
}

// copyOrders copies the simulated orders into a table of their own.
func copyOrders(t *testing.T, conn *pgconn.PgConn, dir string) (table string) {
	t.Helper()
	table = "night_from_a_database"
	text, err := os.ReadFile(filepath.Join(dir, "orders.csv"))
	if err != nil {
		t.Fatal(err)
	}
	names, _, _ := strings.Cut(string(text), "\n")
	create := "DROP TABLE IF EXISTS " + table + "; CREATE TABLE " + table + " (" + strings.ReplaceAll(strings.TrimSpace(names), ",", " text, ") + " text)"
	if err := conn.Exec(t.Context(), create).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.CopyFrom(t.Context(), bytes.NewReader(text), "COPY "+table+" FROM STDIN (FORMAT csv, HEADER true)"); err != nil {
		t.Fatal(err)
	}
	return table
}

// withoutCanary looks for the planted password in every file below dir.
func withoutCanary(t *testing.T, dir string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("canary")) {
			t.Errorf("%s holds the password", path)
		}
		seen++
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files: %v", seen, err)
	}
}
