package extract

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlainlySoundRowsPassEveryCheck combines cells that are sound, odd and bad: no
// row that the verdict's first branch lets pass may be one that a check rejects.
func TestPlainlySoundRowsPassEveryCheck(t *testing.T) {
	db := testDatabase(t)
	cells := map[kind]string{
		textKind:    "(NULL), ('x')",
		instantKind: "(NULL), (TIMESTAMP '1980-01-01'), (TIMESTAMP '2020-01-01'), (TIMESTAMP '2200-01-01'), ('infinity'::TIMESTAMP)",
		moneyKind:   "(NULL), ('nan'::DOUBLE), (-1), (0), (2e15), (-2e15), ('infinity'::DOUBLE)",
		numberKind:  "(NULL), ('nan'::DOUBLE), (-1), (3), ('-infinity'::DOUBLE)",
		answerKind:  "(NULL), (true)",
	}
	const currencies = "(NULL), ('EUR'), ('eur'), ('USD'), ('CHF')"
	for _, table := range tables {
		config := Config{Currency: "eur", Rates: map[string]float64{"USD": 0.9}}
		c := &canonical{table: table, types: map[string]string{}, config: &config}
		var rows, columns, rejects []string
		for i, col := range table.columns {
			if i > 0 && col.kind == textKind && !col.required && col.name != "currency" {
				continue // no check looks at it
			}
			c.types[col.name] = "VARCHAR"
			values := cells[col.kind]
			if col.name == "currency" {
				values = currencies
			}
			rows = append(rows, fmt.Sprintf("(VALUES %s) t%d(%s)", values, i, col.name))
			columns = append(columns, fmt.Sprintf("%s, %[1]s AS raw_%[1]s", col.name))
		}
		branch := c.plainlySound()
		if branch == "" {
			continue
		}
		for _, check := range c.checks() {
			rejects = append(rejects, "("+check.where+")")
		}
		sound := strings.TrimSuffix(strings.TrimPrefix(branch, " WHEN "), " THEN 0")
		query := fmt.Sprintf("SELECT count(*), count(*) FILTER (%s) FROM (SELECT %s FROM %s) WHERE %s",
			strings.Join(rejects, " OR "), strings.Join(columns, ", "), strings.Join(rows, ", "), sound)
		var passed, rejected int
		if err := db.row(t.Context(), query, &passed, &rejected); err != nil {
			t.Fatalf("%s: %v", table.name, err)
		}
		if passed == 0 || rejected > 0 {
			t.Errorf("%s: of %d rows that pass at once, checks reject %d", table.name, passed, rejected)
		}
	}
}
