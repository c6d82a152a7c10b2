package picture

import (
	"math"
	"slices"
	"testing"
)

func TestRoundTicks(t *testing.T) {
	for _, tt := range []struct {
		low, high float64
		want      []string
	}{
		{0, 78, []string{"0", "20", "40", "60"}},
		{0, 1, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{0, 5387, []string{"0", "1,000", "2,000", "3,000", "4,000", "5,000"}},
		{-0.5, 29.5, []string{"0", "5", "10", "15", "20", "25"}},
		{0, 0.03, []string{"0.000", "0.005", "0.010", "0.015", "0.020", "0.025", "0.030"}},
		{7, 7, []string{"7"}},
	} {
		var got []string
		for _, tick := range roundTicks(tt.low, tt.high) {
			got = append(got, tick.Label)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("ticks from %v to %v are %q, want %q", tt.low, tt.high, got, tt.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", 123456: "123,456"} {
		if got := grouped(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

// TestViridisGrowsLighter so that it can be read in grey.
func TestViridisGrowsLighter(t *testing.T) {
	before := -1.0
	for i := range 101 {
		c, err := viridis{}.At(float64(i) / 100)
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := c.RGBA()
		light := 0.2126*float64(r) + 0.7152*float64(g) + 0.0722*float64(b)
		if light < before {
			t.Fatalf("%d%% is darker than what is below", i)
		}
		before = light
	}
	for _, z := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := (viridis{}).At(z); err == nil {
			t.Errorf("%v has a colour", z)
		}
	}
}

func TestIncrements(t *testing.T) {
	if got := Increments([]float64{2, 5, 5, 9}); !slices.Equal(got, []float64{2, 3, 0, 4}) {
		t.Errorf("%v", got)
	}
}

func TestLongIDsAreShortened(t *testing.T) {
	if got := shortened("somebody.with.a.very.long.address@example.com"); got != "somebody.with.a.very.lo…" {
		t.Errorf("%q", got)
	}
}
