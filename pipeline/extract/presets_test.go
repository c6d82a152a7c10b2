package extract

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

var update = flag.Bool("update", false, "write the golden files")

// presetFolder holds a small made-up export for each preset and, as golden.txt,
// the histories that it must become.
const presetFolder = "../../testdata/presets"

func TestPresets(t *testing.T) {
	tests := map[string]Sources{
		"shopify": {
			Orders:    Source{Files: []string{"orders_export_*.csv"}},
			Customers: Source{Files: []string{"customers_export.csv"}},
		},
		"woocommerce": {Orders: Source{Files: []string{"orders.csv"}}},
		"stripe":      {Orders: Source{Files: []string{"payments.csv"}}},
		"klaviyo":     {Customers: Source{Files: []string{"profiles.csv"}}},
		"mailchimp": {
			Customers:   Source{Files: []string{"*subscribed_members_export_*.csv"}},
			Engagements: Source{Files: []string{"activity.csv"}},
		},
	}
	for name, sources := range tests {
		t.Run(name, func(t *testing.T) {
			c := Config{Timezone: "Europe/London", Currency: "GBP", Rates: map[string]float64{"EUR": 0.5}, Buckets: 1, Sources: sources}
			for _, table := range tables {
				if s := c.source(table.name); !s.absent() {
					s.Preset = name
				}
			}
			c.BaseDir = filepath.Join(presetFolder, name)
			if c.Sources.Orders.absent() { // which every extract needs
				c.Sources.Orders.Files = []string{writeFile(t, "orders.csv", "customer_id,order_id,ordered_at,amount\nada@example.com,1,2026-01-01,5\n")}
			}
			e := mustExtract(t, c, "2026-12-01")
			got := e.Report().String() + dump(t, e)
			golden := filepath.Join(presetFolder, name, "golden.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-golden +got:\n%s", diff)
			}
		})
	}
}

// dump writes every history of an extract as text.
func dump(t testing.TB, e *Extract) string {
	t.Helper()
	var b bytes.Buffer
	v := e.Vocabulary()
	for k := range e.Buckets() {
		bucket, err := e.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range bucket.Histories {
			fmt.Fprintf(&b, "\n%s\n", h.Customer)
			if p := h.Profile; p != (history.Profile{SignedUpAt: history.Never}) {
				fmt.Fprintf(&b, "  profile country=%s email=%d sms=%d phone=%d", v.Countries.Name(p.Country), p.EmailConsent, p.SMSConsent, p.PhoneConsent)
				if p.SignedUpAt != history.Never {
					fmt.Fprintf(&b, " since %v", p.SignedUpAt)
				}
				b.WriteString("\n")
			}
			for _, l := range h.Lines {
				fmt.Fprintf(&b, "  %v order %d %g x %q %q = %g, discount %g, %q%s\n", l.At, l.Order, l.Quantity, v.Products.Name(l.Product),
					v.Categories.Name(l.Category), l.Amount, l.Discount, v.Channels.Name(l.Channel), late(l.At, l.KnownAt))
			}
			for _, g := range h.Engagements {
				fmt.Fprintf(&b, "  %v %s %q campaign %q product %q value %g%s\n", g.At, v.Kinds.Name(g.Kind), v.Channels.Name(g.Channel),
					v.Campaigns.Name(g.Campaign), v.Products.Name(g.Product), g.Value, late(g.At, g.KnownAt))
			}
			for _, a := range h.Actions {
				fmt.Fprintf(&b, "  %v sent %s %q\n", a.At, v.Actions.Name(a.Action), v.Channels.Name(a.Channel))
			}
		}
	}
	return b.String()
}

func late(at, known history.Instant) string {
	if known == at {
		return ""
	}
	return fmt.Sprintf(", known %v", known)
}

func TestPresetsAreComplete(t *testing.T) {
	for table, want := range map[string][]string{
		"orders":      {"shopify", "stripe", "woocommerce"},
		"customers":   {"klaviyo", "mailchimp", "shopify"},
		"engagements": {"mailchimp"},
		"products":    nil,
	} {
		if got := Presets(table); !slices.Equal(got, want) {
			t.Errorf("presets for %s: %q, want %q", table, got, want)
		}
		for _, name := range want {
			p, err := readPreset(name, table)
			if err != nil {
				t.Error(err)
			}
			for _, column := range p.columns {
				if strings.HasSuffix(column, "_item_1") {
					continue // named by a pattern
				}
				if !strings.Contains(p.sql[strings.Index(p.sql, "\n--\n")+1:], column) && !strings.Contains(p.sql, `"`+column+`"`) {
					t.Errorf("%s/%s lists %q but does not name it", name, table, column)
				}
			}
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	_, err := readPreset("../shopify", "products")
	wantError(t, err, ErrConfig, `no preset "../shopify"`)
}
