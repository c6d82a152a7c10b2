package simulate

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// read returns the rows of a CSV file by column name.
func read(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := make(map[string]string)
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFilesHoldWhatTheSummarySays(t *testing.T) {
	dir, summary := run(t, Config{Customers: 1200, Seed: 3})
	lines := read(t, dir, "orders.csv")
	orders, returns := make(map[string]bool), 0
	for _, row := range lines {
		orders[row["order_id"]] = true
		if strings.HasPrefix(row["quantity"], "-") {
			returns++
		}
	}
	want := Summary{
		Start: 19905, End: defaultEnd,
		Customers:   len(read(t, dir, "customers.csv")),
		Products:    len(read(t, dir, "products.csv")),
		Orders:      len(orders),
		Lines:       len(lines),
		Returns:     returns,
		Engagements: len(read(t, dir, "engagements.csv")),
		Actions:     len(read(t, dir, "actions.csv")),
	}
	if diff := cmp.Diff(want, *summary); diff != "" {
		t.Errorf("files (-) and summary (+) differ:\n%s", diff)
	}
}

func TestNothingHappensOutsideTheSimulation(t *testing.T) {
	dir, summary := run(t, Config{Customers: 1200, Days: 300, Seed: 3})
	first, last := summary.Start.String()+" 00:00:00", (summary.End-1).String()+" 23:59:59"
	for name, column := range map[string]string{
		"orders.csv": "ordered_at", "engagements.csv": "occurred_at", "customers.csv": "signed_up_at", "actions.csv": "sent_at",
	} {
		for _, row := range read(t, dir, name) {
			if at := row[column]; at < first || at > last || len(at) != len(first) {
				t.Fatalf("%s: %s %q is not from %s to %s", name, column, at, first, last)
			}
		}
	}
}

func TestRowsReferToRows(t *testing.T) {
	dir, _ := run(t, Config{Customers: 500, Seed: 3})
	products, signedUp := make(map[string]map[string]string), make(map[string]string)
	for _, row := range read(t, dir, "products.csv") {
		products[row["product_id"]] = row
	}
	for _, row := range read(t, dir, "customers.csv") {
		signedUp[row["customer_id"]] = row["signed_up_at"]
	}
	for _, row := range read(t, dir, "orders.csv") {
		if at := signedUp[row["customer_id"]]; at == "" || at > row["ordered_at"] {
			t.Fatalf("order of %v, who signed up at %q", row, at)
		}
		if products[row["product_id"]]["category"] != row["category"] {
			t.Fatalf("product of %v is %v", row, products[row["product_id"]])
		}
		if _, err := strconv.ParseFloat(row["amount"], 64); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range read(t, dir, "engagements.csv") {
		if id := row["product_id"]; id != "" && products[id] == nil || signedUp[row["customer_id"]] == "" {
			t.Fatalf("%v refers to nothing", row)
		}
	}
}

func TestTruthHasARowPerCustomerInOrder(t *testing.T) {
	dir, summary := run(t, Config{Customers: 1200, Seed: 3})
	rows, err := parquet.ReadFile[Truth](filepath.Join(dir, "truth.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != summary.Customers {
		t.Fatalf("%d rows for %d customers", len(rows), summary.Customers)
	}
	for i, row := range rows {
		if want := fmt.Sprintf("c%06d", i+1); row.CustomerID != want {
			t.Fatalf("row %d is of %s, want %s", i, row.CustomerID, want)
		}
		gone := row.AliveUntil != nil
		if gone && (row.POrder180d != 0 || row.ExpectedOrders365d != 0 || *row.AliveUntil >= int32(summary.End)) {
			t.Fatalf("%+v: gone, yet expected", row)
		}
		if !gone && row.DropoutProbability < 1 && !(row.POrder30d > 0 && row.ExpectedRevenue365d > 0) {
			t.Fatalf("%+v: there, yet not expected", row)
		}
	}
}

func TestConfigurationNamesTheFiles(t *testing.T) {
	dir, _ := run(t, Config{Customers: 10, Seed: 77})
	text, err := os.ReadFile(filepath.Join(dir, "perennial.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var cfg struct {
		Shop, Timezone, Currency, Store string
		Seed                            uint64
		Sources                         map[string]struct{ Files []string }
	}
	if err := yaml.UnmarshalWithOptions(text, &cfg, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if cfg.Seed != 77 || cfg.Timezone != timezone || cfg.Currency != currency || len(cfg.Sources) != 5 {
		t.Errorf("configuration is %+v", cfg)
	}
	for source, s := range cfg.Sources {
		if _, err := os.Stat(filepath.Join(dir, s.Files[0])); err != nil {
			t.Errorf("source %s: %v", source, err)
		}
	}
	if !strings.Contains(string(text), "--as-of 2026-07-01") {
		t.Error("configuration does not say as of when the truth holds")
	}
}

func TestRunOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "products.csv")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Run(context.Background(), Config{Customers: 10}, dir, nil)
	if !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), "choose an empty folder") {
		t.Errorf("error is %v", err)
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("%v are left", left)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("the file holds %q (%v)", text, err)
	}
}

// Extraction rejects a row that it has seen before.
func TestNoRowAppearsTwice(t *testing.T) {
	dir, _ := run(t, Config{Customers: 5000, Seed: 3})
	for _, name := range []string{"orders.csv", "engagements.csv", "customers.csv", "products.csv", "actions.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for row := range strings.Lines(string(text)) {
			if seen[row] {
				t.Errorf("%s: %q appears twice", name, row)
			}
			seen[row] = true
		}
	}
}
