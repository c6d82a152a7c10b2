package extract

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// loadColumn is the number of the file that a row came with, for sources with a
// key. It is a column of their sorted files too, after the table's own.
const loadColumn = "perennial_load"

// loadColumns are the columns of rows beside the table's own.
func (p *pass) loadColumns() []string {
	if len(p.source.Key) == 0 {
		return nil
	}
	return []string{loadColumn}
}

// carryLoads has the view mapped pass on the load of its rows.
func (p *pass) carryLoads(ctx context.Context) error {
	if len(p.source.Key) == 0 {
		return nil
	}
	sql, err := withLine(ctx, p.db, p.mapping.tree, loadColumn)
	if err != nil {
		return err
	}
	return p.db.exec(ctx, "CREATE OR REPLACE TEMP VIEW mapped AS "+sql)
}

// outdate finds, for every bucket, the keys of which a newer load has rows, in
// this bucket or another: a corrected order may have another customer. Only rows
// that count on the as-of day replace others, and only they are replaced.
func (p *pass) outdate(ctx context.Context) error {
	if len(p.source.Key) == 0 {
		return nil
	}
	key := strings.Join(p.source.Key, ", ")
	known, err := p.knownLoads(ctx, key)
	if err != nil || known == "" {
		return err
	}
	return p.db.exec(ctx, fmt.Sprintf(`COPY (
WITH newest AS (SELECT %[1]s, max(%[2]s) AS newest FROM (%[3]s) GROUP BY ALL HAVING min(%[2]s) < max(%[2]s))
SELECT DISTINCT k.bucket, %[1]s, newest FROM (%[3]s) k JOIN newest USING (%[1]s) WHERE k.%[2]s < newest
) TO %[4]s (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (bucket))`,
		key, loadColumn, known, quote(filepath.Join(p.staging, outdatedRows))))
}

// knownLoads is a SELECT of bucket, key and load of the rows that are new, and of
// the earlier rows with one of their keys; "" if no row is new.
func (p *pass) knownLoads(ctx context.Context, key string) (string, error) {
	var present []string
	for _, name := range p.source.Key {
		present = append(present, name+" IS NOT NULL")
	}
	var selects []string
	for _, folder := range []string{newRows, dueRows} {
		rows, ok, err := p.allStaged(folder)
		if err != nil {
			return "", err
		}
		if ok {
			selects = append(selects, fmt.Sprintf("SELECT bucket, %s, %s FROM %s WHERE bucket >= 0 AND %s", key, loadColumn, rows, strings.Join(present, " AND ")))
		}
	}
	if len(selects) == 0 {
		return "", nil
	}
	fresh := strings.Join(selects, " UNION ALL ")
	if p.old == nil {
		return fresh, nil
	}
	paths := make([]string, p.config.bucketFiles(p.table))
	bucket := "0"
	for k := range paths {
		paths[k] = sortedPath(p.memory.dir, p.table, k)
	}
	if p.table.bucketed {
		bucket = "CAST(regexp_extract(filename, 'bucket-([0-9]+)[.]parquet$', 1) AS BIGINT)"
	}
	err := p.db.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE earlier AS SELECT %s AS bucket, %s, %s FROM read_parquet(%s, filename = true) SEMI JOIN (%s) USING (%s)",
		bucket, key, loadColumn, quoteList(paths), fresh, key))
	return fresh + " UNION ALL SELECT * FROM earlier", err
}

// current is the rows of a bucket without those that are replaced.
func (p *pass) current(rows, outdated string) string {
	conditions := []string{fmt.Sprintf("r.%s < o.newest", loadColumn)}
	for _, name := range p.source.Key {
		conditions = append(conditions, fmt.Sprintf("o.%[1]s = r.%[1]s", name))
	}
	return fmt.Sprintf("(SELECT * FROM %s r WHERE NOT EXISTS (SELECT 1 FROM %s o WHERE %s))", rows, outdated, strings.Join(conditions, " AND "))
}
