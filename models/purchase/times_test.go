package purchase

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// fourCustomers are known until day 100.
func fourCustomers() Times {
	return Times{
		Columns: []string{recencyColumn},
		X:       [][]float32{{1, 2, 3, 4}},
		Group:   []uint64{10, 20, 30, 40},
		Cutoff:  []history.Day{40, 40, 80, 95},
		First:   []float64{3, math.NaN(), 15, 1},
		End:     100,
	}
}

func TestIntervals(t *testing.T) {
	times := fourCustomers()
	got := times.intervals([]int{7, 30}, numbered)
	want := leaderboard.Rows{
		Columns: []string{recencyColumn, aheadColumn},
		// The fourth customer is not followed for 7 days, the third not for 30,
		// and the first has ordered before the second interval.
		X:     [][]float32{{1, 2, 3, 2}, {7, 7, 7, 30}},
		Y:     []float64{1, 0, 0, 0},
		Group: []uint64{10, 20, 30, 20},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDummies(t *testing.T) {
	times := fourCustomers()
	got := times.intervals([]int{7, 30}, dummies)
	if diff := cmp.Diff([]string{recencyColumn, "days_ahead_7", "days_ahead_30", "days_ahead_7_recency_days", "days_ahead_30_recency_days"}, got.Columns); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]float32{{1, 2, 3, 2}, {1, 1, 1, 0}, {0, 0, 0, 1}, {1, 2, 3, 0}, {0, 0, 0, 2}}, got.X); diff != "" {
		t.Error(diff)
	}
}

// TestUntil is the leak that hazards must not have: an earlier end shows neither
// later cutoffs nor later orders.
func TestUntil(t *testing.T) {
	times := fourCustomers()
	earlier := times.until(42)
	if len(earlier.Cutoff) != 2 || earlier.End != 42 {
		t.Fatalf("until day 42 there are %d rows known to %v", len(earlier.Cutoff), earlier.End)
	}
	if rows := earlier.intervals([]int{7}, numbered); len(rows.Y) != 0 {
		t.Errorf("rows followed for 2 days show what happened in 7: %v", rows.Y)
	}
	if rows := earlier.intervals([]int{2}, numbered); cmp.Diff([]float64{0, 0}, rows.Y) != "" {
		t.Errorf("orders in the first 2 days are %v, want none", rows.Y)
	}
}

func TestEdges(t *testing.T) {
	for horizon, want := range map[int][]int{5: {5}, 30: {7, 14, 30}, 47: {7, 14, 30, 47}, 180: {7, 14, 30, 60, 90, 180}} {
		if diff := cmp.Diff(want, Edges(horizon)); diff != "" {
			t.Errorf("%d days: %s", horizon, diff)
		}
	}
}
