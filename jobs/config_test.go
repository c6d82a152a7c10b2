package jobs

import (
	"strings"
	"testing"
	"time"

	"perennial/pipeline/history"
)

func noEnv(string) (string, bool) { return "", false }

func TestParseDefaults(t *testing.T) {
	cfg, err := parse([]byte("sources: {orders: {files: [orders.csv]}}"), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Store != "./out" || cfg.Seed != 1 || cfg.MaxAge != 7 || cfg.Train.Every != 7 || cfg.Train.Cutoffs != 6 || cfg.Churn.HorizonDays != 0 || cfg.Publish.Keep != 14 {
		t.Errorf("defaults are %+v", cfg)
	}
}

func TestParseTheExample(t *testing.T) {
	text := `
shop: online-retail-ii
timezone: Europe/London
currency: GBP
store: ./out
seed: 1
sources:
  orders:
    files: [exports/orders-*.csv.gz]
    sql: |
      SELECT "Customer ID" AS customer_id, Invoice AS order_id, InvoiceDate AS ordered_at,
             StockCode AS product_id, Quantity AS quantity, Quantity*Price AS amount
      FROM input WHERE "Customer ID" IS NOT NULL
churn: {horizon_days: 60}
train: {every: 14d, cutoffs: 4, max_rows: 2000000}
publish: {keep: 30}
features:
  - {name: gift_wrap_90d, from: orders, where: "category = 'gift'", measure: count, window: 90d}
actions: {holdout: 0.2, capacity: {personal_call: 5}}
`
	cfg, err := parse([]byte(text), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Churn.HorizonDays != 60 || cfg.Train.Every != 14 || cfg.Train.MaxRows != 2_000_000 || len(cfg.Features) != 1 || *cfg.Actions.Holdout != 0.2 {
		t.Errorf("parsed %+v", cfg)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"an unknown key, with its line":   {"shop: a\nstorre: b\n", "[2:1]"},
		"an unknown key deep down":        {"sources:\n  orders:\n    fils: [a.csv]\n", "[3:5]"},
		"a variable that is not set":      {"shop: ${SHOP}\n", "line 1: ${SHOP} is not set"},
		"a password in an address":        {"shop: a\nsources: {orders: {postgres: 'postgres://u:pw@db/shop'}}\n", "line 2 holds a secret"},
		"a password in a connection text": {"sources: {orders: {postgres: 'host=db password=pw'}}\n", "line 1 holds a secret"},
		"a time zone that is none":        {"timezone: Europe/Lundun\n", "Europe/Lundun"},
		"a horizon that is none":          {"churn: {horizon_days: soon}\n", "soon"},
		"a negative horizon":              {"churn: {horizon_days: -3}\n", "-3"},
		"a span without its unit":         {"train: {every: 7}\n", "90d"},
		"too few rows":                    {"train: {max_rows: 10}\n", "max_rows"},
		"a pattern that is none":          {"recommend: {exclude: ['[']}\n", "not a pattern"},
		"an own feature that is wrong":    {"features: [{name: x, from: orders, measure: total}]\n", "measure"},
		"a holdout above one":             {"actions: {holdout: 1.5}\n", "holdout"},
		"two documents' worth of nothing": {"- a\n- b\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse([]byte(test.text), noEnv)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestVariablesAreReplaced(t *testing.T) {
	env := func(name string) (string, bool) {
		return map[string]string{"DIR": "/data", "BAD": "a\nstore: b"}[name], name != "NONE"
	}
	cfg, err := parse([]byte("sources: {orders: {files: ['${DIR}/orders.csv']}}"), env)
	if err != nil || cfg.Sources.Orders.Files[0] != "/data/orders.csv" {
		t.Errorf("files %v, error %v", cfg.Sources.Orders.Files, err)
	}
	if _, err := parse([]byte("shop: a\n  # as ${NONE}\n"), env); err != nil {
		t.Errorf("a variable in a comment: error %v", err)
	}
	if _, err := parse([]byte("shop: ${BAD}"), env); err == nil || !strings.Contains(err.Error(), "more than one line") {
		t.Errorf("a value of two lines: error %v", err)
	}
	if _, err := parse([]byte("sources: {orders: {postgres: '${DIR}'}}"), env); err != nil {
		t.Errorf("a variable is no secret: %v", err)
	}
}

// TestMessagesShowNoValues: the lines that an error shows are those of the file.
func TestMessagesShowNoValues(t *testing.T) {
	env := func(string) (string, bool) { return "postgres://u:canary@h/d", true }
	for _, text := range []string{
		"sources: {orders: {postgres: '${SHOP_DSN}', nonsense: 1}}",
		"sources:\n  orders:\n    postgres: ${SHOP_DSN}\n    nonsense: 1\n",
		"seed: ${SHOP_DSN}\n",
	} {
		_, err := parse([]byte(text), env)
		if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "${SHOP_DSN}") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestHashIsOfChoicesThatChangeScores(t *testing.T) {
	base := Config{Seed: 1}
	same, other := base, base
	same.Store, same.Threads, same.BaseDir, same.MemoryLimit = "/elsewhere", 7, "/data", "1GiB"
	other.Seed = 2
	if base.Hash() != same.Hash() {
		t.Error("where the store is changes the hash")
	}
	if base.Hash() == other.Hash() {
		t.Error("the seed does not change the hash")
	}
}

func TestTodayIsTheShopsDay(t *testing.T) {
	cfg, err := parse([]byte("timezone: Pacific/Auckland\nsources: {orders: {files: [a.csv]}}"), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	if got := cfg.Today(noon); got != history.DayOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("today in Auckland is %s, want 2026-11-23", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("shop: a\nsources: {orders: {files: [a.csv]}}")
	f.Add("features: [{name: x, from: orders, where: \"((((\", measure: count, window: 9999999999d}]")
	f.Add("churn: {horizon_days: auto}\ntrain: {every: 7d}\nactions: {capacity: {a: 1}}")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := parse([]byte(text), noEnv)
		if err == nil && cfg.Store == "" {
			t.Error("a parsed config has no store")
		}
	})
}
