package picture

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"pgregory.net/rapid"

	"perennial/models/btyd"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestCumulativeIsASumOverCustomers adds up customers one at a time.
func TestCumulativeIsASumOverCustomers(t *testing.T) {
	bg, nbd := testModel(t, btyd.BGNBD), testModel(t, btyd.NBD)
	cohorts := []Cohort{
		{Model: bg, FirstDays: []int{100, 103}, Customers: []int{2, 1}},
		{Model: nbd, FirstDays: []int{103}, Customers: []int{3}},
	}
	days := []int{500, 100, 102, 110} // in any order
	got := Cumulative(cohorts, 7, days)
	for i, day := range days {
		want := 2 * bg.Expected(btyd.Customer{}, float64(day-100)/7)
		if day > 103 {
			want += bg.Expected(btyd.Customer{}, float64(day-103)/7) + 3*nbd.Expected(btyd.Customer{}, float64(day-103)/7)
		}
		near(t, "expected", got[i], want)
	}
	if got := Cumulative(nil, 7, days); floats.Sum(got) != 0 {
		t.Errorf("nobody is expected to order %v times", got)
	}
}

// TestNBDFrequencies are negative binomial probabilities.
func TestNBDFrequencies(t *testing.T) {
	const r, alpha, weeks = 0.385, 12.072, 39
	cohorts := []Cohort{{Model: testModel(t, btyd.NBD), FirstDays: []int{0}, Customers: []int{1000}}}
	got := Frequencies(cohorts, 7, 7*weeks, 4)
	none := math.Pow(alpha/(alpha+weeks), r)
	one := none * r * weeks / (alpha + weeks)
	two := one * (r + 1) / 2 * weeks / (alpha + weeks)
	for n, p := range []float64{none, one, two, 1 - none - one - two} {
		near(t, "customers", got[n], 1000*p)
	}
}

func TestFrequenciesAreAllCustomers(t *testing.T) {
	m := testModel(t, btyd.MBGNBD)
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.SliceOfN(rapid.IntRange(0, 300), 1, 5).Draw(t, "first")
		c := Cohort{Model: m, FirstDays: first}
		total := 0
		for range first {
			n := rapid.IntRange(1, 50).Draw(t, "customers")
			c.Customers = append(c.Customers, n)
			total += n
		}
		got := Frequencies([]Cohort{c}, 7, 300, rapid.IntRange(1, 10).Draw(t, "classes"))
		if sum := floats.Sum(got); math.Abs(sum-float64(total)) > 1e-9*float64(total) || floats.Min(got) < 0 {
			t.Fatalf("%v for %d customers", got, total)
		}
	})
}
