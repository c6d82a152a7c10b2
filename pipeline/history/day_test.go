package history

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestInstantDayAndHour(t *testing.T) {
	for _, test := range []struct {
		instant Instant
		day     string
		hour    int
		text    string
	}{
		{0, "1970-01-01", 0, "1970-01-01 00:00:00"},
		{-1, "1969-12-31", 23, "1969-12-31 23:59:59"},
		{microsPerDay - 1, "1970-01-01", 23, "1970-01-01 23:59:59"},
		{microsPerDay, "1970-01-02", 0, "1970-01-02 00:00:00"},
		{-microsPerDay, "1969-12-31", 0, "1969-12-31 00:00:00"},
		{-microsPerDay - 1, "1969-12-30", 23, "1969-12-30 23:59:59"},
		{1_709_208_000_000_000, "2024-02-29", 12, "2024-02-29 12:00:00"},
	} {
		if got := test.instant.Day().String(); got != test.day {
			t.Errorf("Instant(%d).Day() = %s, want %s", test.instant, got, test.day)
		}
		if got := test.instant.Hour(); got != test.hour {
			t.Errorf("Instant(%d).Hour() = %d, want %d", test.instant, got, test.hour)
		}
		if got := test.instant.String(); got != test.text {
			t.Errorf("Instant(%d) = %q, want %q", test.instant, got, test.text)
		}
	}
}

func TestInstantOfKeepsTheWallClock(t *testing.T) {
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	lima := time.FixedZone("Lima", -5*60*60)
	for _, zone := range []*time.Location{time.UTC, tokyo, lima} {
		wall := time.Date(2024, 3, 31, 23, 30, 0, 0, zone)
		if got := InstantOf(wall).String(); got != "2024-03-31 23:30:00" {
			t.Errorf("InstantOf(%s) = %s", wall, got)
		}
		if got := DayOf(wall).String(); got != "2024-03-31" {
			t.Errorf("DayOf(%s) = %s", wall, got)
		}
	}
}

func TestNeverIsAfterEveryDate(t *testing.T) {
	if last := InstantOf(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)); last >= Never {
		t.Errorf("%s is not before Never", last)
	}
	if day := Never.Day(); day <= 0 || day == math.MaxInt32 {
		t.Errorf("Never.Day() = %d", day)
	}
}

func TestWeekday(t *testing.T) {
	for day, want := range map[Day]time.Weekday{
		0: time.Thursday, -1: time.Wednesday, -3: time.Monday, -4: time.Sunday, -8: time.Wednesday, 3: time.Sunday,
	} {
		if got := day.Weekday(); got != want {
			t.Errorf("%s is a %s, want %s", day, got, want)
		}
	}
}

func TestParseDayRejects(t *testing.T) {
	for _, text := range []string{"", "2024-02-30", "2024-1-01", "01.02.2024", "2024-02-01 10:00", "yesterday"} {
		_, err := ParseDay(text)
		if err == nil || !strings.Contains(err.Error(), "write it as 2006-01-02") {
			t.Errorf("ParseDay(%q): %v", text, err)
		}
		var day Day
		if day.UnmarshalText([]byte(text)) == nil {
			t.Errorf("UnmarshalText(%q) = %s", text, day)
		}
	}
}

// anyDay draws days of the years 1000 to 9999, most of them before 1970.
var anyDay = rapid.Custom(func(t *rapid.T) Day { return Day(rapid.IntRange(-354285, 2932896).Draw(t, "day")) })

func TestDayProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := anyDay.Draw(t, "day")
		within := Instant(rapid.Int64Range(0, microsPerDay-1).Draw(t, "within"))
		at := day.Start() + within
		if at.Day() != day {
			t.Fatalf("%s is on day %s, want %s", at, at.Day(), day)
		}
		if hour := at.Hour(); hour != int(within/(microsPerDay/24)) {
			t.Fatalf("%s has hour %d", at, hour)
		}
		if weekday := day.Date().Weekday(); day.Weekday() != weekday {
			t.Fatalf("%s is a %s, want %s", day, day.Weekday(), weekday)
		}
		text, err := day.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Day
		if err := back.UnmarshalText(text); err != nil || back != day {
			t.Fatalf("%s was read back as %s: %v", day, back, err)
		}
	})
}
