package extract

import (
	"strings"
	"testing"
)

func TestPoolIsHalfTheMemory(t *testing.T) {
	for limit, want := range map[string]string{"2GiB": "1GiB", "1.5 GB": "0.75GB", "512MiB": "256MiB", "3gib": "1.5gib"} {
		if got := poolSize(limit); got != want {
			t.Errorf("pool of %s is %s, want %s", limit, got, want)
		}
	}
}

// TestTheSecondTableOfAJoinIsHeld keeps order lines out of memory where they look
// up their products: left to its estimates, DuckDB turns the join around when it
// takes the lines for fewer than the products.
func TestTheSecondTableOfAJoinIsHeld(t *testing.T) {
	db := testDatabase(t)
	for _, statement := range []string{
		"CREATE TABLE lines AS SELECT i % 10 AS product FROM range(100) t(i)",
		"CREATE TABLE products AS SELECT i AS product, i % 7 AS category FROM range(100000) t(i)",
	} {
		if err := db.exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	const join = "EXPLAIN SELECT * FROM lines LEFT JOIN products USING (product)"
	if plan := planOf(t, db, join); !strings.Contains(plan, "LEFT") || strings.Contains(plan, "RIGHT") {
		t.Errorf("the plan holds the first table:\n%s", plan)
	}
}

func planOf(t *testing.T, db *database, statement string) (plan string) {
	t.Helper()
	err := db.each(t.Context(), statement, func(scan func(...any) error) error {
		var kind, text string
		if err := scan(&kind, &text); err != nil {
			return err
		}
		plan += text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
