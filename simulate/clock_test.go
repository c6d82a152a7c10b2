package simulate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestInstantInvertsTime(t *testing.T) {
	cal := newCalendar(defaultEnd-100, 100)
	rapid.Check(t, func(t *rapid.T) {
		traits := traits{sensitivity: rapid.Float64Range(0, 1).Draw(t, "sensitivity")}
		var c clock
		c.set(&cal, &traits, nil, 100)
		day := rapid.IntRange(0, 99).Draw(t, "day")
		part := rapid.Float64Range(0.001, 0.999).Draw(t, "part")
		got, want := c.instant(c.time(day, part)), at(day, part)
		if got < want-1 || got > want+1 {
			t.Fatalf("day %d part %v: %d s, want %d s", day, part, got, want)
		}
	})
}

func TestActionsActFromTheNextDayForFourteen(t *testing.T) {
	cal := newCalendar(defaultEnd-100, 100)
	traits := traits{}
	traits.ratio[voucher] = 3
	var with, without clock
	with.set(&cal, &traits, []sentAction{{day: 40, action: voucher}, {day: 95, action: voucher}}, 100)
	without.set(&cal, &traits, nil, 100)
	for d := range 100 {
		want := 1.0
		if d >= 41 && d <= 54 || d >= 96 {
			want = 3
		}
		if got := with.pace[d] / without.pace[d]; math.Abs(got-want) > 1e-12 {
			t.Errorf("day %d runs %v times as fast, want %v", d, got, want)
		}
	}
}

// Looking ahead with an action is the same as having sent it.
func TestAheadAgreesWithTheClock(t *testing.T) {
	cal := newCalendar(defaultEnd-100, 100)
	traits := traits{sensitivity: 0.5}
	traits.ratio[reminder] = 1.7
	var c clock
	c.set(&cal, &traits, nil, 200)
	planned := make([]float64, 61)
	c.ahead(planned, 100, traits.ratio[reminder])
	c.set(&cal, &traits, []sentAction{{day: 100, action: reminder}}, 200)
	for n := range planned {
		if want := c.elapsed[100+n] - c.elapsed[100]; math.Abs(planned[n]-want) > 1e-9 {
			t.Fatalf("%d days ahead: %v, want %v", n, planned[n], want)
		}
	}
}
