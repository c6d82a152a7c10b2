package extract

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func clockOf(t testing.TB, d *database, text string) string {
	t.Helper()
	var at sql.NullTime
	if err := d.row(t.Context(), "SELECT clock("+quote(text)+")", &at); err != nil {
		t.Fatal(err)
	}
	if !at.Valid {
		return ""
	}
	return at.Time.Format("2006-01-02 15:04:05.999999")
}

func TestClock(t *testing.T) {
	d := testDatabase(t) // Europe/London
	for text, want := range map[string]string{
		"2026-04-20":                          "2026-04-20 00:00:00",
		"20260420":                            "2026-04-20 00:00:00",
		"2026/04/20 07:08":                    "2026-04-20 07:08:00",
		"2026-04-20 07:08":                    "2026-04-20 07:08:00",
		"2026-04-20T07:08:09":                 "2026-04-20 07:08:09",
		"2026-04-20 07:08:09.5":               "2026-04-20 07:08:09.5",
		"2026-04-20T12:34:56Z":                "2026-04-20 13:34:56",
		"2026-01-20T12:34:56Z":                "2026-01-20 12:34:56",
		"2026-04-20T12:34:56.789Z":            "2026-04-20 13:34:56.789",
		"2026-04-20 12:34:56 +0600":           "2026-04-20 07:34:56",
		"2026-04-20 12:34:56+0600":            "2026-04-20 07:34:56",
		"2026-04-20 12:34:56 +06:00":          "2026-04-20 07:34:56",
		"2026-04-20 12:34:56-06":              "2026-04-20 19:34:56",
		"2026-04-20 12:34+06":                 "2026-04-20 07:34:00",
		"2026-04-20T23:30:00+00:00":           "2026-04-21 00:30:00",
		"2026-4-2 7:08:09":                    "2026-04-02 07:08:09",
		"2026-4-2 7:08:09+02":                 "2026-04-02 06:08:09",
		"2026-4-2 7:08+02:00":                 "", // as long as a full clock, and rather nothing than without its offset
		"2026-04-20 12:34:56 UTC":             "2026-04-20 13:34:56",
		"2026-04-20 12:34:56 Europe/Berlin":   "2026-04-20 11:34:56",
		"2026-03-29 01:30:00":                 "2026-03-29 01:30:00", // skipped by the clocks, but written so
		"2026-10-25 00:30:00Z":                "2026-10-25 01:30:00", // twice on the clocks
		"2026-10-25 01:30:00Z":                "2026-10-25 01:30:00",
		"2026-02-30":                          "",
		"2026-04-20 25:00:00":                 "",
		"yesterday":                           "",
		"":                                    "",
		"42":                                  "",
		"99999999":                            "",
		"20/04/2026":                          "",
		"2026-04-20 12:34:56 Nowhere/Nothing": "",
	} {
		if got := clockOf(t, d, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestClockOfAnyInstant writes instants with offsets as Go does and compares with
// Go's own time zones.
func TestClockOfAnyInstant(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip("no time zones on this machine: ", err)
	}
	d := testDatabase(t)
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Unix(rapid.Int64Range(700_000_000, 4_000_000_000).Draw(rt, "at"), 0)
		offset := rapid.IntRange(-14*4, 14*4).Draw(rt, "quarters") * 15 * 60
		layout := rapid.SampledFrom([]string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07:00"}).Draw(rt, "layout")
		text := at.In(time.FixedZone("", offset)).Format(layout)
		want := at.In(london).Format("2006-01-02 15:04:05")
		if got := clockOf(t, d, text); got != want {
			rt.Fatalf("%q: %s, want %s", text, got, want)
		}
	})
}

func TestDateFormats(t *testing.T) {
	rows := func(dates ...string) string {
		var b strings.Builder
		b.WriteString("customer_id,order_id,ordered_at,amount\n")
		for i, date := range dates {
			fmt.Fprintf(&b, "c,%d,\"%s\",1\n", i, date)
		}
		return b.String()
	}
	tests := []struct {
		name, format, text string
		first, last        string
	}{
		{"month first", "", rows("1/2/2025 8:26", "12/31/2025 18:05"), "2025-01-02", "2025-12-31"},
		{"day first", "", rows("1/2/2025", "31/12/2025"), "2025-02-01", "2025-12-31"},
		{"German", "", rows("01.02.2025 10:00", "31.12.2025 10:00"), "2025-02-01", "2025-12-31"},
		{"months in words", "", rows("2 Jan 2025", "31 Dec 2025"), "2025-01-02", "2025-12-31"},
		{"noon", "", rows("1/2/2025 12:26 PM", "12/31/2025 6:05 AM"), "2025-01-02", "2025-12-31"},
		{"years of two digits", "", rows("31.01.25", "28.02.25 "), "2025-01-31", "2025-02-28"},
		{"years of two digits, day first", "%d/%m/%y", rows("28/06/25", "29/06/25"), "2025-06-28", "2025-06-29"},
		{"told", "%m/%d/%Y", rows("1/2/2025", "3/4/2025"), "2025-01-02", "2025-03-04"},
		{"told, with offsets", "%d/%m/%Y %H:%M %z", rows("05/03/2025 23:30 +0000", "05/03/2025 23:30 -0100"), "2025-03-05", "2025-03-06"},
		{"told, but ISO too", "%m/%d/%Y", rows("1/2/2025", "2025-03-04"), "2025-01-02", "2025-03-04"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := ordersFrom(t, tt.text)
			c.Sources.Orders.DateFormat = tt.format
			_, r, err := runIn(t, c, "2026-01-01")
			if err != nil {
				t.Fatal(err)
			}
			if s := r.Sources[0]; s.Kept != 2 || s.First.String() != tt.first || s.Last.String() != tt.last {
				t.Errorf("%v", r)
			}
		})
	}
	_, _, err := runIn(t, ordersFrom(t, rows("1/2/2025", "3/4/2025")), "2026-01-01")
	wantError(t, err, ErrConfig, "ordered_at: every value can be read as %d/%m/%Y and as %m/%d/%Y (set date_format to the right one)")
	_, _, err = runIn(t, ordersFrom(t, rows("11/06/12", "12/06/12")), "2026-01-01")
	wantError(t, err, ErrConfig, "ordered_at: every value can be read as %d/%m/%y and as %m/%d/%y and as %y/%m/%d (set date_format to the right one)")
}

