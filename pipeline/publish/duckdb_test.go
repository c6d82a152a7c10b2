package publish

import (
	"fmt"
	"strings"
	"testing"

	"perennial/pipeline/store"
)

// Another reader of Parquet sees the types and values of the contract.
func TestDuckDBReadsAPart(t *testing.T) {
	folder, err := store.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	rows := sampleScores(40, 1)
	rows[0].NextProductReasons, rows[0].NextProductProbabilities = nil, nil
	rows[0].NextProducts, rows[0].Reasons, rows[0].Change, rows[0].ChurnProbability = nil, nil, nil, nil
	rows[0].Eligibility = "excluded"
	c := publish(t, folder, 1, rows)

	var files []string
	for _, p := range c.Parts {
		name, err := folder.Path(p.Key)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, "'"+name+"'")
	}
	db := openDuckDB(t)
	from := fmt.Sprintf("FROM read_parquet([%s], hive_partitioning = false)", strings.Join(files, ", "))
	one := func(query string) (answer string) {
		t.Helper()
		if err := db.QueryRow("SELECT (" + query + ")::VARCHAR").Scan(&answer); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return answer
	}
	for query, want := range map[string]string{
		"SELECT count(*) " + from:                         "40",
		"SELECT count(DISTINCT customer_id) " + from:      "40",
		"SELECT any_value(typeof(as_of)) " + from:         "DATE",
		"SELECT any_value(typeof(scored_at)) " + from:     "TIMESTAMP WITH TIME ZONE",
		"SELECT any_value(typeof(next_products)) " + from: "VARCHAR[]",
		"SELECT any_value(typeof(change)) " + from:        "STRUCT(previous DOUBLE, delta DOUBLE, cause VARCHAR)",
		"SELECT any_value(typeof(reasons)) " + from:       `STRUCT(code VARCHAR, "text" VARCHAR, "value" DOUBLE, reference DOUBLE, strength VARCHAR)[]`,
		"SELECT any_value(typeof(next_product_probabilities)) || any_value(typeof(next_product_reasons)) " + from:                                        "DOUBLE[]VARCHAR[]",
		"SELECT next_product_probabilities[1] || ' ' || next_product_reasons[2] || ' ' || replenish_product " + from + " WHERE customer_id = 'C0000001'": "0.4 Often follows tea " + rows[1].ReplenishProduct,
		"SELECT any_value(as_of) " + from:               "2026-11-21",
		"SELECT epoch_us(any_value(scored_at)) " + from: fmt.Sprint(rows[0].ScoredAt.UnixMicro()),
		"SELECT len(next_products) || ' ' || len(reasons) || ' ' || (change IS NULL) || ' ' || (churn_probability IS NULL) " + from + " WHERE customer_id = 'C0000000'": "0 0 true true",
		"SELECT next_products[2] || ' ' || reasons[1].code || ' ' || change.cause " + from + " WHERE customer_id = 'C0000001'":                                          "a&b overdue data",
		"SELECT count(*) " + from + " WHERE value_tier = ''":          "0",
		"SELECT count(*) " + from + " WHERE customer_id = 'C0000017'": "1",
	} {
		if got := one(query); got != want {
			t.Errorf("%s = %q, want %q", query[:min(70, len(query))], got, want)
		}
	}

	blooms := fmt.Sprintf("SELECT count(bloom_filter_offset) FROM parquet_metadata(%s) WHERE path_in_schema = 'customer_id'", files[0])
	if got := one(blooms); got != "1" {
		t.Errorf("%s Bloom filters on customer_id, want 1", got)
	}
}
