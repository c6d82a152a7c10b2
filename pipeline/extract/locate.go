package extract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// errNotLocated says that a mapping hides where its rows come from.
var errNotLocated = errors.New("rows have no place")

// mostLocated is how many rejected rows are worth looking for: beyond it the
// mapping is wrong, not the rows.
const mostLocated = 1_000_000

// errFound ends the reading of a file whose wanted records have all been seen.
var errFound = errors.New("found")

// locate finds file and line of the rows that were rejected after the mapping.
//
// The rows are read in parallel and without numbers, because numbering them
// would cost as much as all the rest. So when some were rejected, the files are
// read once more, one by one and in order, with a row number that is added to
// the mapping's outermost select list. That may not bind, or change what the
// mapping yields where it groups, or looks across files: if the rejected rows
// are not the same as before, locate answers errNotLocated.
func (p *pass) locate(ctx context.Context, again *repeats) ([]*RowError, error) {
	sql, err := withLine(ctx, p.db, p.mapping.tree, lineColumn)
	if err != nil {
		return nil, errors.Join(errNotLocated, err)
	}
	if err := p.prepareLocated(ctx, again); err != nil {
		return nil, err
	}
	hidden, err := p.rejectedErased(ctx)
	if err != nil {
		return nil, err
	}
	for i := p.from(); i < len(p.files); i++ {
		if err := p.locateIn(ctx, i, sql, hidden); err != nil {
			return nil, err
		}
	}
	if err := p.sameRejects(ctx, again); err != nil {
		return nil, err
	}
	places, err := p.places(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*RowError
	for i, f := range p.files {
		if err := p.placeRows(f, places[i]); err != nil {
			return nil, err
		}
		for _, place := range places[i] {
			rows = append(rows, place.row)
		}
	}
	return rows, p.db.exec(ctx, "DROP TABLE located")
}

func (p *pass) prepareLocated(ctx context.Context, again *repeats) error {
	hashes, known := make([]string, len(again.first)), make([]string, len(again.first))
	for i, r := range again.first {
		hashes[i] = fmt.Sprintf("%d::UBIGINT", r.hash)
		known[i] = strconv.FormatBool(r.known)
	}
	for _, statement := range []string{
		"CREATE OR REPLACE TEMP TABLE located (file INTEGER, row BIGINT, reject INTEGER, cell VARCHAR, again UBIGINT, hidden BOOLEAN)",
		"CREATE OR REPLACE TEMP TABLE repeated AS SELECT unnest([" + strings.Join(hashes, ", ") + "]::UBIGINT[]) AS hash, unnest([" + strings.Join(known, ", ") + "]::BOOLEAN[]) AS known",
	} {
		if err := p.db.exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// locateIn adds the rejected and repeated rows of files[i] to the table located.
// Those for which hidden holds will not be listed.
func (p *pass) locateIn(ctx context.Context, i int, sql, hidden string) error {
	field, _ := p.table.repeatable()
	one := p.input.raw(i, i+1, true) + "\nUNION ALL BY NAME SELECT * FROM raw WHERE false" // for the columns of the other files
	judged := p.judged(lineColumn)
	for _, name := range p.loadColumns() {
		judged = fmt.Sprintf("SELECT *, CAST(%d AS INTEGER) AS %s FROM (%s)", i, name, judged)
	}
	for _, statement := range []string{
		"CREATE OR REPLACE TEMP VIEW input AS " + p.input.typed(one, p.mapping.read, true),
		"CREATE OR REPLACE TEMP VIEW mapped AS " + sql,
		fmt.Sprintf(`INSERT INTO located
SELECT %d, %s, reject, CASE WHEN reject > 0 THEN cell ELSE CAST(%s AS VARCHAR) END, CASE WHEN reject = 0 THEN hash(%s) END, %s
FROM (%s)
WHERE bucket = %d OR bucket >= 0 AND hash(%s) IN (SELECT hash FROM repeated)`,
			i, lineColumn, field, p.identity(), hidden, judged, rejectedRows, p.identity()),
	} {
		if err := p.db.exec(ctx, statement); errors.Is(err, ErrConfig) {
			return errors.Join(errNotLocated, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// sameRejects compares the table located with what was counted.
func (p *pass) sameRejects(ctx context.Context, again *repeats) error {
	// The first of repeated rows is kept, unless the earlier extract had it.
	if err := p.db.exec(ctx, `DELETE FROM located WHERE rowid IN (SELECT rowid FROM located WHERE reject = 0 AND again NOT IN (SELECT hash FROM repeated WHERE known)
QUALIFY row_number() OVER (PARTITION BY again ORDER BY file, row) = 1)`); err != nil {
		return err
	}
	counted := maps.Clone(p.found)
	checks := p.rows.checks()
	err := p.db.each(ctx, "SELECT reject, count(*) FROM located GROUP BY reject", func(scan func(...any) error) error {
		var code int
		var n int64
		if err := scan(&code, &n); err != nil {
			return err
		}
		var r Reason
		if r.Field, r.Reason = p.table.repeatable(); code > 0 {
			r.Field, r.Reason = checks[code-1].field, checks[code-1].reason
		} else if again.rows > int64(len(again.first)) && len(again.first) >= listed {
			return nil // more repeats than are looked for
		}
		counted[r] -= n
		return nil
	})
	for _, n := range counted {
		if n != 0 && err == nil {
			err = errNotLocated
		}
	}
	return err
}

// place is a rejected row and its number among the sound records of its file.
type place struct {
	record int64
	row    *RowError
}

// places reads the table located, by file and in order.
func (p *pass) places(ctx context.Context) ([][]place, error) {
	all := make([][]place, len(p.files))
	checks := p.rows.checks()
	field, reason := p.table.repeatable()
	query := fmt.Sprintf("SELECT file, row, reject, coalesce(cell, '') FROM located WHERE NOT hidden ORDER BY file, row LIMIT %d", listed)
	err := p.db.each(ctx, query, func(scan func(...any) error) error {
		var file, code int
		var record int64
		var value string
		if err := scan(&file, &record, &code, &value); err != nil {
			return err
		}
		row := &RowError{Field: field, Value: excerpt(value), Err: errors.New(reason)}
		if code > 0 {
			row = rowError(checks[code-1], value)
		}
		row.File, row.Line = p.files[file].file.name(), record
		all[file] = append(all[file], place{record, row})
		return nil
	})
	return all, err
}

// placeRows turns the record numbers of a csv file's rows into lines, and names
// the cell that made a row's number unreadable.
func (p *pass) placeRows(c *census, places []place) error {
	if c.file.format != csvFormat || len(places) == 0 {
		return nil
	}
	var n int64
	err := c.reread(p.source, func(rec record) error {
		if rec.fault != "" {
			return nil
		}
		for n++; len(places) > 0 && places[0].record == n; places = places[1:] {
			row := places[0].row
			row.Line = rec.line
			if row.Err.Error() == notANumber {
				p.nameCell(row, c.header, split(rec.text, c.delim))
			}
		}
		if len(places) == 0 {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

// nameCell finds the cell of a record that should be a number and is none.
func (p *pass) nameCell(row *RowError, header, values []string) {
	i := slices.IndexFunc(header, func(name string) bool {
		i := slices.Index(header, name)
		if p.mapping.read(strings.ToLower(name)) != asNumber || values[i] == "" {
			return false
		}
		_, err := strconv.ParseFloat(strings.TrimSpace(values[i]), 64)
		return err != nil
	})
	if i >= 0 {
		row.Field, row.Value = header[i], excerpt(values[i])
	}
}
