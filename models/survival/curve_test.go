package survival

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// remission holds the weeks in remission of 21 leukaemia patients under 6-MP
// (Freireich et al. 1963); the flag is a relapse, its absence censoring.
func remission() (weeks []float64, relapse []bool) {
	weeks = []float64{6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35}
	relapse = make([]bool, len(weeks))
	for _, i := range []int{0, 1, 2, 4, 6, 9, 10, 14, 15} {
		relapse[i] = true
	}
	return weeks, relapse
}

func mustCurve(t testing.TB) func(*Curve, error) *Curve {
	return func(c *Curve, err error) *Curve {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) && !(math.IsNaN(got) && math.IsNaN(want)) && got != want {
		t.Errorf("%s is %.10g, want %.10g ± %g", what, got, want, tolerance)
	}
}

func TestAtIsRightContinuous(t *testing.T) {
	weeks, relapse := remission()
	c := mustCurve(t)(KaplanMeier(weeks, relapse))
	near(t, "S(0)", c.At(0), 1, 0)
	near(t, "S just before 6", c.At(math.Nextafter(6, 0)), 1, 0)
	near(t, "S(6)", c.At(6), 18./21, 1e-15)
	near(t, "S(-1)", c.At(-1), math.NaN(), 0)
	near(t, "S(NaN)", c.At(math.NaN()), math.NaN(), 0)
}

func TestBeyondTheFollowUpTheRateStays(t *testing.T) {
	m := mustCurve(t)(MeanCumulative([]float64{100, 100}, [][]float64{{10, 80, 95}, {90}}))
	// 1.5 events between days 75 and 100: 0.06 a day.
	near(t, "M(100)", m.At(100), 2, 0)
	near(t, "M(150)", m.At(150), 2+0.06*50, 1e-12)
	near(t, "first day of 5 events", m.Inverse(5), 150, 1e-9)

	weeks, relapse := remission()
	relapse[19] = true // so that the last quarter has an event
	s := mustCurve(t)(KaplanMeier(weeks, relapse))
	rate := math.Log(s.At(0.75*35)/s.At(35)) / (0.25 * 35)
	near(t, "S(70)", s.At(70), s.At(35)*math.Exp(-35*rate), 1e-15)
	near(t, "median of what is left", s.Inverse(s.At(35)/2), 35+math.Ln2/rate, 1e-9)
	near(t, "S at the end of time", s.At(math.Inf(1)), 0, 0)
}

func TestCurvesWithoutALastEventStayFlat(t *testing.T) {
	weeks, relapse := remission()
	c := mustCurve(t)(KaplanMeier(weeks, relapse))
	near(t, "S(1000)", c.At(1000), c.At(35), 0)
	near(t, "S at the end of time", c.At(math.Inf(1)), c.At(35), 0)
	near(t, "day on which a tenth is left", c.Inverse(0.1), math.Inf(1), 0)
}

func TestCurveWhereNobodyIsLeft(t *testing.T) {
	c := mustCurve(t)(KaplanMeier([]float64{1, 2, 3}, []bool{true, true, true}))
	near(t, "S(3)", c.At(3), 0, 0)
	near(t, "S(9)", c.At(9), 0, 0)
	near(t, "H(9)", c.CumulativeHazard(9), math.Inf(1), 0)
	near(t, "day on which nobody is left", c.Inverse(0), 3, 0)
	near(t, "continued to certainty", c.Continue(0.4, 2, 3), 1, 0)
	near(t, "continued from certainty", c.Continue(0.4, 3, 9), math.NaN(), 0)
}

func TestInverse(t *testing.T) {
	weeks, relapse := remission()
	s := mustCurve(t)(KaplanMeier(weeks, relapse))
	h := mustCurve(t)(NelsonAalen(weeks, relapse))
	near(t, "median remission, published as 23 weeks", s.Inverse(0.5), 23, 0)
	near(t, "day of all", s.Inverse(1), 0, 0)
	near(t, "day of a negative survival", s.Inverse(-1), math.Inf(1), 0)
	near(t, "day of NaN", s.Inverse(math.NaN()), math.NaN(), 0)
	near(t, "day of hazard 0", h.Inverse(0), 0, 0)
	near(t, "day of hazard 0.3", h.Inverse(0.3), 13, 0)
	near(t, "day of hazard 9", h.Inverse(9), math.Inf(1), 0)
}

func TestContinue(t *testing.T) {
	weeks, relapse := remission()
	c := mustCurve(t)(KaplanMeier(weeks, relapse))
	// The base line itself is carried onto itself.
	near(t, "base line", c.Continue(1-c.At(10), 10, 23), 1-c.At(23), 1e-12)
	near(t, "to the same horizon", c.Continue(0.3, 10, 10), 0.3, 1e-15)
	near(t, "from 0", c.Continue(0, 10, 23), 0, 0)
	near(t, "from 1", c.Continue(1, 10, 23), 1, 0)
	near(t, "to before the first event", c.Continue(1, 10, 2), 0, 0)
	for _, undefined := range []float64{
		c.Continue(0.3, 5, 23), c.Continue(-0.1, 10, 23), c.Continue(1.1, 10, 23), c.Continue(math.NaN(), 10, 23),
		c.Continue(0.3, math.NaN(), 23), c.Continue(0.3, 10, -1),
	} {
		near(t, "undefined", undefined, math.NaN(), 0)
	}
}

// drawFollowUps draws subjects with small whole days, so that ties abound.
func drawFollowUps(t *rapid.T) (days []float64, event []bool) {
	n := rapid.IntRange(1, 30).Draw(t, "subjects")
	for range n {
		days = append(days, float64(rapid.IntRange(0, 12).Draw(t, "day")))
		event = append(event, rapid.Bool().Draw(t, "event"))
	}
	return days, event
}

func TestCurvesMoveOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days, event := drawFollowUps(t)
		s, err := KaplanMeier(days, event)
		if err != nil {
			t.Fatal(err)
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		before, continued := 1.0, 0.0
		for day := 0.0; day < 40; day += 0.5 {
			v := s.At(day)
			if !(v <= before && v >= 0) {
				t.Fatalf("S(%v) = %v after %v", day, v, before)
			}
			if q := s.Continue(p, 6, day); !math.IsNaN(q) {
				if !(q >= continued && q <= 1) {
					t.Fatalf("continued to %v: %v after %v", day, q, continued)
				}
				continued = q
			}
			before = v
		}
	})
}

func TestInverseIsTheFirstDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days, event := drawFollowUps(t)
		s, err := KaplanMeier(days, event)
		if err != nil {
			t.Fatal(err)
		}
		value := rapid.Float64Range(0.01, 0.99).Draw(t, "value")
		day := s.Inverse(value)
		if math.IsInf(day, 1) {
			if s.At(1e6) <= value {
				t.Fatalf("S(1e6) = %v, but %v is never reached", s.At(1e6), value)
			}
			return
		}
		if s.At(day) > value+1e-9 {
			t.Fatalf("S(%v) = %v has not reached %v", day, s.At(day), value)
		}
		if day > 0 && s.At(day*(1-1e-6)) <= value {
			t.Fatalf("%v was reached before day %v", value, day)
		}
	})
}
