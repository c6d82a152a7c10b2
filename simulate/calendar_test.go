package simulate

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWeekdaysAverageOne(t *testing.T) {
	total := 0.0
	for d := time.Sunday; d <= time.Saturday; d++ {
		total += weekday(d)
	}
	if math.Abs(total-7) > 1e-12 {
		t.Errorf("weekdays sum to %v, want 7", total)
	}
}

func TestPaceAveragesOneOverAYear(t *testing.T) {
	c := newCalendar(defaultEnd-730, 730)
	total := 0.0
	for _, pace := range c.pace[:364] {
		total += pace / 364
	}
	if math.Abs(total-1) > 0.01 {
		t.Errorf("mean pace of 52 weeks is %v, want about 1", total)
	}
}

func TestDecemberIsBusierThanAugust(t *testing.T) {
	if season(345) < 1.5*season(220) {
		t.Errorf("season is %.2f before Christmas, %.2f in August", season(345), season(220))
	}
}

func TestPromotionsFillFourWeeksAYear(t *testing.T) {
	n := 0
	for d := 1; d <= 366; d++ {
		if inPromotion(d) {
			n++
		}
	}
	if n != 28 {
		t.Errorf("%d days of promotion a year, want 28", n)
	}
}

func TestDayShareIsADistribution(t *testing.T) {
	if dayShare[0] != 0 || dayShare[24] != 1 {
		t.Errorf("day goes from %v to %v", dayShare[0], dayShare[24])
	}
	for h := range 24 {
		if dayShare[h+1] <= dayShare[h] {
			t.Errorf("no business in hour %d", h)
		}
	}
}

func TestInstantsStayInTheirDayAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(0, 5000).Draw(t, "day")
		part := rapid.Float64Range(0, math.Nextafter(1, 0)).Draw(t, "part")
		i := at(day, part)
		if i.day() != day {
			t.Fatalf("part %v of day %d falls on day %d", part, day, i.day())
		}
		if later := at(day, part+(1-part)/2); later < i {
			t.Fatalf("%v comes after %v", i, later)
		}
	})
}

// Sign-ups follow season and growth: the second half of two years that begin in
// July sees more of them.
func TestSignUpsGrow(t *testing.T) {
	c := newCalendar(defaultEnd-730, 730)
	day, part := c.signUp(0)
	if day != 0 || part != 0 {
		t.Errorf("the first customer signs up on day %d at %v", day, part)
	}
	middle, _ := c.signUp(0.5)
	if middle < 380 || middle > 480 {
		t.Errorf("half of the customers sign up by day %d of 730", middle)
	}
	last, _ := c.signUp(math.Nextafter(1, 0))
	if last != 729 {
		t.Errorf("the last customer signs up on day %d", last)
	}
}
