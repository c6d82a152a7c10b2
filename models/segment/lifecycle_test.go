package segment

import (
	"math"
	"testing"
)

func TestLifecycleStage(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name  string
		facts Facts
		risk  string
		want  string
	}{
		{"no order", Facts{OverdueRatio: nan, RecencyDays: nan, TenureDays: nan}, "", "prospect"},
		{"first order last week", Facts{Orders: 1, TenureDays: 7, RecencyDays: 7, OverdueRatio: 0.2, LastGapDays: nan}, "low", "new"},
		{"bakery customer silent since the first week", Facts{Orders: 1, TenureDays: 28, RecencyDays: 28, OverdueRatio: 4, LastGapDays: nan}, "high", "lapsed"},
		{"within her rhythm", Facts{Orders: 4, TenureDays: 200, RecencyDays: 30, OverdueRatio: 0.9, LastGapDays: 30}, "low", "active"},
		{"just past her rhythm", Facts{Orders: 4, TenureDays: 200, RecencyDays: 45, OverdueRatio: 1.4, LastGapDays: 30}, "medium", "active"},
		{"late", Facts{Orders: 4, TenureDays: 200, RecencyDays: 50, OverdueRatio: 1.5, LastGapDays: 30}, "medium", "cooling"},
		{"twice her gap", Facts{Orders: 4, TenureDays: 200, RecencyDays: 65, OverdueRatio: 2, LastGapDays: 30}, "medium", "at_risk"},
		{"due and at high risk", Facts{Orders: 1, TenureDays: 60, RecencyDays: 60, OverdueRatio: 1, LastGapDays: nan}, "high", "at_risk"},
		{"at high risk but not due", Facts{Orders: 1, TenureDays: 40, RecencyDays: 40, OverdueRatio: 0.7, LastGapDays: nan}, "high", "active"},
		{"three gaps", Facts{Orders: 4, TenureDays: 200, RecencyDays: 95, OverdueRatio: 3, LastGapDays: 30}, "high", "lapsed"},
		{"lost", Facts{Orders: 4, TenureDays: 900, RecencyDays: 600, OverdueRatio: 20, LastGapDays: 30}, "lost", "lost"},
		{"back after a year", Facts{Orders: 5, TenureDays: 900, RecencyDays: 10, OverdueRatio: 0.25, LastGapDays: 365}, "low", "reactivated"},
		{"back after a year, due again", Facts{Orders: 5, TenureDays: 900, RecencyDays: 44, OverdueRatio: 1.1, LastGapDays: 365}, "low", "active"},
		{"ordered at the cutoff", Facts{Orders: 5, TenureDays: 900, RecencyDays: 0, OverdueRatio: 0, LastGapDays: 30}, "low", "active"},
		{"rhythm unknown, high risk", Facts{Orders: 2, TenureDays: 90, RecencyDays: 60, OverdueRatio: nan, LastGapDays: 30}, "high", "at_risk"},
		{"rhythm unknown", Facts{Orders: 2, TenureDays: 90, RecencyDays: 60, OverdueRatio: nan, LastGapDays: 30}, "low", "active"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := lifecycleStage(test.facts, test.risk); got != test.want {
				t.Errorf("stage = %s, want %s", got, test.want)
			}
		})
	}
}
