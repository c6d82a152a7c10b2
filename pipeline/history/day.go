package history

import (
	"fmt"
	"time"
)

// Instant is the shop's wall clock in microseconds since 1970-01-01 00:00 in
// the shop's own time zone. Extraction converts every zone and offset to it, so
// that days, weekdays and cutoffs need no time zone further down. The hour that
// a clock change repeats is kept twice under the same numbers; days stay right.
type Instant int64

// Day counts the shop's calendar days since 1970-01-01.
type Day int32

const microsPerDay = 24 * 60 * 60 * 1_000_000

// Never is an Instant after everything that can be known.
const Never = Instant(1<<63 - 1)

// Day returns the calendar day that contains i.
func (i Instant) Day() Day {
	d := i / microsPerDay
	if i%microsPerDay < 0 {
		d--
	}
	return Day(d)
}

// Hour returns the hour of the day, 0 to 23.
func (i Instant) Hour() int {
	return int((i - i.Day().Start()) / (microsPerDay / 24))
}

// String formats i as 2006-01-02 15:04:05.
func (i Instant) String() string {
	return time.UnixMicro(int64(i)).UTC().Format(time.DateTime)
}

// InstantOf returns the wall clock that t shows, whatever its zone.
func InstantOf(t time.Time) Instant {
	_, offset := t.Zone()
	return Instant(t.UnixMicro() + int64(offset)*1_000_000)
}

// Start returns the first instant of the day.
func (d Day) Start() Instant { return Instant(d) * microsPerDay }

// Date returns midnight UTC of the calendar day, for formatting and arithmetic
// on months and years.
func (d Day) Date() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday {
	const thursday = 4 // 1970-01-01
	return time.Weekday(((int(d)+thursday)%7 + 7) % 7)
}

// String formats d as 2006-01-02.
func (d Day) String() string { return d.Date().Format(time.DateOnly) }

// MarshalText writes d as 2006-01-02.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02.
func (d *Day) UnmarshalText(text []byte) error {
	day, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

// ParseDay reads 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a day (write it as 2006-01-02)", s)
	}
	return DayOf(t), nil
}

// DayOf returns the calendar day that t shows, whatever its zone.
func DayOf(t time.Time) Day { return InstantOf(t).Day() }
