package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"perennial/pipeline/history"
)

// TestInitReadsWhatShopsExport has init draft a configuration for exports as shops
// have them, and check read them by it.
func TestInitReadsWhatShopsExport(t *testing.T) {
	for name, test := range map[string]struct {
		files []string // name, text, name, text …
		says  []string // by init
		read  []string // by check
	}{
		"decimal commas and currency signs in windows-1252": {
			[]string{"orders.csv", "Customer;Order No;Date;Amount\nM\xfcller;1;28.06.26;1.234,50 \x80\nm;2;29.06.26;-8,18\nm;3;30.06.26;5\n"},
			[]string{"decimal_comma", "3 rows"},
			[]string{"read 3 = kept 3", "2 customers, 3 orders, 1231.32"},
		},
		"separated thousands and losses in brackets": {
			[]string{"orders.csv", "customer_id,order_id,ordered_at,amount\nc1,o1,2026-06-28,\"$1,234.50\"\nc2,o2,2026-06-29,($8.18)\n"},
			[]string{"decimal_point"},
			[]string{"kept 2", "1226.32"},
		},
		"UTF-16": {
			[]string{"orders.csv", wide("customer_id,order_id,ordered_at,amount\nJürgen,o1,2026-06-28,5\n")},
			[]string{"1 rows"},
			[]string{"kept 1"},
		},
		"the total of an order on each of its lines": {
			[]string{"orders.csv", "customer_id,order_id,ordered_at,product_id,quantity,unit_price,order_total\nc1,o1,2026-06-28,bread,2,5,20\nc1,o1,2026-06-28,roll,10,1,20\nc2,o2,2026-06-29,bread,2,5,10\n"},
			nil,
			[]string{"kept 3", "2 orders, 30.00"},
		},
		"names beside addresses": {
			[]string{"orders.csv", "Customer,Customer Email,Order No,Date,Amount\nAnn Lee,a@x,1,2026-06-28,5\nAnn Lee,b@x,2,2026-06-29,5\n"},
			nil,
			[]string{"2 customers, 2 orders"},
		},
		"two exports with other columns": {
			[]string{"a.csv", "Customer ID,Order No,Order Date,Line Total\nc1,o1,2026-06-28,5\n", "b.csv", "customer_id,order_id,ordered_at,amount\nc1,o3,2025-06-28,5\n"},
			[]string{"not used: it is not read as a.csv is"},
			[]string{"read 1 = kept 1"},
		},
		"a preset whose orders name a currency": {
			[]string{"orders.csv", string(must(os.ReadFile("../testdata/presets/shopify/orders_export_2026-03.csv")))},
			[]string{"by the preset shopify"},
			[]string{"rejected 0", "Everything is ready"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var exports []string
			for i := 0; i < len(test.files); i += 2 {
				exports = append(exports, test.files[i])
				if err := os.WriteFile(test.files[i], []byte(test.files[i+1]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			if err := Init(t.Context(), exports, "perennial.yaml", &out); err != nil {
				t.Fatal(err, &out)
			}
			wantAll(t, "init", out.String(), test.says)
			draft := must(os.ReadFile("perennial.yaml"))
			out.Reset()
			asOf := history.DayOf(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
			cfg := load(t, filepath.Join(must(os.Getwd()), "perennial.yaml"))
			cfg.MaxAge = 200
			if err := Check(t.Context(), cfg, asOf, testEnv(), &out); err != nil {
				t.Fatalf("%v\n%s\n%s", err, draft, &out)
			}
			wantAll(t, "check", out.String(), test.read)
		})
	}
}

func wantAll(t *testing.T, who, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not say %q:\n%s", who, part, text)
		}
	}
}

// wide is text in UTF-16.
func wide(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}
