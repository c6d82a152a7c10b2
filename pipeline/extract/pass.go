package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/pipeline/history"
)

// pass reads one source twice over: rows are mapped, judged and partitioned
// into scratch files by bucket; then every bucket is sorted. With old it does so
// for new files only, and for the rows of earlier ones that have become known;
// buckets without either stay the files that they are.
type pass struct {
	*extraction
	*surveyed
	report  *SourceReport
	staging string       // folder of the partitioned rows
	old     *sourceState // what is built on; nil when all files are read
	state   sourceState  // what the next extract may build on

	input   *input
	mapping *mapping
	rows    *canonical
	found   map[Reason]int64 // rows that this pass rejected, apart from unsound records
	touched []bool           // buckets that were sorted
}

// The folders of partitioned rows below staging.
const (
	newRows      = "new"      // of the files that are read
	dueRows      = "due"      // of earlier files, which have become known since
	outdatedRows = "outdated" // keys that a newer load has, with its number
)

// from is the index of the first file that is read.
func (p *pass) from() int {
	if p.old == nil {
		return 0
	}
	return len(p.old.Files)
}

// clear removes what an earlier try has left.
func (p *pass) clear() error {
	written := filepath.Join(p.dir, p.table.name)
	if !p.table.bucketed {
		written = sortedPath(p.dir, p.table, 0)
	}
	for _, path := range []string{p.staging, p.clean(), written, laterPath(p.dir, p.table)} {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return os.MkdirAll(p.staging, 0o777)
}

// clean is the folder for copies of files that DuckDB would misread.
func (p *pass) clean() string { return filepath.Join(p.spill, "clean", p.table.name) }

// begin fills in what is known before a row is read: the files, their unsound
// records, and what was found in earlier files.
func (p *pass) begin() {
	p.report = &SourceReport{Table: p.table.name}
	p.state = sourceState{Table: p.table.name, Settings: p.config.settings(p.surveyed), Located: true}
	if p.table.name == "orders" {
		p.state.Categories = p.categories
	}
	for _, f := range p.files {
		p.report.Files = append(p.report.Files, FileReport{f.file.name(), f.size, f.sha256})
		for _, fault := range sortedKeys(f.reject) {
			p.report.reject(wholeRow, fault, f.reject[fault])
		}
		faults := p.config.withheld(f.faults)
		p.report.Listed = append(p.report.Listed, faults...)
		p.state.Files = append(p.state.Files, f.remembered(faults))
	}
	if p.old == nil {
		return
	}
	before := p.memory.report.Source(p.table.name)
	for _, r := range before.Reasons {
		if r.Field != wholeRow {
			p.report.reject(r.Field, r.Reason, r.Rows)
		}
	}
	p.report.Filtered = before.Filtered
	p.state.Binding, p.state.Mapped = p.old.Binding, p.old.Mapped
}

func (p *pass) run(ctx context.Context) (err error) {
	if err := p.prepare(ctx); err != nil {
		return err
	}
	if err := p.partition(ctx); err != nil {
		return err
	}
	if err := p.partitionDue(ctx); err != nil {
		return err
	}
	if err := p.count(ctx); err != nil {
		return err
	}
	if err := p.outdate(ctx); err != nil {
		return err
	}
	repeats, err := p.sortBuckets(ctx)
	if err != nil {
		return err
	}
	if err := p.list(ctx, repeats); err != nil {
		return err
	}
	if err := p.countArrivals(ctx); err != nil {
		return err
	}
	return p.keepLater(ctx)
}

// prepare opens the files that are read and binds the mapping to them.
func (p *pass) prepare(ctx context.Context) (err error) {
	if p.from() == len(p.files) {
		p.rows = &canonical{p.table, p.old.Binding.Types, p.old.Binding.Formats, p.config, p.asOf}
		return nil
	}
	if p.input, err = openInput(ctx, p.db, p.files, p.from(), p.source, p.clean()); err != nil {
		return err
	}
	p.input.loads = len(p.source.Key) > 0
	for _, column := range p.preset.columns {
		if !p.input.has(column) {
			p.input.added = append(p.input.added, column)
		}
	}
	if p.old == nil {
		err = p.bindAll(ctx)
	} else {
		err = p.bindNew(ctx)
	}
	if err != nil {
		return err
	}
	p.rows = &canonical{p.table, p.mapping.types, p.state.Binding.Formats, p.config, p.asOf}
	return nil
}

// bindAll finds out from all files how the mapping reads them.
func (p *pass) bindAll(ctx context.Context) (err error) {
	if p.mapping, err = bind(ctx, p.db, p.table, p.input, p.mappingSQL(), p.config.sample()); err != nil {
		return err
	}
	b := &p.state.Binding
	if b.NotRowwise, err = notRowwise(ctx, p.db, p.mapping.tree); err != nil {
		return err
	}
	if p.mapping.types["currency"] != "" && p.table.has("currency") && p.config.Currency == "" {
		return configError("rows name a currency, but the configuration does not say the shop's (set currency)")
	}
	for _, name := range p.source.Key {
		if p.mapping.types[name] == "" {
			return configError("key: the rows have no column %s", name)
		}
	}
	if b.NotRowwise != "" && len(p.source.Key) > 0 {
		return configError("key: rows cannot be told by file: %s (write sql as a plain SELECT from input)", b.NotRowwise)
	}
	if b.Formats, b.AskedAll, err = textFormats(ctx, p.db, p.table, p.mapping, p.source, p.config.sample()); err != nil {
		return err
	}
	b.Columns, b.Types, b.Readings = p.input.columns, p.mapping.types, map[string]reading{}
	for _, name := range p.input.names() {
		b.Readings[name] = p.mapping.read(name)
	}
	return p.carryLoads(ctx)
}

// bindNew reads new files as the earlier ones were read.
func (p *pass) bindNew(ctx context.Context) (err error) {
	if p.mapping, err = bindAs(ctx, p.db, p.input, p.mappingSQL(), &p.old.Binding, p.from()); err != nil {
		return err
	}
	return p.carryLoads(ctx)
}

// partition maps and judges the rows of the files that are read and writes them
// to scratch files by bucket.
func (p *pass) partition(ctx context.Context) error {
	if p.from() == len(p.files) {
		return nil
	}
	// Partitions wait in memory for a full row group. With small ones they are
	// written in four fifths of the time, from half of the memory.
	return p.db.exec(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 8192, PARTITION_BY (bucket))",
		p.judged(p.loadColumns()...), quote(filepath.Join(p.staging, newRows))))
}

