package nextpurchase

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"perennial/models/survival"
	"perennial/pipeline/history"
)

func TestWithinNeverFalls(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := draw(r)
		before := d.Within(0, 0)
		if before != 0 {
			r.Fatalf("P(order within 0 days) is %v", before)
		}
		for days := 1; days <= 800; days++ {
			p := d.Within(0, days)
			if !(p >= before && p <= 1) {
				r.Fatalf("P(order within %d days) is %v, the day before %v", days, p, before)
			}
			before = p
		}
	})
}

// TestWithinRunsThroughAnchors: under a constant hazard the cumulative hazard is
// a straight line between anchors, which ends at them.
func TestWithinRunsThroughAnchors(t *testing.T) {
	w := mustWhen(t, []Anchor{{30, given{0.2}}, {60, given{0.25}}, {180, given{0.8}}}, 60, nil)
	c := curvesOf(t, w, 1)
	hazard := func(days int) float64 { return -math.Log1p(-c.Within(0, days)) }
	for _, piece := range []struct{ from, to int }{{0, 30}, {30, 60}, {60, 180}} {
		daily := (hazard(piece.to) - hazard(piece.from)) / float64(piece.to-piece.from)
		for days := piece.from + 1; days <= piece.to; days++ {
			if step := hazard(days) - hazard(days-1); math.Abs(step-daily) > 1e-12 {
				t.Fatalf("day %d adds %v to the hazard, want %v", days, step, daily)
			}
		}
	}
	if got, want := hazard(360), 2*hazard(180); math.Abs(got-want) > 1e-12 {
		t.Errorf("the hazard of 360 days is %v, want twice that of 180: %v", got, want)
	}
}

// TestWithinFollowsTheShop: a shop whose customers order on days 10 and 40 only
// has curves that rise on those days only, where they have to rise at all.
func TestWithinFollowsTheShop(t *testing.T) {
	hazard, err := survival.NelsonAalen([]float64{10, 10, 40, 100, 100, 100}, []bool{true, true, true, false, false, false})
	if err != nil {
		t.Fatal(err)
	}
	c := curvesOf(t, mustWhen(t, []Anchor{{30, given{0.2}}, {60, given{0.5}}}, 60, hazard), 1)
	for days, want := range map[int]float64{1: 0, 9: 0, 10: 0.2, 29: 0.2, 30: 0.2, 31: 0.2, 39: 0.2, 40: 0.5, 60: 0.5, 90: 0.5} {
		if got := c.Within(0, days); math.Abs(got-want) > 1e-12 {
			t.Errorf("P(order within %d days) is %v, want %v", days, got, want)
		}
	}
}

// TestWithinWhereTheShopKnowsNothing: no order was seen between the anchors, so
// that time passes evenly.
func TestWithinWhereTheShopKnowsNothing(t *testing.T) {
	hazard, err := survival.NelsonAalen([]float64{5, 100}, []bool{true, false})
	if err != nil {
		t.Fatal(err)
	}
	c := curvesOf(t, mustWhen(t, []Anchor{{30, given{0.2}}, {60, given{0.5}}}, 60, hazard), 1)
	if got, want := c.Within(0, 45), 1-math.Sqrt(0.8*0.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("P(order within 45 days) is %v, want %v", got, want)
	}
}

func TestDatesProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := draw(r)
		asOf := history.Day(rapid.IntRange(-1000, 40_000).Draw(r, "as of"))
		dates, likely := d.Dates(0, asOf)
		within := d.Within(0, 180)
		if likely != (within >= LeastLikely) {
			r.Fatalf("P(order within 180 days) is %v, likely is %v", within, likely)
		}
		if !likely {
			if dates != (Dates{}) {
				r.Fatalf("an unlikely order has dates %+v", dates)
			}
			return
		}
		if dates.Earliest < asOf || dates.Expected < dates.Earliest || dates.Latest < dates.Expected || dates.Latest >= asOf+180 {
			r.Fatalf("dates are %+v as of %d", dates, asOf)
		}
		for share, day := range map[float64]history.Day{0.1: dates.Earliest, 0.5: dates.Expected, 0.9: dates.Latest} {
			const rounding = 1e-9
			t := int(day-asOf) + 1
			// The quantile is reached by the middle of that day, and was not by that of the
			// day before.
			if d.Within(0, t) < share*within-rounding || d.Within(0, max(t-2, 0)) > share*within+rounding {
				r.Fatalf("P(order) is %v within %d days and %v two days before; the quantile is %v", d.Within(0, t), t, d.Within(0, max(t-2, 0)), share*within)
			}
		}
	})
}

func TestDates(t *testing.T) {
	const asOf = history.Day(20_000)
	for _, test := range []struct {
		name string
		p    float64 // within 180 days, at a constant hazard
		want Dates
		none bool
	}{
		{"sure", 1 - math.Exp2(-18), Dates{Expected: asOf + 10, Earliest: asOf + 2, Latest: asOf + 33}, false}, // halves every 10 days
		{"as likely as not", 0.5, Dates{Expected: asOf + 75, Earliest: asOf + 13, Latest: asOf + 155}, false},
		{"just likely enough", LeastLikely, Dates{Expected: asOf + 85, Earliest: asOf + 16, Latest: asOf + 160}, false},
		{"unlikely", 0.199, Dates{}, true},
		{"impossible", 0, Dates{}, true},
		{"almost certain", 1 - math.Exp2(-36), Dates{Expected: asOf + 5, Earliest: asOf + 1, Latest: asOf + 17}, false}, // halves every 5 days
	} {
		t.Run(test.name, func(t *testing.T) {
			got, likely := curvesOf(t, mustWhen(t, []Anchor{{180, given{test.p}}}, 180, nil), 1).Dates(0, asOf)
			if got != test.want || likely == test.none {
				t.Errorf("dates are %d, %d, %d days away (%v)", got.Earliest-asOf, got.Expected-asOf, got.Latest-asOf, likely)
			}
		})
	}
}
