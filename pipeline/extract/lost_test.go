package extract

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A day's file of which no row can be read stops the night, however long the history
// beside it is; a bad row, a file of guests on a quiet day and a file that is there
// twice do not.
func TestAFileThatIsLostStopsTheNight(t *testing.T) {
	history := someOrders(2000)
	day := func(rows int, line string) string {
		var b strings.Builder
		b.WriteString("customer_id,order_id,ordered_at,amount\n")
		for i := range rows {
			fmt.Fprintf(&b, line+"\n", i)
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		text, want string
	}{
		"decimal commas":      {day(15, `c,n%d,2025-06-30,"8,18"`), `orders: day.csv: each of its 15 rows is rejected: day.csv:2: amount "8,18": not a number (mend the file, or take it away)`},
		"other columns":       {day(12, `c;n%d;2025-06-30;8.18`), "orders: day.csv: each of its 12 rows is rejected: day.csv:2: "},
		"one good row":        {day(15, `c,n%d,2025-06-30,"8,18"`) + "c,x,2025-06-30,5\n", ""},
		"guests on a few":     {day(9, ",n%d,2025-06-30,8.18"), ""},
		"the same file again": {history, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := ordersFrom(t, history)
			c.MaxRejects = 0.6
			other := writeFile(t, "day.csv", test.text)
			c.Sources.Orders.Files = append(c.Sources.Orders.Files, filepath.Clean(other))
			_, _, err := runIn(t, c, "2026-01-01")
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, ErrBadData, test.want)
		})
	}
}

// An id that is a number in one object and text in another is one id.
func TestJSONIDsOfTwoTypes(t *testing.T) {
	c := ordersFrom(t, "")
	c.Sources.Orders.Files = []string{writeFile(t, "orders.ndjson", `{"customer_id":7,"order_id":"a","ordered_at":"2025-06-28","amount":5}
{"customer_id":"7","order_id":"b","ordered_at":"2025-06-29","amount":"6.5"}
{"customer_id":"X9","order_id":"c","ordered_at":"2025-06-29","amount":5}
`)}
	s := mustExtract(t, c, "2026-01-01").Report().Source("orders")
	if s.Kept != 3 || s.Customers != 2 || s.Revenue != 16.5 {
		t.Errorf("%+v, want 2 customers with 16.50", s)
	}
}

// A file of engagements that is there twice would double every one; empty files of
// quiet days are alike.
func TestACopyOfEngagementsStopsTheNight(t *testing.T) {
	const header = "customer_id,occurred_at,kind\n"
	c := ordersFrom(t, someOrders(3))
	c.Sources.Engagements.Files = []string{writeFile(t, "a.csv", header+"c,2025-06-30,view\n"), writeFile(t, "b.csv", header), writeFile(t, "c.csv", header)}
	if _, _, err := runIn(t, c, "2026-01-01"); err != nil {
		t.Error(err)
	}
	c.Sources.Engagements.Files = append(c.Sources.Engagements.Files, writeFile(t, "a (1).csv", header+"c,2025-06-30,view\n"))
	_, _, err := runIn(t, c, "2026-01-01")
	wantError(t, err, ErrBadData, "engagements: a (1).csv and a.csv hold the same bytes")
}

// Spaces and tabs around an id are no part of it: a spreadsheet that must not read
// 00123 as a number is given a tab before it.
func TestIDsWithoutWhatStandsAround(t *testing.T) {
	c := ordersFrom(t, "customer_id,order_id,ordered_at,amount\n00123,a,2025-06-28,5\n\"\t00123\",b,2025-06-28,5\n00123 ,c,2025-06-28,5\n\" 00123\t\",d,2025-06-28,5\n")
	if s := mustExtract(t, c, "2026-01-01").Report().Source("orders"); s.Kept != 4 || s.Customers != 1 {
		t.Errorf("%+v, want 4 orders of one customer", s)
	}
}

// A till writes what is scanned thrice as three equal lines. They are lines of their
// own if the shop says so, in every way of reading: at once, and a new file on top.
func TestEqualRowsOfATill(t *testing.T) {
	const header, line = "customer_id,order_id,ordered_at,amount\n", "c,a,2025-06-28,0.5\n"
	c := ordersFrom(t, header+line+line+line+"d,b,2025-06-28,2\n")
	c.MaxRejects = 0.01
	_, _, err := runIn(t, c, "2026-01-01")
	wantError(t, err, ErrBadData, "say repeats: true")

	c.Sources.Orders.Repeats = true
	first := filepath.Join(t.TempDir(), "first")
	if _, err := Run(t.Context(), c, day(t, "2026-01-01"), first, nil); err != nil {
		t.Fatal(err)
	}
	c.Sources.Orders.Files = append(c.Sources.Orders.Files, writeFile(t, "z.csv", header+line+line))
	onTop, err := Recall(first)
	if err != nil {
		t.Fatal(err)
	}
	for name, memory := range map[string]*Memory{"at once": nil, "on top": onTop} {
		inputs, err := memory.Survey(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		r, err := inputs.Run(t.Context(), day(t, "2026-01-01"), filepath.Join(t.TempDir(), "extract"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if s := r.Source("orders"); s.Kept != 6 || s.Rejected != 0 || s.Orders != 2 || s.Revenue != 4.5 {
			t.Errorf("%s: %+v, want 6 rows of 4.50", name, s)
		}
	}
}
