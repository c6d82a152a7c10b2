package extract

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// wholeRow is the field of a record that is not sound.
const wholeRow = "row"

// list adds the rows that were rejected after the mapping to the report's
// listing: with file and line where these can be found, else by value alone.
func (p *pass) list(ctx context.Context, again *repeats) error {
	var rows []*RowError
	if p.old != nil {
		rows, p.state.Located = recall(p.old.Rejected), p.old.Located
	}
	if len(p.found) > 0 {
		fresh, err := p.place(ctx, again)
		if err != nil {
			return fmt.Errorf("list rejected rows: %w", err)
		}
		rows = append(rows, fresh...)
		rows = rows[:min(len(rows), listed)]
	}
	p.state.Rejected = remember(rows)
	if p.report.Rejected == p.unsound() {
		return nil
	}
	p.report.Listed = append(p.report.Listed, rows...)
	p.report.Listed = p.report.Listed[:min(len(p.report.Listed), listed)]
	order := map[string]int{}
	for i, f := range p.files {
		order[f.file.name()] = i
	}
	slices.SortStableFunc(p.report.Listed, func(a, b *RowError) int {
		if by := order[a.File] - order[b.File]; by != 0 {
			return by
		}
		return int(a.Line - b.Line)
	})
	return nil
}

// place lists the rows that this pass has rejected, with their places if these can
// be found.
func (p *pass) place(ctx context.Context, again *repeats) ([]*RowError, error) {
	err := errNotLocated
	var rows []*RowError
	switch {
	case p.old != nil && !p.old.Located:
		return nil, reread("more rows are rejected, and the earlier ones have no places")
	case p.old != nil && p.repeats() >= listed:
		return nil, reread("more rows are rejected, and so many repeat that not all are looked for")
	case p.report.Rejected <= mostLocated:
		rows, err = p.locate(ctx, again)
	}
	if !errors.Is(err, errNotLocated) {
		return rows, err
	}
	if p.old != nil {
		return nil, reread("rejected rows have no places")
	}
	p.state.Located = false
	return p.valuesOnly(ctx, again)
}

// repeats is the number of rows that come again, in all buckets.
func (p *pass) repeats() int64 {
	var n int64
	for _, c := range p.state.Buckets {
		n += c.Repeats
	}
	return n
}

// unsound is the number of records that were rejected before the mapping.
func (p *pass) unsound() int64 {
	var n int64
	for _, f := range p.files {
		for _, rows := range f.reject {
			n += rows
		}
	}
	return n
}

// valuesOnly lists rejected rows without their places.
func (p *pass) valuesOnly(ctx context.Context, again *repeats) ([]*RowError, error) {
	var found []*RowError
	checks := p.rows.checks()
	rows, ok, err := p.staged(newRows, rejectedRows)
	if err != nil {
		return nil, err
	}
	if ok {
		hidden, err := p.rejectedErased(ctx)
		if err != nil {
			return nil, err
		}
		query := fmt.Sprintf("SELECT reject, coalesce(cell, '') FROM %s WHERE NOT %s ORDER BY ALL LIMIT %d", rows, hidden, listed)
		err = p.db.each(ctx, query, func(scan func(...any) error) error {
			var code int
			var value string
			if err := scan(&code, &value); err != nil {
				return err
			}
			found = append(found, rowError(checks[code-1], value))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	field, reason := p.table.repeatable()
	for _, r := range again.first {
		for range min(r.again, listed) {
			found = append(found, &RowError{Field: field, Value: excerpt(r.value), Err: errors.New(reason)})
		}
	}
	return found, nil
}

// rowError is a rejected row whose place is not known.
func rowError(c check, value string) *RowError {
	return &RowError{Field: c.field, Value: excerpt(value), Err: errors.New(c.reason)}
}

// writeRejects writes the listing of a source to <folder>/<table>.csv.
func writeRejects(folder string, r *SourceReport) (err error) {
	if len(r.Listed) == 0 {
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, r.Table+".csv"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"file", "line", "field", "value", "reason"}); err != nil {
		return err
	}
	for _, row := range r.Listed {
		line := ""
		if row.Line > 0 {
			line = strconv.FormatInt(row.Line, 10)
		}
		if err := w.Write([]string{row.File, line, row.Field, row.Value, row.Err.Error()}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