// judged is the statement for the canonical rows of the view mapped. Order lines
// without a category take their product's; the others have nothing to look for,
// which spares them most of the join.
func (p *pass) judged(leading ...string) string {
	rows := p.rows.rows("mapped", leading...)
	if p.table.name != "orders" || p.categories == "" {
		return rows
	}
	return "SELECT o.* REPLACE (coalesce(o.category, c.category) AS category)\nFROM (" + rows +
		") o LEFT JOIN product_categories c ON CASE WHEN o.category IS NULL THEN o.product_id END = c.product_id"
}

// staged is the scratch files of one partition; ok is false if it has no rows.
func (p *pass) staged(folder string, bucket int) (source string, ok bool, err error) {
	dir := filepath.Join(p.staging, folder, fmt.Sprintf("bucket=%d", bucket))
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return "", false, nil
	} else if err != nil {
		return "", false, err
	}
	return "read_parquet(" + quote(filepath.Join(dir, "*.parquet")) + ", hive_partitioning = false)", true, nil
}

// count books the rows that were read as rejected, later or filtered. What DuckDB
// read is checked against what the census counted.
func (p *pass) count(ctx context.Context) error {
	if p.from() == len(p.files) {
		return nil
	}
	var mapped int64
	if err := p.eachStaged(ctx, newRows, func(_ int, rows int64) { mapped += rows }); err != nil {
		return err
	}
	if err := p.countRejected(ctx); err != nil {
		return err
	}
	read, err := p.rowsRead(ctx, mapped)
	if err != nil {
		return err
	}
	p.state.Mapped += mapped
	// A mapping may make several rows of one; then its rows are what is counted.
	p.report.Filtered += max(read-mapped, 0)
	return nil
}

// allStaged is all scratch files of a folder; ok is false if there is none.
func (p *pass) allStaged(folder string) (source string, ok bool, err error) {
	dir := filepath.Join(p.staging, folder)
	// Without any row there is no file to read.
	if folders, err := os.ReadDir(dir); len(folders) == 0 {
		if os.IsNotExist(err) {
			err = nil
		}
		return "", false, err
	}
	return "read_parquet(" + quote(filepath.Join(dir, "*", "*.parquet")) + ", hive_partitioning = true)", true, nil
}

// eachStaged visits the partitions that have rows.
func (p *pass) eachStaged(ctx context.Context, folder string, visit func(bucket int, rows int64)) error {
	rows, ok, err := p.allStaged(folder)
	if err != nil || !ok {
		return err
	}
	return p.db.each(ctx, "SELECT bucket, count(*) FROM "+rows+" GROUP BY bucket", func(scan func(...any) error) error {
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
	rows, ok, err := p.staged(newRows, rejectedRows)
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
		p.reject(checks[code-1].field, checks[code-1].reason, n)
		return nil
	})
}

// reject counts rows that this pass rejects.
func (p *pass) reject(field, reason string, rows int64) {
	p.report.reject(field, reason, rows)
	if rows > 0 {
		p.found[Reason{Field: field, Reason: reason}] += rows
	}
}

// rowsRead returns the number of sound records in the files that are read.
func (p *pass) rowsRead(ctx context.Context, mapped int64) (int64, error) {
	var counted int64
	for _, f := range p.files[p.from():] {
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

// bucketFiles is the number of sorted files of a table.
func (c *Config) bucketFiles(t *canonicalTable) int {
	if t.bucketed {
		return c.Buckets
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
