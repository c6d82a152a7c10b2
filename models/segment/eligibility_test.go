package segment

import (
	"math"
	"testing"
)

func TestEligibility(t *testing.T) {
	old := Facts{Orders: 3, TenureDays: 300}
	for _, test := range []struct {
		name   string
		facts  Facts
		source float64
		want   string
	}{
		{"long known", old, 0, "ok"},
		{"a week of holidays", old, 7, "ok"},
		{"exports stopped", old, 7.5, "stale"},
		{"first order last month", Facts{Orders: 1, TenureDays: 30}, 0, "new"},
		{"no order", Facts{TenureDays: math.NaN()}, 0, "too_little_history"},
		{"taken out, whatever else", Facts{Excluded: true}, 90, "excluded"},
		{"stale goes before no order", Facts{TenureDays: math.NaN()}, 30, "stale"},
	} {
		if got := Eligibility(test.facts, test.source); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
