package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/pipeline/history"
)

// pass reads one source twice over: rows are mapped, judged and partitioned
// into scratch files by bucket; then every bucket is sorted.
type pass struct {
	*extraction
	*surveyed
	report  *SourceReport
	staging string // folder of the partitioned rows

	input   *input
	mapping *mapping
	rows    *canonical
}

func (p *pass) run(ctx context.Context) (err error) {
	if p.input, err = openInput(ctx, p.db, p.files, p.source, filepath.Join(p.spill, "clean", p.table.name)); err != nil {
		return err
	}
	for _, column := range p.preset.columns {
		if !p.input.has(column) {
			p.input.added = append(p.input.added, column)
		}
	}
	if p.mapping, err = bind(ctx, p.db, p.table, p.input, p.mappingSQL()); err != nil {
		return err
	}
	if p.mapping.types["currency"] != "" && p.table.has("currency") && p.config.Currency == "" {
		return configError("rows name a currency, but the configuration does not say the shop's (set currency)")
	}
	formats, err := textFormats(ctx, p.db, p.table, p.mapping, p.source)
	if err != nil {
		return err
	}
	p.rows = &canonical{p.table, p.mapping.types, formats, p.config, p.asOf}
	if err := p.partition(ctx); err != nil {
		return err
	}
	if err := p.count(ctx); err != nil {
		return err
	}
	repeats, err := p.sortBuckets(ctx)
	if err != nil {
		return err
	}
	return p.list(ctx, repeats)
}

// partition maps and judges all rows and writes them to scratch files by bucket.
func (p *pass) partition(ctx context.Context) error {
	return p.db.exec(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (bucket))", p.judged(), quote(p.staging)))
}

// judged is the statement for the canonical rows of the view mapped. Order lines
// without a category take their product's; the others have nothing to look for,
// which spares them most of the join.
func (p *pass) judged(leading ...string) string {
	rows := p.rows.rows("mapped", leading...)
	if p.table.name != "orders" || !p.categories {
		return rows
	}
	return "SELECT o.* REPLACE (coalesce(o.category, c.category) AS category)\nFROM (" + rows +
		") o LEFT JOIN product_categories c ON CASE WHEN o.category IS NULL THEN o.product_id END = c.product_id"
}

// staged is the scratch files of one partition; ok is false if it has no rows.
func (p *pass) staged(bucket int) (source string, ok bool, err error) {
	dir := filepath.Join(p.staging, fmt.Sprintf("bucket=%d", bucket))
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return "", false, nil
	} else if err != nil {
		return "", false, err
	}
	return "read_parquet(" + quote(filepath.Join(dir, "*.parquet")) + ", hive_partitioning = false)", true, nil
}

// count books every row as rejected, later, kept or filtered. What DuckDB read
// is checked against what the census counted.
func (p *pass) count(ctx context.Context) error {
	var mapped int64
	if err := p.eachStaged(ctx, func(bucket int, rows int64) {
		mapped += rows
		switch {
		case bucket == laterRows:
			p.report.After = rows
		case bucket >= 0:
			p.report.Kept += rows
		}
	}); err != nil {
		return err
	}
	if err := p.countRejected(ctx); err != nil {
		return err
	}
	read, err := p.rowsRead(ctx, mapped)
	if err != nil {
		return err
	}
	// A mapping may make several rows of one; then its rows are what is counted.
	p.report.Filtered = max(read-mapped, 0)
	p.report.Read = p.report.Kept + p.report.Rejected + p.report.Filtered
	return nil
}

// eachStaged visits the partitions that have rows.
func (p *pass) eachStaged(ctx context.Context, visit func(bucket int, rows int64)) error {
	// Without any row there is no file to read.
	if folders, err := os.ReadDir(p.staging); len(folders) == 0 {
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	query := "SELECT bucket, count(*) FROM read_parquet(" + quote(filepath.Join(p.staging, "*", "*.parquet")) + ", hive_partitioning = true) GROUP BY bucket"
	return p.db.each(ctx, query, func(scan func(...any) error) error {
		var bucket int
		var rows int64
		if err := scan(&bucket, &rows); err != nil {
			return err
		}
		visit(bucket, rows)
		return nil
	})
}

// countRejected counts the rejected rows by reason.
func (p *pass) countRejected(ctx context.Context) error {
	rows, ok, err := p.staged(rejectedRows)
	if err != nil || !ok {
		return err
	}
	checks := p.rows.checks()
	return p.db.each(ctx, "SELECT reject, count(*) FROM "+rows+" GROUP BY reject ORDER BY reject", func(scan func(...any) error) error {
		var code int
		var n int64
		if err := scan(&code, &n); err != nil {
			return err
		}
		p.report.reject(checks[code-1].field, checks[code-1].reason, n)
		return nil
	})
}

// rowsRead returns the number of sound records in the files.
func (p *pass) rowsRead(ctx context.Context, mapped int64) (int64, error) {
	var counted int64
	for _, f := range p.files {
		counted += f.rows
	}
	isCSV := p.files[0].file.format == csvFormat
	if isCSV && counted == mapped {
		return counted, nil
	}
	var read int64
	if err := p.db.row(ctx, "SELECT count(*) FROM raw", &read); err != nil {
		return 0, err
	}
	if isCSV && read != counted {
		return 0, dataError("%d records are in the files, but %d were read (check delimiter and quotes)", counted, read)
	}
	return read, nil
}

// bucketFiles is the number of bucket files of the table.
func (p *pass) bucketFiles() int {
	if p.table.bucketed {
		return p.config.Buckets
	}
	return 1
}

// days returns the calendar days of two wall clocks, nil for nil.
func days(first, last *int64) (*history.Day, *history.Day) {
	if first == nil || last == nil {
		return nil, nil
	}
	a, b := history.Instant(*first).Day(), history.Instant(*last).Day()
	return &a, &b
}
