package extract

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfigErrors(t *testing.T) {
	orders := Source{Files: []string{"orders.csv"}}
	tests := []struct {
		name string
		c    Config
		want string
	}{
		{"no orders", Config{}, "sources: orders is missing"},
		{"shop", Config{Shop: "My Shop", Sources: Sources{Orders: orders}}, `shop "My Shop"`},
		{"max_rejects", Config{MaxRejects: 2, Sources: Sources{Orders: orders}}, "max_rejects 2"},
		{"max_rejects NaN", Config{MaxRejects: math.NaN(), Sources: Sources{Orders: orders}}, "max_rejects NaN"},
		{"memory", Config{MemoryLimit: "lots", Sources: Sources{Orders: orders}}, `memory_limit "lots"`},
		{"threads", Config{Threads: -1, Sources: Sources{Orders: orders}}, "threads -1"},
		{"buckets", Config{Buckets: 5000, Sources: Sources{Orders: orders}}, "buckets 5000"},
		{"rate", Config{Rates: map[string]float64{"EUR": 0}, Sources: Sources{Orders: orders}}, "rates: EUR: 0"},
		{"postgres without sql", Config{Sources: Sources{Orders: Source{Postgres: "x"}}}, "sources: orders: sql is missing"},
		{"postgres and files", Config{Sources: Sources{Orders: Source{Postgres: "x", Files: orders.Files}}}, "postgres and files exclude each other"},
		{"postgres and preset", Config{Sources: Sources{Orders: Source{Postgres: "x", Preset: "shopify"}}}, "postgres and preset exclude each other"},
		{"watermark without key", Config{Sources: Sources{Orders: Source{Postgres: "x", SQL: "SELECT 1", Watermark: "t"}}}, "watermark without key"},
		{"lookback without watermark", Config{Sources: Sources{Orders: Source{Postgres: "x", SQL: "SELECT 1", Lookback: Lookback{7, true}}}}, "lookback without watermark"},
		{"watermark of files", Config{Sources: Sources{Orders: Source{Files: orders.Files, Watermark: "t"}}}, "watermark and lookback are for postgres"},
		{"limits time", Config{Limits: Limits{Time: -1}, Sources: Sources{Orders: orders}}, "limits: time"},
		{"limits scratch", Config{Limits: Limits{Scratch: "much"}, Sources: Sources{Orders: orders}}, `limits: scratch "much"`},
		{"limits text", Config{Limits: Limits{Text: "much"}, Sources: Sources{Orders: orders}}, `limits: text "much"`},
		{"limits expansion", Config{Limits: Limits{Expansion: 0.5}, Sources: Sources{Orders: orders}}, "limits: expansion 0.5"},
		{"no files", Config{Sources: Sources{Orders: orders, Customers: Source{SQL: "SELECT 1"}}}, "sources: customers: files is missing"},
		{"sql and preset", Config{Sources: Sources{Orders: Source{Files: orders.Files, SQL: "SELECT 1", Preset: "shopify"}}}, "sql and preset exclude each other"},
		{"preset", Config{Sources: Sources{Orders: Source{Files: []string{"config_test.go"}, Preset: "shopify"}}}, "not a kind of file"},
		{"delimiter", Config{Sources: Sources{Orders: Source{Files: orders.Files, Delimiter: "::"}}}, `delimiter "::"`},
		{"encoding", Config{Sources: Sources{Orders: Source{Files: orders.Files, Encoding: "ebcdic"}}}, `encoding "ebcdic"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := runIn(t, tt.c, "2026-01-01")
			wantError(t, err, ErrConfig, tt.want)
			_, err = Survey(t.Context(), tt.c)
			wantError(t, err, ErrConfig, tt.want)
		})
	}
}

func TestRates(t *testing.T) {
	c := ordersFrom(t, "customer_id,order_id,ordered_at,amount,discount,currency\na,1,2025-01-01,10,1,EUR\na,2,2025-01-02,10,1,gbp\na,3,2025-01-03,10,1,\na,4,2025-01-04,10,1,USD\n")
	c.Rates = map[string]float64{"EUR": 0.5}
	e := mustExtract(t, c, "2026-01-01")
	want := "\na\n" +
		"  2025-01-01 00:00:00 order 0 1 x \"\" \"\" = 5, discount 0.5, \"\"\n" +
		"  2025-01-02 00:00:00 order 1 1 x \"\" \"\" = 10, discount 1, \"\"\n" +
		"  2025-01-03 00:00:00 order 2 1 x \"\" \"\" = 10, discount 1, \"\"\n"
	if diff := cmp.Diff(want, dump(t, e)); diff != "" {
		t.Error(diff)
	}
}

func TestFingerprint(t *testing.T) {
	base := ordersFrom(t, someOrders(10))
	fingerprint := func(change func(*Config)) string {
		c := base
		change(&c)
		in, err := Survey(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return in.Fingerprint()
	}
	first := fingerprint(func(*Config) {})
	dir, r, err := runIn(t, base, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	if r.Fingerprint != first {
		t.Error("Run in", dir, "has another fingerprint")
	}
	for name, change := range map[string]func(*Config){
		"threads": func(c *Config) { c.Threads = 1 },
		"memory":  func(c *Config) { c.MemoryLimit = "1GiB" },
		"rejects": func(c *Config) { c.MaxRejects = 0.5 },
		"folder":  func(c *Config) { c.Sources.Orders.Files = []string{writeFile(t, "orders.csv", someOrders(10))} },
	} {
		if fingerprint(change) != first {
			t.Errorf("%s changes the fingerprint", name)
		}
	}
	for name, change := range map[string]func(*Config){
		"content":  func(c *Config) { c.Sources.Orders.Files = []string{writeFile(t, "orders.csv", someOrders(11))} },
		"name":     func(c *Config) { c.Sources.Orders.Files = []string{writeFile(t, "other.csv", someOrders(10))} },
		"sql":      func(c *Config) { c.Sources.Orders.SQL = "SELECT * FROM input" },
		"timezone": func(c *Config) { c.Timezone = "UTC" },
		"currency": func(c *Config) { c.Currency = "EUR" },
		"rates":    func(c *Config) { c.Rates = map[string]float64{"EUR": 2} },
		"buckets":  func(c *Config) { c.Buckets = 2 },
		"dates":    func(c *Config) { c.Sources.Orders.DateFormat = "%Y-%m-%d" },
		"table":    func(c *Config) { c.Sources.Customers = c.Sources.Orders },
	} {
		if fingerprint(change) == first {
			t.Errorf("%s does not change the fingerprint", name)
		}
	}
}

func TestBucketCount(t *testing.T) {
	for _, tt := range []struct {
		format format
		text   int64
		want   int
	}{
		{csvFormat, 1, 1}, {csvFormat, bucketBytes, 1}, {csvFormat, bucketBytes + 1, 2}, {csvFormat, 1 << 30, 32},
		{parquetFormat, 1 << 30, 256}, {csvFormat, 1 << 50, maxBuckets},
	} {
		sources := []*surveyed{{table: tables[0], files: []*census{{file: inputFile{format: tt.format}, text: tt.text}}}}
		if got := (&Config{}).bucketCount(sources); got != tt.want {
			t.Errorf("%d bytes of %s: %d buckets, want %d", tt.text, tt.format, got, tt.want)
		}
	}
}
