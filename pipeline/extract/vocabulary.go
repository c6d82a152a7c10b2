package extract

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
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
//
// How many rows have a string is kept for the next extract, which counts again
// only the files that are no longer the same.
func (x *extraction) writeVocabulary(ctx context.Context, passes []*pass) error {
	if x.nothingTouched(passes) {
		for _, name := range []string{vocabularyFile, productsFile, filepath.Join(memoryFolder, wordsFile), filepath.Join(memoryFolder, usualFile)} {
			if err := share(filepath.Join(x.memory.dir, name), filepath.Join(x.dir, name)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, statement := range []string{
		"CREATE TABLE words (source VARCHAR, name VARCHAR, n BIGINT)",
		"CREATE TABLE usual (product_id VARCHAR, category VARCHAR, n BIGINT)",
	} {
		if err := x.db.exec(ctx, statement); err != nil {
			return err
		}
	}
	for _, p := range passes {
		if err := p.countWords(ctx); err != nil {
			return err
		}
	}
	named := make([]string, 0, len(dictionaries))
	for _, d := range dictionaries {
		for _, source := range d.columns {
			named = append(named, fmt.Sprintf("(%s, %s)", quote(source), quote(d.name)))
		}
	}
	for _, statement := range []string{
		"CREATE TABLE known AS SELECT source, name, CAST(sum(n) AS BIGINT) AS n FROM words GROUP BY ALL HAVING sum(n) > 0",
		"CREATE TABLE categorized AS SELECT product_id, category, CAST(sum(n) AS BIGINT) AS n FROM usual GROUP BY ALL HAVING sum(n) > 0",
		"CREATE TABLE vocabulary AS SELECT DISTINCT dictionary, name FROM known JOIN (VALUES " + strings.Join(named, ", ") + ") d(source, dictionary) USING (source)",
		x.copyTo("SELECT * FROM vocabulary ORDER BY dictionary, name", vocabularyFile),
		x.copyTo("SELECT * FROM known ORDER BY source, name", filepath.Join(memoryFolder, wordsFile)),
		x.copyTo("SELECT * FROM categorized ORDER BY product_id, category", filepath.Join(memoryFolder, usualFile)),
	} {
		if err := x.db.exec(ctx, statement); err != nil {
			return err
		}
	}
	return x.writeProducts(ctx, passes)
}

func (x *extraction) copyTo(query, name string) string {
	return fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy)", query, quote(filepath.Join(x.dir, name)))
}

// nothingTouched reports whether all tables are those of the earlier extract.
func (x *extraction) nothingTouched(passes []*pass) bool {
	return x.memory != nil && len(x.memory.state.Sources) == len(passes) &&
		!slices.ContainsFunc(passes, func(p *pass) bool { return p.old == nil || slices.Contains(p.touched, true) })
}

// countWords adds to the tables words and usual how many kept rows of the source
// have a string: the earlier counts, less those of the files that were written
// anew, and what these hold now.
func (p *pass) countWords(ctx context.Context) error {
	now, before := p.sortedFiles(p.dir), []string(nil)
	if p.old != nil {
		before = p.sortedFiles(p.memory.dir)
		if err := p.recallWords(ctx); err != nil {
			return err
		}
	}
	if err := p.addWords(ctx, now, 1); err != nil {
		return err
	}
	return p.addWords(ctx, before, -1)
}

// sortedFiles are the files below dir of the buckets that were sorted.
func (p *pass) sortedFiles(dir string) []string {
	var paths []string
	for k, touched := range p.touched {
		if touched {
			paths = append(paths, sortedPath(dir, p.table, k))
		}
	}
	return paths
}

func (p *pass) recallWords(ctx context.Context) error {
	err := p.db.exec(ctx, fmt.Sprintf("INSERT INTO words SELECT * FROM read_parquet(%s) WHERE starts_with(source, %s)",
		quote(filepath.Join(p.memory.dir, memoryFolder, wordsFile)), quote(p.table.name+".")))
	if err != nil || p.table.name != "orders" {
		return err
	}
	return p.db.exec(ctx, fmt.Sprintf("INSERT INTO usual SELECT * FROM read_parquet(%s)", quote(filepath.Join(p.memory.dir, memoryFolder, usualFile))))
}

// addWords counts the strings of sorted files, weight times.
func (p *pass) addWords(ctx context.Context, paths []string, weight int) error {
	if len(paths) == 0 {
		return nil
	}
	rows := "read_parquet(" + quoteList(paths) + ")"
	for _, d := range dictionaries {
		for _, source := range d.columns {
			table, column, _ := strings.Cut(source, ".")
			if table != p.table.name {
				continue
			}
			if err := p.db.exec(ctx, fmt.Sprintf("INSERT INTO words SELECT %s, %s, %d * count(*) FROM %s WHERE %[2]s IS NOT NULL GROUP BY %[2]s",
				quote(source), column, weight, rows)); err != nil {
				return err
			}
		}
	}
	if p.table.name != "orders" {
		return nil
	}
	return p.db.exec(ctx, fmt.Sprintf("INSERT INTO usual SELECT product_id, category, %d * count(*) FROM %s WHERE product_id IS NOT NULL AND category IS NOT NULL GROUP BY product_id, category",
		weight, rows))
}

// writeProducts writes products.parquet: every product of the vocabulary in its
// order, with what the products table says, or else the category that most of
// its lines have.
func (x *extraction) writeProducts(ctx context.Context, passes []*pass) error {
	table := "(SELECT NULL::VARCHAR AS product_id, NULL::VARCHAR AS category, NULL::VARCHAR AS name, NULL::DOUBLE AS price, NULL::BOOLEAN AS available, NULL::BOOLEAN AS consumable WHERE false)"
	for _, p := range passes {
		if p.table.name == "products" {
			table = "read_parquet(" + quote(sortedPath(x.dir, p.table, 0)) + ")"
		}
	}
	return x.db.exec(ctx, x.copyTo(fmt.Sprintf(`
WITH most AS (
	SELECT product_id, category FROM categorized
	QUALIFY row_number() OVER (PARTITION BY product_id ORDER BY n DESC, category) = 1
)
SELECT v.name AS product_id, coalesce(p.category, u.category) AS category, p.name, p.price, p.available, p.consumable
FROM vocabulary v LEFT JOIN %s p ON v.name = p.product_id LEFT JOIN most u ON v.name = u.product_id
WHERE v.dictionary = 'products' ORDER BY v.name
`, table), productsFile))
}

// loadCategories creates product_categories from the products table that was
// just read, for the order lines.
func (x *extraction) loadCategories(ctx context.Context) error {
	if err := x.db.exec(ctx, "CREATE TABLE product_categories AS SELECT product_id, category FROM read_parquet("+
		quote(filepath.Join(x.dir, memoryFolder, "products.parquet"))+") WHERE category IS NOT NULL"); err != nil {
		return err
	}
	return x.db.row(ctx, "SELECT sha256(coalesce(string_agg(product_id || chr(1) || category, chr(2) ORDER BY product_id), '')) FROM product_categories", &x.categories)
}
