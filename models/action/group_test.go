package action

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func groupsOf(t *testing.T, salt string, holdout, baseline float64, customers int) []string {
	t.Helper()
	p := newPolicy(t, Config{Salt: salt, Holdout: &holdout, Baseline: &baseline})
	groups := make([]string, customers)
	for i := range groups {
		groups[i] = p.Group(fmt.Sprint("customer-", i))
	}
	return groups
}

// The p-value of a chi-square statistic.
func chiSquareP(statistic float64, degrees int) float64 {
	return 1 - distuv.ChiSquared{K: float64(degrees)}.CDF(statistic)
}

func TestSlotsAreUniform(t *testing.T) {
	const customers, cells = 200_000, 100
	var counts [cells]float64
	for i := range customers {
		counts[draw(fmt.Sprint("1:", i))%slots/(slots/cells)]++
	}
	statistic := 0.0
	for _, n := range counts {
		d := n - customers/cells
		statistic += d * d / (customers / cells)
	}
	if p := chiSquareP(statistic, cells-1); p < 0.001 {
		t.Errorf("chi-square %.1f, p = %.2g: the slots are not uniform", statistic, p)
	}
}

func TestSharesAreAsConfigured(t *testing.T) {
	const customers = 100_000
	counts := map[string]float64{}
	for _, g := range groupsOf(t, "1", 0.1, 0.05, customers) {
		counts[g]++
	}
	for group, share := range map[string]float64{GroupHoldout: 0.1, GroupBaseline: 0.05, GroupPolicy: 0.85} {
		got, se := counts[group]/customers, math.Sqrt(share*(1-share)/customers)
		if math.Abs(got-share) > 4*se {
			t.Errorf("%s: share %.4f, want %.4f ± %.4f", group, got, share, 4*se)
		}
	}
}

func TestNoShareIsNobody(t *testing.T) {
	for i, group := range groupsOf(t, "1", 0, 0, 100_000) {
		if group != GroupPolicy {
			t.Fatalf("customer %d is in the %s of share 0", i, group)
		}
	}
}

func TestSaltsAreIndependent(t *testing.T) {
	const customers = 100_000
	a := groupsOf(t, "2012", 0.3, 0, customers)
	b := groupsOf(t, "2013", 0.3, 0, customers)
	var table [2][2]float64
	for i := range a {
		table[index(a[i] == GroupHoldout)][index(b[i] == GroupHoldout)]++
	}
	statistic := 0.0
	for i := range 2 {
		for j := range 2 {
			want := (table[i][0] + table[i][1]) * (table[0][j] + table[1][j]) / customers
			statistic += (table[i][j] - want) * (table[i][j] - want) / want
		}
	}
	if p := chiSquareP(statistic, 1); p < 0.001 {
		t.Errorf("chi-square %.1f, p = %.2g: groups of two salts depend on each other", statistic, p)
	}
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestALargerHoldoutOnlyAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Float64Range(0, 1).Draw(t, "small")
		large := rapid.Float64Range(small, 1).Draw(t, "large")
		customer := rapid.String().Draw(t, "customer")
		in := func(holdout float64) bool {
			return newPolicy(t, Config{Holdout: &holdout}).Group(customer) == GroupHoldout
		}
		if in(small) && !in(large) {
			t.Fatalf("%q leaves the holdout when it grows from %v to %v", customer, small, large)
		}
	})
}

// The scheme is part of the contract with analysts: SHA-256(salt ":" customer), first 8
// bytes big-endian, modulo 10,000.
func TestSlotOfAKnownCustomer(t *testing.T) {
	// printf '1:c1' | sha256sum | head -c 16
	if got, want := draw("1:c1"), uint64(0xe21d62180217a896); got != want {
		t.Errorf("draw = %#x, want %#x", got, want)
	}
}

func TestLotsStandForAFortnightAndThenChange(t *testing.T) {
	p := newPolicy(t, Config{Explore: new(0.5)})
	changed := 0
	for i := range 1000 {
		customer := fmt.Sprint(i)
		first := p.lot(customer, 14*1000)
		if last := p.lot(customer, 14*1000+13); last != first {
			t.Fatalf("the lot of %s changes within a fortnight", customer)
		}
		if next := p.lot(customer, 14*1001); next.explore != first.explore {
			changed++
		}
	}
	if changed < 400 || changed > 600 {
		t.Errorf("%d of 1,000 lots of 50%% change with the fortnight, want about 500", changed)
	}
}
