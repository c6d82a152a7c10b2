package extract

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// extractAnything runs an extract of any bytes as orders: an error of a known
// kind on one line, or an extract whose counts add up and that can be read.
func extractAnything(t testing.TB, text, name string) {
	t.Helper()
	c := ordersFrom(t, "")
	c.Threads = 1
	c.Sources.Orders.Files = []string{writeFile(t, name, text)}
	dir, r, err := runIn(t, c, "2026-01-01")
	if err != nil {
		if !errors.Is(err, ErrBadData) && !errors.Is(err, ErrConfig) {
			t.Errorf("%q: error of no kind: %v", text, err)
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error of several lines: %v", text, err)
		}
		return
	}
	checkCounts(t, r)
	e, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.Bucket(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, h := range b.Histories {
		lines += len(h.Lines)
	}
	if int64(lines) != r.Sources[0].Kept {
		t.Errorf("%q: %d lines of %d", text, lines, r.Sources[0].Kept)
	}
}

// anyRows are orders of which one row in four may be anything.
var anyRows = rapid.Custom(func(t *rapid.T) string {
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"a", "007", "2025-01-01", "2025-06-01T10:00:00Z", "1.5", "-2", "", "x", "nan", "inf", "1e999", `"q""q"`, "\"two\nlines\"", `"open`, "€", "\xff", "\r", "2999-01-01", " "}),
		rapid.StringN(0, 6, 12),
	)
	var b strings.Builder
	b.WriteString("customer_id,order_id,ordered_at,amount,quantity\n")
	for range rapid.IntRange(0, 30).Draw(t, "rows") {
		cells := rapid.SliceOfN(cell, 5, 5).Draw(t, "row")
		if rapid.IntRange(0, 3).Draw(t, "good") > 0 {
			cells[0], cells[1], cells[2], cells[3] = "a", "1", "2025-01-01", "3"
		}
		b.WriteString(strings.Join(cells, ",") + rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n"}).Draw(t, "end"))
	}
	return b.String()
})

func TestExtractOfAnyRows(t *testing.T) {
	for seed := range 25 {
		extractAnything(t, anyRows.Example(seed), "orders.csv")
	}
}

func FuzzRun(f *testing.F) {
	f.Add("customer_id,order_id,ordered_at,amount\na,1,2025-01-01,1\n\"b\n\",2,2025-01-01,x\n")
	f.Add("customer_id;order_id;ordered_at;amount\r\na;1;1/2/2025;1\n\n")
	f.Add("customer_id\torder_id\tordered_at\tamount\na\t1\t2025-01-01\t\"1\n")
	f.Add("a\n\"\"\n")
	f.Fuzz(func(t *testing.T, text string) { extractAnything(t, text, "orders.csv") })
}

func FuzzRunJSON(f *testing.F) {
	f.Add(`[{"customer_id":"a","order_id":1,"ordered_at":"2025-01-01","amount":1}]`)
	f.Add("{\"customer_id\":\"a\",\"order_id\":[1],\"ordered_at\":{},\"amount\":null}\n{")
	f.Fuzz(func(t *testing.T, text string) { extractAnything(t, text, "orders.json") })
}
