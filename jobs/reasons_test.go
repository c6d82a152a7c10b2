package jobs

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/table"
	"perennial/simulate"
)

// featureRows reads the feature tables of a night: customer → column → number.
func featureRows(t *testing.T, store string, asOf history.Day) map[string]map[string]float64 {
	t.Helper()
	rows := map[string]map[string]float64{}
	names, err := filepath.Glob(filepath.Join(store, "features", asOf.String(), "part-*.parquet"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no feature table: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		part, err := table.ReadParquet(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		ids, err := part.Column("customer_id")
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range ids.Texts {
			rows[id] = map[string]float64{}
			for _, column := range part.Columns {
				if column.Numbers != nil {
					rows[id][column.Name] = float64(column.Numbers[i])
				}
			}
		}
	}
	return rows
}

// codes are the reasons of a row in alphabetical order.
func codes(row *publish.Score) []string {
	var all []string
	for _, r := range row.Reasons {
		all = append(all, r.Code)
	}
	slices.Sort(all)
	return all
}

// TestReasonsTellTheTruthAndStay runs two nights on end. Every number of every
// reason must stand in the night's feature table, and where nothing happened in
// between, the reasons must not change.
func TestReasonsTellTheTruthAndStay(t *testing.T) {
	skipIfShort(t)
	shop := simulate.Config{Customers: 3000, Seed: 5}
	cfg := simulated(t, shop)
	cfg.Churn.HorizonDays = 30 // at which learners win with as few rows as these
	cfg.Train.MaxRows = 8000
	cfg.Store = filepath.Join(t.TempDir(), "store")
	night := func(asOf history.Day) {
		env := testEnv()
		env.Nonce = func() uint64 { return uint64(asOf) }
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, env)
		if err != nil {
			t.Fatal(err)
		}
		if summary.Source != "model" {
			t.Fatalf("what is explained is a %s, not a model", summary.Source)
		}
	}
	night(shop.End() - 1)
	before := map[string]publish.Score{}
	for _, row := range published(t, cfg.Store) {
		before[row.CustomerID] = row
	}
	then := featureRows(t, cfg.Store, shop.End()-1)
	night(shop.End())
	now := featureRows(t, cfg.Store, shop.End())
	told, unchanged, moved := 0, 0, 0
	for _, row := range published(t, cfg.Store) {
		for _, r := range row.Reasons {
			if r.Value == nil || r.Reference == nil || math.Abs(*r.Value-now[row.CustomerID][r.Code]) > 1e-6*math.Abs(*r.Value) {
				t.Fatalf("customer %s: reason %+v, but the table has %v", row.CustomerID, r, now[row.CustomerID][r.Code])
			}
			told++
		}
		earlier, known := before[row.CustomerID]
		if !known || !untouched(then[row.CustomerID], now[row.CustomerID]) {
			continue
		}
		unchanged++
		if !slices.Equal(codes(&row), codes(&earlier)) {
			moved++
		}
	}
	if told < 1000 || unchanged < 1000 {
		t.Fatalf("%d reasons, %d customers to whom nothing happened", told, unchanged)
	}
	if share := float64(moved) / float64(unchanged); share > 0.02 {
		t.Errorf("reasons of %.1f%% of %d customers changed although nothing happened", 100*share, unchanged)
	}
}

// untouched reports whether nothing happened between two nights on end: what
// counts since ever is the same, and only the days are one more.
func untouched(then, now map[string]float64) bool {
	for _, name := range []string{"orders_total", "revenue_total", "return_lines_total", "visits_90d", "visits_30d", "views_90d", "carts_90d", "email_opens_90d", "actions_90d", "orders_30d", "orders_90d", "orders_180d", "orders_365d"} {
		if then[name] != now[name] && !(math.IsNaN(then[name]) && math.IsNaN(now[name])) {
			return false
		}
	}
	return len(now) > 0
}
