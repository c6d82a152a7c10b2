package extract

import "testing"

func TestNotRowwise(t *testing.T) {
	db := testDatabase(t)
	for sql, plain := range map[string]bool{
		"SELECT * FROM input": true,
		`SELECT "Customer ID" AS customer_id, lower(trim(b)) AS c, clock(d), number(e) * 2, CASE WHEN f IN ('x') THEN nullif(g, '') END, CAST(h AS DOUBLE) FROM input WHERE "Customer ID" IS NOT NULL AND i LIKE 'a%'`: true,
		"SELECT DISTINCT a FROM input":                               false,
		"SELECT a FROM input ORDER BY a":                             false,
		"SELECT a FROM input LIMIT 5":                                false,
		"SELECT a, count(*) FROM input GROUP BY a":                   false,
		"SELECT max(a) AS a FROM input":                              false,
		"SELECT a FROM input HAVING count(*) > 1":                    false,
		"SELECT a, row_number() OVER (ORDER BY a) FROM input":        false,
		"SELECT a FROM input QUALIFY max(a) OVER () = a":             false,
		"SELECT a FROM input UNION ALL SELECT b FROM input":          false,
		"SELECT a FROM input JOIN input j USING (a)":                 false,
		"SELECT a FROM input, input j":                               false,
		"SELECT a FROM (SELECT a FROM input)":                        false,
		"WITH x AS (SELECT a FROM input) SELECT a FROM x":            false,
		"SELECT a FROM input WHERE a IN (SELECT a FROM input)":       false,
		"SELECT a, (SELECT max(a) FROM input) FROM input":            false,
		"SELECT unnest(a) FROM input":                                false,
		"SELECT a FROM input USING SAMPLE 10%":                       false,
		"SELECT a FROM input TABLESAMPLE 10%":                        false,
		"SELECT a, random() FROM input":                              false,
		"SELECT a, now() FROM input":                                 false,
		"SELECT a FROM input WHERE b < current_date":                 false,
		"SELECT a, age(b) FROM input":                                false,
		"SELECT a FROM input WHERE ordered_at < current_timestamp()": false,
	} {
		tree, err := parseMapping(t.Context(), db, sql)
		if err != nil {
			t.Logf("%s: %v", sql, err)
			continue
		}
		why, err := notRowwise(t.Context(), db, tree)
		if err != nil {
			t.Fatal(err)
		}
		if plain != (why == "") {
			t.Errorf("%s: %q", sql, why)
		}
	}
}
