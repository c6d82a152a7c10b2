package nextpurchase

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"perennial/models/survival"
)

// given predicts the numbers it was given.
type given []float64

func (m given) Predict(dst []float64, _ []string, _ [][]float32) error {
	copy(dst, m)
	return nil
}

func (given) Write(io.Writer) error { return nil }

// broken cannot predict.
type broken struct{ given }

func (broken) Predict([]float64, []string, [][]float32) error { return errors.New("no column") }

func mustWhen(t testing.TB, anchors []Anchor, churnDays int, hazard *survival.Curve) *When {
	t.Helper()
	w, err := NewWhen(anchors, churnDays, hazard)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func curvesOf(t testing.TB, w *When, n int) *Curves {
	t.Helper()
	c, err := w.Curves(nil, nil, n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// probability draws from [0, 1], its ends more often than chance would.
var probability = rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1e-300, 1e-9, 1 - 1e-13, 1}))

// drawn is a curve over random anchors with a random hazard; its row 0 is what
// the models say.
type drawn struct {
	*Curves
	said      []float64 // by the models, in the order of days
	churnDays int
}

// draw makes curves, with gaps in the shop's hazard and anchors beyond its end.
func draw(r *rapid.T) drawn {
	days := rapid.SliceOfNDistinct(rapid.IntRange(1, 400), 1, 6, rapid.ID[int]).Draw(r, "days")
	churn := rapid.SampledFrom(days).Draw(r, "churn horizon")
	slices.Sort(days)
	d := drawn{churnDays: churn}
	var anchors []Anchor
	for _, day := range days {
		p := probability.Draw(r, "P")
		d.said = append(d.said, p)
		anchors = append(anchors, Anchor{day, given{p}})
	}
	var hazard *survival.Curve
	if rapid.Bool().Draw(r, "hazard known") {
		followed := rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 300), func(d int) float64 { return float64(d) }), 1, 30).Draw(r, "followed")
		ordered := rapid.SliceOfN(rapid.Bool(), len(followed), len(followed)).Draw(r, "ordered")
		var err error
		if hazard, err = survival.NelsonAalen(followed, ordered); err != nil {
			r.Fatal(err)
		}
	}
	w, err := NewWhen(anchors, churn, hazard)
	if err != nil {
		r.Fatal(err)
	}
	if d.Curves, err = w.Curves(nil, nil, 1); err != nil {
		r.Fatal(err)
	}
	return d
}

func TestChurnAnchorStands(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := draw(r)
		churn := slices.Index(d.Days, d.churnDays)
		for k, days := range d.Days {
			// What contradicts the churn anchor, or a model between, gives way.
			want := d.said[k]
			for j := min(k, churn); j <= max(k, churn); j++ {
				if k < churn {
					want = min(want, d.said[j])
				} else {
					want = max(want, d.said[j])
				}
			}
			if got := d.Within(0, days); got != want {
				r.Fatalf("P(order within %d days) is %v, want %v of %v", days, got, want, d.said)
			}
		}
	})
}

func TestCurveContradictsOnlyAwayFromChurn(t *testing.T) {
	w := mustWhen(t, []Anchor{{90, given{0.5}}, {30, given{0.6}}, {180, given{0.4}}, {60, given{0.3}}}, 60, nil)
	c := curvesOf(t, w, 1)
	for days, want := range map[int]float64{30: 0.3, 60: 0.3, 90: 0.5, 180: 0.5} {
		if got := c.Within(0, days); got != want {
			t.Errorf("P(order within %d days) is %v, want %v", days, got, want)
		}
	}
}

func TestNewWhenRefuses(t *testing.T) {
	survivors, err := survival.KaplanMeier([]float64{10, 20}, []bool{true, false})
	if err != nil {
		t.Fatal(err)
	}
	half := given{0.5}
	for _, test := range []struct {
		name    string
		anchors []Anchor
		churn   int
		hazard  *survival.Curve
		want    string
	}{
		{"no anchors", nil, 60, nil, "no anchors"},
		{"no churn anchor", []Anchor{{30, half}}, 60, nil, "no anchor at the churn horizon of 60 days"},
		{"an anchor twice", []Anchor{{30, half}, {60, half}, {30, half}}, 60, nil, "an anchor at 30 days (use each horizon once, from 1 day on)"},
		{"an anchor at the cutoff", []Anchor{{0, half}, {60, half}}, 60, nil, "an anchor at 0 days"},
		{"a survival curve", []Anchor{{60, half}}, 60, survivors, "the shop's curve is a survival, not a cumulative hazard"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewWhen(test.anchors, test.churn, test.hazard)
			if err == nil || !strings.HasPrefix(err.Error(), "nextpurchase: "+test.want) {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
}

func TestCurvesRefuse(t *testing.T) {
	for want, anchor := range map[string]Anchor{
		"nextpurchase: 60 days: no column":                          {60, broken{}},
		"nextpurchase: 60 days: row 1 has NaN, not a probability":   {60, given{0, math.NaN()}},
		"nextpurchase: 60 days: row 0 has 1.001, not a probability": {60, given{1.001}},
	} {
		_, err := mustWhen(t, []Anchor{anchor}, 60, nil).Curves(nil, nil, 2)
		if err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}
