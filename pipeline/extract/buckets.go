package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
}

// bucketCounts is what one query finds out about a staged bucket.
type bucketCounts struct {
	rows, distinct    int64 // without those of erased customers
	erased            int64 // rows
	customers, orders int64
	cents             float64
	first, last       *int64 // wall clock, microseconds
}

// bucketPath is where a bucket of a table lies in an extract.
func bucketPath(dir, table string, k int) string {
	return filepath.Join(dir, table, fmt.Sprintf("bucket-%05d.parquet", k))
}

// sortBuckets writes the bucket files: staged rows in total order, without
// repeated ones.
func (p *pass) sortBuckets(ctx context.Context) (*repeats, error) {
	out := filepath.Join(p.dir, p.table.name)
	if !p.table.bucketed {
		out = filepath.Join(p.spill, "sorted", p.table.name)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return nil, err
	}
	counts := make([]bucketCounts, p.bucketFiles())
	found := make([]repeats, len(counts))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // DuckDB uses all threads for each; the second fills the gaps of the first
	for k := range counts {
		group.Go(func() error {
			return p.sortBucket(gctx, k, filepath.Join(out, fmt.Sprintf("bucket-%05d.parquet", k)), &counts[k], &found[k])
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := &repeats{}
	for k := range counts {
		all.rows += found[k].rows
		all.first = append(all.first, found[k].first...)
		p.book(&counts[k])
	}
	p.report.Kept -= all.rows
	field, reason := p.table.repeatable()
	p.report.reject(field, reason, all.rows)
	return all, nil
}

// sortBucket writes one bucket file.
func (p *pass) sortBucket(ctx context.Context, k int, path string, c *bucketCounts, found *repeats) (err error) {
	db, err := p.db.fork(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.conn.Close()) }()
	rows, ok, err := p.staged(k)
	if err != nil {
		return err
	}
	if !ok {
		rows = "(" + p.noRows() + ")"
	} else if rows, err = p.stagedCounts(ctx, db, rows, c); err != nil {
		return err
	}
	if c.distinct < c.rows {
		if found.first, err = p.findRepeats(ctx, db, rows); err != nil {
			return err
		}
		// Distinct hashes only say that rows may repeat.
		if err := db.row(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM %s)", p.table.identity(), rows), &c.distinct); err != nil {
			return err
		}
		found.rows = c.rows - c.distinct
	}
	names, order := strings.Join(p.table.names(), ", "), strings.Join(p.table.totalOrder(), ", ")
	query := "SELECT " + names + " FROM " + rows
	switch {
	case found.rows == 0:
	case p.table.unique == distinctRows:
		query = "SELECT DISTINCT " + names + " FROM " + rows
	default:
		query += fmt.Sprintf(" QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) = 1", p.table.columns[0].name, order)
	}
	return db.exec(ctx, fmt.Sprintf("COPY (%s ORDER BY %s) TO %s (FORMAT parquet, COMPRESSION snappy)", query, order, quote(path)))
}

// stagedCounts counts the staged rows of a bucket and returns those to be kept.
func (p *pass) stagedCounts(ctx context.Context, db *database, rows string, c *bucketCounts) (kept string, err error) {
	if kept, c.erased, err = p.withoutErased(ctx, db, rows); err != nil {
		return "", err
	}
	return kept, p.countBucket(ctx, db, kept, c)
}

// noRows is a SELECT of the table's columns without a row.
func (p *pass) noRows() string {
	columns := make([]string, len(p.table.columns))
	for i, c := range p.table.columns {
		columns[i] = "CAST(NULL AS " + c.kind.sqlType() + ") AS " + c.name
	}
	return "SELECT " + strings.Join(columns, ", ") + " WHERE false"
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

func (p *pass) countBucket(ctx context.Context, db *database, rows string, c *bucketCounts) error {
	distinct, customers, orders, cents, first, last := "count(*)", "0", "0", "0", "NULL", "NULL"
	if p.table.unique != repeatable {
		distinct = "count(DISTINCT hash(" + p.table.identity() + "))"
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
	return db.row(ctx, fmt.Sprintf("SELECT count(*), %s, %s, %s, %s, %s, %s FROM %s", distinct, customers, orders, cents, first, last, rows),
		&c.rows, &c.distinct, &c.customers, &c.orders, &c.cents, &c.first, &c.last)
}

// findRepeats returns the first rows that come more than once.
func (p *pass) findRepeats(ctx context.Context, db *database, rows string) ([]repeat, error) {
	var found []repeat
	field, _ := p.table.repeatable()
	query := fmt.Sprintf("SELECT hash(%[1]s), min(%[2]s), count(*) - 1 FROM %[3]s GROUP BY 1 HAVING count(*) > 1 ORDER BY 2, 1 LIMIT %[4]d",
		p.table.identity(), field, rows, listed)
	err := db.each(ctx, query, func(scan func(...any) error) error {
		var r repeat
		if err := scan(&r.hash, &r.value, &r.again); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

// book adds a bucket to the report.
func (p *pass) book(c *bucketCounts) {
	r := p.report
	r.Kept -= c.erased
	r.Erased += c.erased
	r.Customers += c.customers
	r.Orders += c.orders
	r.Revenue += c.cents / 100
	if p.table.bucketed {
		r.BucketRows = append(r.BucketRows, c.distinct)
	}
	first, last := days(c.first, c.last)
	if first != nil && (r.First == nil || *first < *r.First) {
		r.First = first
	}
	if last != nil && (r.Last == nil || *last > *r.Last) {
		r.Last = last
	}
}
