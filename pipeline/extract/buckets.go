package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// repeats are the rows of a table that come again.
type repeats struct {
	rows  int64
	first []repeat // at most listed
}

// repeat is what comes more than once.
type repeat struct {
	hash  uint64 // of what may not come twice
	value string // of the column that names it
	again int64  // times, the first not counted
	known bool   // the first is a row of the earlier extract
}

// bucketCounts is what is found out about a bucket.
type bucketCounts struct {
	Rows      int64   `json:"rows"` // in the sorted file
	Repeats   int64   `json:"repeats,omitempty"`
	Replaced  int64   `json:"replaced,omitempty"`
	Erased    int64   `json:"erased,omitempty"` // of customers who must not be known any more
	Customers int64   `json:"customers,omitempty"`
	Orders    int64   `json:"orders,omitempty"`
	Cents     float64 `json:"cents,omitempty"`
	First     *int64  `json:"first,omitempty"` // wall clock, microseconds
	Last      *int64  `json:"last,omitempty"`
}

// bucketPath is where a bucket of a table lies in an extract.
func bucketPath(dir, table string, k int) string {
	return filepath.Join(dir, table, fmt.Sprintf("bucket-%05d.parquet", k))
}

// sortedPath is where the sorted rows of a bucket lie in an extract. A table that
// is not bucketed has one file, which only the next extract looks at.
func sortedPath(dir string, t *canonicalTable, k int) string {
	if t.bucketed {
		return bucketPath(dir, t.name, k)
	}
	return filepath.Join(dir, memoryFolder, t.name+".parquet")
}

// The origins of a bucket's rows.
const (
	earlierOrigin = iota // the bucket of the earlier extract
	dueOrigin            // earlier files; it has become known since
	newOrigin            // a file that is read
)

