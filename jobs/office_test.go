package jobs

import (
	"testing"

	"perennial/models/purchase"
	"perennial/pipeline/store"
)

func TestOfficeOnTheWay(t *testing.T) {
	before := office{"a": "1", "b": "1"}
	after := before.after(map[string]string{"a": "2", "c": "1"})
	for _, test := range []struct {
		now  office
		want bool
	}{
		{before, true},
		{after, true},
		{office{"a": "2", "b": "1"}, true}, // promoted in part
		{office{"a": "3", "b": "1"}, false},
		{office{"a": "1"}, false},
		{office{"a": "1", "b": "1", "a imports": "x"}, false},
	} {
		if got := test.now.between(before, after); got != test.want {
			t.Errorf("%v between %v and %v: %v", test.now, before, after, got)
		}
	}
}

// TestTheSameNightInAnotherOffice: a night that trained is found published when it
// is run again, though the models in office are other ones than when it began; it is
// published again once somebody changes who competes.
func TestTheSameNightInAnotherOffice(t *testing.T) {
	t.Parallel()
	cfg, asOf := youngShop(t)
	env := testEnv()
	night := func() *Summary {
		t.Helper()
		summary, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, env)
		if err != nil {
			t.Fatal(err)
		}
		return summary
	}
	if first := night(); first.Outcome != "published" || len(first.Trained) == 0 {
		t.Fatalf("the first night: %s, %d boards", first.Outcome, len(first.Trained))
	}
	if again := night(); again.Outcome != "already published" || again.Commit != 1 {
		t.Errorf("the same night: %s as commit %d", again.Outcome, again.Commit)
	}
	st, err := store.Open(cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeImports(t.Context(), st, purchase.Question(30), []importEntry{{"autumn", "2026-01-01-00000000"}}); err != nil {
		t.Fatal(err)
	}
	if other := night(); other.Outcome != "published" || other.Commit != 2 {
		t.Errorf("with another candidate: %s as commit %d", other.Outcome, other.Commit)
	}
}
