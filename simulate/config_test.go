package simulate

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"perennial/pipeline/history"
)

func TestDefaults(t *testing.T) {
	cfg := Config{}.withDefaults()
	want := Config{Customers: 2000, Days: 730, Start: 19905, Products: 500, EngagementShare: 1}
	if cfg != want {
		t.Errorf("defaults are %+v, want %+v", cfg, want)
	}
	if end := (Config{}).End().String(); end != "2026-07-01" {
		t.Errorf("the default shop ends at %s", end)
	}
	if end := (Config{Days: 90}).End().String(); end != "2026-07-01" {
		t.Errorf("a shorter shop ends at %s", end)
	}
}

func TestCatalogueGrowsWithTheShop(t *testing.T) {
	for customers, want := range map[int]int{10: 500, 100_000: 500, 400_000: 2000, 1_000_000: 5000, 50_000_000: 5000} {
		if got := (Config{Customers: customers}).withDefaults().Products; got != want {
			t.Errorf("%d customers: %d products, want %d", customers, got, want)
		}
	}
}

func TestRunRefusesConfig(t *testing.T) {
	for _, test := range []struct {
		cfg  Config
		hint string
	}{
		{Config{Customers: -1}, "give 1 or more"},
		{Config{Days: -1}, "give 1 to"},
		{Config{Days: 1_000_000}, "give 1 to"},
		{Config{Products: 5}, "one per category"},
		{Config{EngagementShare: 1.5}, "at most 1"},
		{Config{EngagementShare: math.NaN()}, "at most 1"},
		{Config{Start: history.Day(1 << 30)}, "give a day"},
	} {
		dir := filepath.Join(t.TempDir(), "shop")
		_, err := Run(context.Background(), test.cfg, dir, nil)
		if err == nil || !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%+v: error %v does not say %q", test.cfg, err, test.hint)
		}
	}
}
