package segment

import (
	"math"
	"testing"
)

func cutsOfRevenue(values ...float64) Cuts {
	counts := Counts{}
	for _, v := range values {
		counts.add(v)
	}
	return Cuts{predicted: newDistribution(counts)}
}

func TestTiersOfAThousandDistinctCustomers(t *testing.T) {
	var values []float64
	for i := range 1000 {
		values = append(values, float64(i+1))
	}
	cuts := cutsOfRevenue(values...)
	got := map[string]int{}
	for _, v := range values {
		got[cuts.valueTier(v)]++
	}
	for tier, want := range map[string]int{"platinum": 10, "gold": 40, "silver": 50, "bronze": 150, "medium": 250, "low": 500} {
		if got[tier] != want {
			t.Errorf("%d of 1,000 are %s, want %d", got[tier], tier, want)
		}
	}
}

func TestTiersOfTinyShops(t *testing.T) {
	for _, test := range []struct {
		name   string
		shop   []float64
		value  float64
		expect string
	}{
		{"alone", []float64{80}, 80, "medium"},
		{"all equal", []float64{80, 80, 80, 80, 80}, 80, "medium"},
		{"best of five", []float64{1, 2, 3, 4, 5}, 5, "silver"},
		{"last of five", []float64{1, 2, 3, 4, 5}, 1, "low"},
		{"nothing is expected of anybody", []float64{0, 0, 0}, 0, "low"},
		{"more is taken back than bought", []float64{-5, -3}, -3, "low"},
		{"no prediction", []float64{1}, math.NaN(), ""},
	} {
		if got := cutsOfRevenue(test.shop...).valueTier(test.value); got != test.expect {
			t.Errorf("%s: tier = %q, want %q", test.name, got, test.expect)
		}
	}
}
