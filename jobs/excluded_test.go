package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/pipeline/publish"
)

// TestACustomerWhomTheShopTakesOut: a reseller gets no action any more, her row says
// why, and the changes tell CRM syncs to remove her.
func TestACustomerWhomTheShopTakesOut(t *testing.T) {
	cfg, end := wholeShop(t)
	night := publisherOf(t, cfg)
	night(end - 1)
	name := filepath.Join(cfg.BaseDir, "customers.csv")
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(name)))), "\n")
	reseller, _, _ := strings.Cut(lines[3], ",")
	for i := range lines {
		lines[i] += map[bool]string{true: ",yes", false: ",no"}[i == 3]
	}
	lines[0] = strings.TrimSuffix(lines[0], ",no") + ",excluded"
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	night(end)
	reader, err := publish.Head(t.Context(), openFolder(t, cfg.Store))
	if err != nil {
		t.Fatal(err)
	}
	excluded := 0
	for row, err := range reader.Scores(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Eligibility != "excluded" {
			continue
		}
		if excluded++; row.CustomerID != reseller || row.Action != "none" {
			t.Errorf("%s is excluded and gets %s, want %s and none", row.CustomerID, row.Action, reseller)
		}
	}
	if excluded != 1 || reader.Commit.Delta.Counts.Ineligible != 1 {
		t.Errorf("%d rows are excluded, the delta counts %d, want 1", excluded, reader.Commit.Delta.Counts.Ineligible)
	}
	var changes bytes.Buffer
	if _, err := Changes(t.Context(), cfg, 1, "csv", &changes); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(changes.String(), "\n2,delete,"+reseller+",") {
		t.Errorf("the changes do not take %s away:\n%.400s", reseller, &changes)
	}
}
