package features

import "testing"

func TestWindowOf(t *testing.T) {
	for age, want := range map[int32]window{
		1: last7d, 7: last7d, 8: last30d, 30: last30d, 31: last90d, 90: last90d, 91: last180d,
		180: last180d, 181: last365d, 365: last365d, 366: ever, 100_000: ever,
	} {
		if got := windowOf(age); got != want {
			t.Errorf("%d days ago is in window %d, want %d", age, got, want)
		}
	}
}