func TestUnknownTimezone(t *testing.T) {
	c := ordersFrom(t, someOrders(3))
	c.Timezone = "Europe/Londinium"
	_, _, err := runIn(t, c, "2026-01-01")
	wantError(t, err, ErrConfig, `timezone "Europe/Londinium" is not known`)
}

// The macros read amounts as people write them, and nothing else as a number.
func TestAmountsAsPeopleWriteThem(t *testing.T) {
	d := testDatabase(t)
	for call, want := range map[string]string{
		"decimal_comma('1.234,50 €')":    "1234.5",
		"decimal_comma('-8,18')":         "-8.18",
		"decimal_comma('1.234.567,5')":   "1234567.5",
		"decimal_comma('12 kr.')":        "12.0",
		"decimal_point('$1,234.50')":     "1234.5",
		"decimal_point('(8.18)')":        "-8.18",
		"decimal_point('EUR 1''234.50')": "1234.5",
		"decimal_point('8.18')":          "8.18",
		"decimal_comma('')":              "",
		"decimal_point(NULL)":            "",
		"decimal_point('12abc34')":       "nan",
		"decimal_comma('abc')":           "nan",
	} {
		var got string
		if err := d.row(t.Context(), "SELECT coalesce(CAST("+call+" AS VARCHAR), '')", &got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", call, got, err, want)
		}
	}
}
