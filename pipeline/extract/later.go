package extract

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"perennial/pipeline/history"
)

// laterRowsState is what is known of a source's later part.
type laterRowsState struct {
	Rows int64 `json:"rows"` // in its file; 0 if there is none
	// Erased rows are not in the file. When the first of them becomes known, all
	// files are read, to count it with those that are.
	Erased   int64        `json:"erased,omitempty"`
	ErasedOn *history.Day `json:"erased_on,omitempty"` // day on which the first becomes known
}

// laterPath is where the rows lie that become known on the as-of day or later,
// judged, and sorted by when that is. Rows stay in it after they have become
// known: those due before the extract's as-of day are not looked at.
func laterPath(dir string, t *canonicalTable) string {
	return filepath.Join(dir, memoryFolder, t.name+".later.parquet")
}

// due is when a later row becomes known: its last plausible instant.
func (t *canonicalTable) due() string {
	var instants []string
	for _, name := range t.instants() {
		instants = append(instants, fmt.Sprintf("CASE WHEN %[1]s <= %[2]s THEN %[1]s END", name, lastPlausible))
	}
	return "greatest(" + strings.Join(instants, ", ") + ")"
}

// columns are those of the table and, for a source with a key, the load.
func (p *pass) columns() []string { return append(p.table.names(), p.loadColumns()...) }

// partitionDue partitions the rows of earlier files that have become known since
// the earlier extract's as-of day.
func (p *pass) partitionDue(ctx context.Context) error {
	if p.old == nil {
		return nil
	}
	if on := p.old.Later.ErasedOn; on != nil && *on < p.asOf {
		return reread("rows of erased customers would have become known")
	}
	if p.old.Later.Rows == 0 || p.asOf == p.memory.AsOf() {
		return nil
	}
	err := p.db.exec(ctx, fmt.Sprintf("COPY (SELECT %s, %s AS bucket FROM read_parquet(%s) WHERE due >= TIMESTAMP '%v' AND due < TIMESTAMP '%v') TO %s (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (bucket))",
		strings.Join(p.columns(), ", "), p.rows.bucket(), quote(laterPath(p.memory.dir, p.table)), p.memory.AsOf(), p.asOf, quote(filepath.Join(p.staging, dueRows))))
	if err != nil {
		return err
	}
	rejected := false
	some := false
	if err := p.eachStaged(ctx, dueRows, func(bucket int, _ int64) {
		some = true
		rejected = rejected || bucket == rejectedRows
	}); err != nil {
		return err
	}
	switch {
	case rejected:
		return reread("rows have become known that are rejected, and their places are looked for")
	case some && len(p.source.Key) > 0 && (p.table.unique == distinctFirstColumn || p.config.Erased.Len() > 0):
		return reread("rows of earlier loads have become known")
	}
	return nil
}

// keepLater writes the later part for the next extract, and counts its rows.
func (p *pass) keepLater(ctx context.Context) error {
	if len(p.table.instants()) == 0 {
		return nil
	}
	path := laterPath(p.dir, p.table)
	fresh, some, err := p.staged(newRows, laterRows)
	if err != nil {
		return err
	}
	if p.old != nil {
		p.state.Later.Erased, p.state.Later.ErasedOn = p.old.Later.Erased, p.old.Later.ErasedOn
	}
	if some {
		if fresh, some, err = p.laterKept(ctx, fresh); err != nil {
			return err
		}
	}
	p.report.After = p.state.Later.Erased
	had := p.old != nil && p.old.Later.Rows > 0
	switch {
	case some:
		if err := p.writeLater(ctx, fresh, had, path); err != nil {
			return err
		}
	case had:
		if err := share(laterPath(p.memory.dir, p.table), path); err != nil {
			return err
		}
	default:
		return nil
	}
	var after int64
	err = p.db.row(ctx, fmt.Sprintf("SELECT count(*), count(*) FILTER (due >= TIMESTAMP '%v') FROM read_parquet(%s)", p.asOf, quote(path)), &p.state.Later.Rows, &after)
	p.report.After += after
	return err
}

// laterKept returns the later rows of new files without those of erased customers,
// which it counts; some is false if none is left.
func (p *pass) laterKept(ctx context.Context, fresh string) (kept string, some bool, err error) {
	customers, err := p.erasedAmong(ctx, p.db, fresh)
	if err != nil || len(customers) == 0 {
		return fresh, true, err
	}
	theirs := ofCustomers(customers)
	var rows, erased int64
	var first *int64
	if err := p.db.row(ctx, fmt.Sprintf("SELECT count(*), count(*) FILTER (%[1]s), epoch_us(min(%[2]s) FILTER (%[1]s)) FROM %[3]s", theirs, p.table.due(), fresh), &rows, &erased, &first); err != nil {
		return "", false, err
	}
	later := &p.state.Later
	later.Erased += erased
	if on, _ := days(first, first); on != nil && (later.ErasedOn == nil || *on < *later.ErasedOn) {
		later.ErasedOn = on
	}
	return "(FROM " + fresh + " WHERE NOT " + theirs + ")", rows > erased, nil
}

// writeLater writes the later rows of new files, and those of earlier ones that
// are still not known.
func (p *pass) writeLater(ctx context.Context, fresh string, had bool, path string) error {
	columns := strings.Join(p.columns(), ", ") + ", reject"
	rows := fmt.Sprintf("SELECT %s, %s AS due FROM %s", columns, p.table.due(), fresh)
	if had {
		rows += fmt.Sprintf(" UNION ALL SELECT %s, due FROM read_parquet(%s) WHERE due >= TIMESTAMP '%v'", columns, quote(laterPath(p.memory.dir, p.table)), p.asOf)
	}
	return p.db.exec(ctx, fmt.Sprintf("COPY (SELECT * FROM (%s) ORDER BY due, %s, reject) TO %s (FORMAT parquet, COMPRESSION snappy)",
		rows, strings.Join(append(p.table.totalOrder(), p.loadColumns()...), ", "), quote(path)))
}