// sortBuckets writes the sorted files: staged rows in total order, without
// repeated and replaced ones.
func (p *pass) sortBuckets(ctx context.Context) (*repeats, error) {
	n := p.config.bucketFiles(p.table)
	p.state.Buckets, p.state.Sorted = make([]bucketCounts, n), make([]string, n)
	p.touched = make([]bool, n)
	if err := os.MkdirAll(filepath.Dir(sortedPath(p.dir, p.table, 0)), 0o777); err != nil {
		return nil, err
	}
	found := make([]repeats, n)
	group, gctx := errgroup.WithContext(ctx)
	db, atOnce := p.sorter, p.config.sortedAtOnce()
	if n < atOnce {
		db = p.db // cores that no bucket is left for
	}
	group.SetLimit(atOnce)
	for k := range n {
		group.Go(func() error { return p.fillBucket(gctx, db, k, &found[k]) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := &repeats{}
	for k := range found {
		all.rows += found[k].rows
		all.first = append(all.first, found[k].first...)
		p.book(&p.state.Buckets[k])
	}
	field, reason := p.table.repeatable()
	p.reject(field, reason, all.rows)
	p.report.Read = p.report.Kept + p.report.Rejected + p.report.Filtered + p.report.Replaced + p.report.Erased
	return all, nil
}

// sortedAtOnce is the number of buckets that are sorted at a time, each on a core of
// its own: several cores for one bucket lose a tenth of their time to each other.
func (c *Config) sortedAtOnce() int {
	cores := c.Threads
	if cores == 0 {
		cores = runtime.GOMAXPROCS(0)
	}
	const each = 256 << 20 // bytes of the limit, of which DuckDB's pool is half
	return max(1, min(cores, int(bytesOf(c.MemoryLimit)/each)))
}

// fillBucket writes one sorted file, or shares the earlier one if nothing in it
// has changed.
func (p *pass) fillBucket(ctx context.Context, db *database, k int, found *repeats) error {
	rows, err := p.bucketRows(k)
	if err != nil {
		return err
	}
	path := sortedPath(p.dir, p.table, k)
	if p.touched[k] = rows != ""; !p.touched[k] {
		p.state.Buckets[k], p.state.Sorted[k] = p.old.Buckets[k], p.old.Sorted[k]
		return share(sortedPath(p.memory.dir, p.table, k), path)
	}
	if err := p.sortBucket(ctx, db, k, rows, path, &p.state.Buckets[k], found); err != nil {
		return err
	}
	p.state.Sorted[k], err = sumFile(path)
	return err
}

// bucketRows is all rows of a bucket with their origins; "" if it stays what it
// was in the earlier extract.
func (p *pass) bucketRows(k int) (string, error) {
	columns := strings.Join(p.columns(), ", ")
	var selects []string
	for _, from := range []struct {
		origin int
		folder string
	}{{dueOrigin, dueRows}, {newOrigin, newRows}} {
		rows, ok, err := p.staged(from.folder, k)
		if err != nil {
			return "", err
		}
		if ok {
			selects = append(selects, fmt.Sprintf("SELECT %s, %d AS origin FROM %s", columns, from.origin, rows))
		}
	}
	if p.old == nil {
		if len(selects) == 0 {
			selects = append(selects, p.noRows())
		}
		return "(" + selects[0] + ")", nil
	}
	_, replacing, err := p.staged(outdatedRows, k)
	if err != nil || len(selects) == 0 && !replacing {
		return "", err
	}
	earlier := fmt.Sprintf("SELECT %s, %d AS origin FROM read_parquet(%s)", columns, earlierOrigin, quote(sortedPath(p.memory.dir, p.table, k)))
	return "(" + strings.Join(append([]string{earlier}, selects...), " UNION ALL ") + ")", nil
}

// sortBucket writes one sorted file.
func (p *pass) sortBucket(ctx context.Context, db *database, k int, rows, path string, c *bucketCounts, found *repeats) (err error) {
	if db, err = db.fork(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.conn.Close()) }()
	rows, erased, err := p.withoutErased(ctx, db, rows)
	if err != nil {
		return err
	}
	distinct, err := p.countBucket(ctx, db, rows, c)
	if err != nil {
		return err
	}
	staged := c.Rows
	if distinct < staged {
		if found.first, err = p.findRepeats(ctx, db, rows); err != nil {
			return err
		}
		// Distinct hashes only say that rows may repeat.
		if err := db.row(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM %s)", p.identity(), rows), &distinct); err != nil {
			return err
		}
		found.rows = staged - distinct
	}
	outdated, replacing, err := p.staged(outdatedRows, k)
	if err != nil {
		return err
	}
	if replacing {
		rows = p.current(rows, outdated)
	}
	if err := db.exec(ctx, fmt.Sprintf("COPY (%s ORDER BY %s) TO %s (FORMAT parquet, COMPRESSION snappy)",
		p.distinct(rows, found.rows > 0), strings.Join(p.order(), ", "), quote(path))); err != nil {
		return err
	}
	if found.rows > 0 || replacing {
		if _, err := p.countBucket(ctx, db, "read_parquet("+quote(path)+")", c); err != nil {
			return err
		}
	}
	c.Repeats, c.Replaced, c.Erased = found.rows, distinct-c.Rows, erased
	if p.old != nil {
		c.Repeats += p.old.Buckets[k].Repeats
		c.Replaced += p.old.Buckets[k].Replaced
		c.Erased += p.old.Buckets[k].Erased
	}
	return nil
}

// distinct is a SELECT of a bucket's columns, each row once if some repeat.
func (p *pass) distinct(rows string, repeated bool) string {
	columns := strings.Join(p.columns(), ", ")
	switch {
	case !repeated:
		return "SELECT " + columns + " FROM " + rows
	case p.table.unique == distinctRows:
		return "SELECT DISTINCT " + columns + " FROM " + rows
	}
	return fmt.Sprintf("SELECT %s FROM %s QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) = 1", columns, rows, p.identity(), strings.Join(p.order(), ", "))
}

// order is the total order of a sorted file.
func (p *pass) order() []string { return append(p.table.totalOrder(), p.loadColumns()...) }

// identity is what may not come twice in the table, or in a load of it.
func (p *pass) identity() string {
	return strings.Join(append([]string{p.table.identity()}, p.loadColumns()...), ", ")
}

// noRows is a SELECT of a bucket's columns without a row.
func (p *pass) noRows() string {
	columns := make([]string, len(p.table.columns))
	for i, c := range p.table.columns {
		columns[i] = "CAST(NULL AS " + c.kind.sqlType() + ") AS " + c.name
	}
	for _, name := range p.loadColumns() {
		columns = append(columns, "CAST(NULL AS INTEGER) AS "+name)
	}
	return "SELECT " + strings.Join(columns, ", ") + fmt.Sprintf(", %d AS origin WHERE false", newOrigin)
}

// identity is what may not come twice in the table.
func (t *canonicalTable) identity() string {
	if t.unique == distinctFirstColumn {
		return t.columns[0].name
	}
	return strings.Join(t.names(), ", ")
}

// repeatable names what comes twice: the column shown for it and the reason.
func (t *canonicalTable) repeatable() (field, reason string) {
	if t.unique == distinctFirstColumn {
		return t.columns[0].name, repeatedFirst
	}
	return t.columns[1].name, repeatedRow
}

// countBucket fills in c for rows, apart from what is left out of them, and
// returns how many hashes they have of what may not come twice.
func (p *pass) countBucket(ctx context.Context, db *database, rows string, c *bucketCounts) (distinct int64, err error) {
	hashes, customers, orders, cents, first, last := "count(*)", "0", "0", "0", "NULL", "NULL"
	if p.table.unique != repeatable {
		hashes = "count(DISTINCT hash(" + p.identity() + "))"
	}
	if p.table.bucketed {
		customers = "count(DISTINCT customer_id)"
	}
	if p.table.name == "orders" {
		orders = "count(DISTINCT hash(customer_id, order_id))"
		// Whole cents add up to the same sum in any order.
		cents = "CAST(coalesce(sum(CAST(round(amount * 100) AS HUGEINT)), 0) AS DOUBLE)"
	}
	if p.table.event != "" {
		first, last = "epoch_us(min("+p.table.event+"))", "epoch_us(max("+p.table.event+"))"
	}
	*c = bucketCounts{}
	err = db.row(ctx, fmt.Sprintf("SELECT count(*), %s, %s, %s, %s, %s, %s FROM %s", hashes, customers, orders, cents, first, last, rows),
		&c.Rows, &distinct, &c.Customers, &c.Orders, &c.Cents, &c.First, &c.Last)
	return distinct, err
}

// findRepeats returns the first rows that come more than once.
func (p *pass) findRepeats(ctx context.Context, db *database, rows string) ([]repeat, error) {
	var found []repeat
	field, _ := p.table.repeatable()
	query := fmt.Sprintf("SELECT hash(%[1]s), min(%[2]s), count(*) - 1, min(origin) = %[5]d, bool_or(origin = %[6]d) FROM %[3]s GROUP BY 1 HAVING count(*) > 1 ORDER BY 2, 1 LIMIT %[4]d",
		p.identity(), field, rows, listed, earlierOrigin, dueOrigin)
	err := db.each(ctx, query, func(scan func(...any) error) error {
		var r repeat
		var due bool
		if err := scan(&r.hash, &r.value, &r.again, &r.known, &due); err != nil {
			return err
		}
		if due {
			return reread("a row that has become known comes twice, and its place is looked for")
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

// book adds a bucket to the report.
func (p *pass) book(c *bucketCounts) {
	r := p.report
	r.Kept += c.Rows
	r.Replaced += c.Replaced
	r.Erased += c.Erased
	r.Customers += c.Customers
	r.Orders += c.Orders
	r.Revenue += c.Cents / 100
	if p.table.bucketed {
		r.BucketRows = append(r.BucketRows, c.Rows)
	}
	first, last := days(c.First, c.Last)
	if first != nil && (r.First == nil || *first < *r.First) {
		r.First = first
	}
	if last != nil && (r.Last == nil || *last > *r.Last) {
		r.Last = last
	}
}
