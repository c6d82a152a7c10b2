package extract

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// dictionaries are the vocabularies that all buckets share, and the columns
// whose distinct strings they hold.
var dictionaries = []struct {
	name    string
	columns []string // table.column
}{
	{"products", []string{"orders.product_id", "engagements.product_id", "products.product_id"}},
	{"categories", []string{"orders.category", "products.category"}},
	{"channels", []string{"orders.channel", "engagements.channel", "actions.channel"}},
	{"kinds", []string{"engagements.kind"}},
	{"campaigns", []string{"engagements.campaign_id"}},
	{"actions", []string{"actions.action"}},
	{"countries", []string{"customers.country"}},
}

// writeVocabulary writes the distinct strings of the kept rows, in the order in
// which history numbers them, and a row for each product among them.
func (x *extraction) writeVocabulary(ctx context.Context, sources []*surveyed) error {
	kept := map[string]string{}
	for _, s := range sources {
		folder := filepath.Join(x.dir, s.table.name)
		if !s.table.bucketed {
			folder = filepath.Join(x.spill, "sorted", s.table.name)
		}
		kept[s.table.name] = "read_parquet(" + quote(filepath.Join(folder, "*.parquet")) + ")"
	}
	var selects []string
	for _, d := range dictionaries {
		for _, source := range d.columns {
			table, column, _ := strings.Cut(source, ".")
			if kept[table] != "" {
				selects = append(selects, fmt.Sprintf("SELECT DISTINCT %s AS dictionary, %s AS name FROM %s WHERE %[2]s IS NOT NULL", quote(d.name), column, kept[table]))
			}
		}
	}
	err := x.db.exec(ctx, "CREATE TABLE vocabulary AS "+strings.Join(selects, " UNION "))
	if err != nil {
		return err
	}
	if err := x.db.exec(ctx, fmt.Sprintf("COPY (SELECT * FROM vocabulary ORDER BY dictionary, name) TO %s (FORMAT parquet, COMPRESSION snappy)",
		quote(filepath.Join(x.dir, vocabularyFile)))); err != nil {
		return err
	}
	return x.writeProducts(ctx, kept)
}

// writeProducts writes products.parquet: every product of the vocabulary in its
// order, with what the products table says, or else the category that most of
// its lines have.
func (x *extraction) writeProducts(ctx context.Context, kept map[string]string) error {
	table := kept["products"]
	if table == "" {
		table = "(SELECT NULL::VARCHAR AS product_id, NULL::VARCHAR AS category, NULL::VARCHAR AS name, NULL::DOUBLE AS price, NULL::BOOLEAN AS available, NULL::BOOLEAN AS consumable WHERE false)"
	}
	return x.db.exec(ctx, fmt.Sprintf(`COPY (
WITH usual AS (
	SELECT product_id, category FROM %s WHERE product_id IS NOT NULL AND category IS NOT NULL GROUP BY product_id, category
	QUALIFY row_number() OVER (PARTITION BY product_id ORDER BY count(*) DESC, category) = 1
)
SELECT v.name AS product_id, coalesce(p.category, u.category) AS category, p.name, p.price, p.available, p.consumable
FROM vocabulary v LEFT JOIN %s p ON v.name = p.product_id LEFT JOIN usual u ON v.name = u.product_id
WHERE v.dictionary = 'products' ORDER BY v.name
) TO %s (FORMAT parquet, COMPRESSION snappy)`, kept["orders"], table, quote(filepath.Join(x.dir, productsFile))))
}

// loadCategories creates product_categories from the products table that was
// just read, for the order lines.
func (x *extraction) loadCategories(ctx context.Context) error {
	x.categories = true
	return x.db.exec(ctx, "CREATE TABLE product_categories AS SELECT product_id, category FROM read_parquet("+
		quote(filepath.Join(x.spill, "sorted", "products", "*.parquet"))+") WHERE category IS NOT NULL")
}
