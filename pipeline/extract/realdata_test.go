package extract

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedData is the path of a real data set beside the project, which is never
// part of it.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "..", "shared", "data", name)
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(path); err == nil {
				return path
			}
			break
		}
	}
	t.Skipf("%s is not there: it is kept beside the project, not in it", name)
	return ""
}

func TestOnlineRetail(t *testing.T) {
	c := Config{
		Timezone: "Europe/London", Currency: "GBP", Buckets: 4,
		Sources: Sources{Orders: Source{
			Files: []string{sharedData(t, "online_retail_visible.csv.gz")},
			SQL: `SELECT DISTINCT CustomerID AS customer_id, InvoiceNo AS order_id, InvoiceDate AS ordered_at,
StockCode AS product_id, Quantity AS quantity, Quantity * UnitPrice AS amount, Description AS category
FROM input WHERE CustomerID IS NOT NULL`,
		}},
	}
	e := mustExtract(t, c, "2012-01-01")
	s := e.Report().Sources[0]
	if s.Read != 349_295 || s.Rejected != 0 || s.Filtered < 135_080 || s.Customers != 2_193 {
		t.Errorf("%+v", s)
	}
	if s.First.String() != "2010-12-01" || s.Last.String() != "2011-12-09" {
		t.Errorf("from %v to %v", s.First, s.Last)
	}
	returns, cancelled := 0, e.Vocabulary().Products.Code("85123A")
	for k := range e.Buckets() {
		b, err := e.Bucket(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range b.Histories {
			for i := range h.Lines {
				if h.Lines[i].Return() {
					returns++
				}
			}
		}
	}
	if returns == 0 || cancelled == 0 {
		t.Errorf("%d returns, product code %d", returns, cancelled)
	}
}

func TestCDNOW(t *testing.T) {
	c := Config{
		Currency: "USD", Buckets: 1,
		Sources: Sources{Orders: Source{
			Files: []string{sharedData(t, "cdnow_sample.csv.gz")},
			SQL: `SELECT sample_customer_id AS customer_id, concat(sample_customer_id, ' ', "date") AS order_id, "date" AS ordered_at,
number_of_cds AS quantity, dollar_value AS amount FROM input`,
		}},
	}
	e := mustExtract(t, c, "1998-07-01")
	s := e.Report().Sources[0]
	if s.Read != 6_919 || s.Customers != 2_357 || s.First.String() != "1997-01-01" || s.Last.String() != "1998-06-30" {
		t.Errorf("%+v", s)
	}
	b, err := e.Bucket(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if h := b.Histories[0]; h.Customer != "0001" || h.Lines[0].Amount != 29.33 || h.Lines[0].Quantity != 2 {
		t.Errorf("%+v", h)
	}
}

func TestRetailTransactions(t *testing.T) {
	path := sharedData(t, "retail_data_transactions_kaggle.csv.gz")
	found, err := Inspect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Sources: Sources{Orders: Source{Files: []string{path}, SQL: found.SQL}}}
	if s := mustExtract(t, c, "2016-01-01").Report().Sources[0]; s.Read != 125_000 || s.Customers != 6_889 {
		t.Errorf("%+v", s)
	}
}
