package extract

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInspect(t *testing.T) {
	tests := []struct {
		name, text string
		want       Inspection
	}{
		{
			"retail.csv", "InvoiceNo;Stock Code;Quantity;InvoiceDate;UnitPrice;Customer ID\n1;A;2;2025-01-01 10:00:00;1.5;007\n1;B;1;2025-01-01 10:00:00;2.5;\nbad\n",
			Inspection{
				Rows: 2, Bad: 1, Table: "orders",
				SQL: "SELECT \"Customer ID\" AS customer_id,\n       \"InvoiceNo\" AS order_id,\n       \"InvoiceDate\" AS ordered_at,\n       \"Quantity\" * \"UnitPrice\" AS amount,\n       \"Quantity\" AS quantity,\n       \"Stock Code\" AS product_id\nFROM input\nWHERE \"Customer ID\" IS NOT NULL",
				Columns: []InspectedColumn{
					{"InvoiceNo", "number", []string{"1"}, "order_id"}, {"Stock Code", "text", []string{"A", "B"}, "product_id"},
					{"Quantity", "number", []string{"1", "2"}, "quantity"}, {"InvoiceDate", "time", []string{"2025-01-01 10:00:00"}, "ordered_at"},
					{"UnitPrice", "number", []string{"1.5", "2.5"}, ""}, {"Customer ID", "text", []string{"007"}, "customer_id"},
				},
			},
		},
		{
			"receipts.csv", "client,date,total\na,2025-01-01,5\n",
			Inspection{
				Rows: 1, Table: "orders",
				SQL:     "SELECT \"client\" AS customer_id,\n       concat_ws(' ', \"client\", \"date\") AS order_id,\n       \"date\" AS ordered_at,\n       \"total\" AS amount\nFROM input\nWHERE \"client\" IS NOT NULL",
				Columns: []InspectedColumn{{"client", "text", []string{"a"}, "customer_id"}, {"date", "time", []string{"2025-01-01"}, "ordered_at"}, {"total", "number", []string{"5"}, "amount"}},
			},
		},
		{
			"canonical.csv", "customer_id,occurred_at,kind\na,2025-01-01,view\n",
			Inspection{
				Rows: 1, Table: "engagements",
				Columns: []InspectedColumn{{"customer_id", "text", []string{"a"}, "customer_id"}, {"occurred_at", "time", []string{"2025-01-01"}, "occurred_at"}, {"kind", "text", []string{"view"}, "kind"}},
			},
		},
		{
			"weather.json", `[{"rain": 1.5, "wet": true}, {"rain": null, "wet": false}]`,
			Inspection{Rows: 2, Columns: []InspectedColumn{{"rain", "number", []string{"1.5"}, ""}, {"wet", "boolean", []string{"false", "true"}, ""}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Name = tt.name
			got, err := Inspect(t.Context(), writeFile(t, tt.name, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestInspectKnowsPresets(t *testing.T) {
	for file, want := range map[string][2]string{
		"shopify/orders_export_2026-03.csv":            {"shopify", "orders"},
		"shopify/customers_export.csv":                 {"shopify", "customers"},
		"woocommerce/orders.csv":                       {"woocommerce", "orders"},
		"stripe/payments.csv":                          {"stripe", "orders"},
		"klaviyo/profiles.csv":                         {"klaviyo", "customers"},
		"mailchimp/subscribed_members_export_1a2b.csv": {"mailchimp", "customers"},
		"mailchimp/activity.csv":                       {"mailchimp", "engagements"},
	} {
		got, err := Inspect(t.Context(), filepath.Join(presetFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		if got.Preset != want[0] || got.Table != want[1] {
			t.Errorf("%s: preset %q for %q", file, got.Preset, got.Table)
		}
	}
}

// TestSuggestedMappingsRun extracts an export with what Inspect suggests.
func TestSuggestedMappingsRun(t *testing.T) {
	path := writeFile(t, "receipts.csv", "client,date,total\na,2025-01-01,5\n,2025-01-01,5\n")
	found, err := Inspect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Sources: Sources{Orders: Source{Files: []string{path}, SQL: found.SQL}}}
	if s := mustExtract(t, c, "2026-01-01").Report().Sources[0]; s.Kept != 1 || s.Filtered != 1 {
		t.Errorf("%+v", s)
	}
}

func TestInspectErrors(t *testing.T) {
	_, err := Inspect(t.Context(), "none.csv")
	wantError(t, err, ErrMissing, "no such file")
	_, err = Inspect(t.Context(), writeFile(t, "x.parquet", "not Parquet"))
	wantError(t, err, ErrBadData, "inspect: ")
}
