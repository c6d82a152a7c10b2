package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mapping is the SQL of a source, bound to its input.
type mapping struct {
	sql   string
	tree  any // syntax tree of sql
	read  func(column string) reading
	types map[string]string // DuckDB type of each canonical column that it yields
}

// bind creates the views raw, input and mapped: files as they stand, files as
// the mapping sees them, rows as it yields them.
func bind(ctx context.Context, d *database, t *canonicalTable, in *input, sql string, sample int) (*mapping, error) {
	m, err := newMapping(ctx, d, sql)
	if err != nil {
		return nil, err
	}
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW raw AS "+in.raw(0, len(in.files), false)); err != nil {
		return nil, err
	}
	if err := m.chooseTypes(ctx, d, t, in, sample); err != nil {
		return nil, err
	}
	columns, types, err := d.describe(ctx, "SELECT * FROM mapped")
	if err != nil {
		return nil, err
	}
	m.types = types
	return m, m.checkColumns(t, in, columns, sql != "")
}

func newMapping(ctx context.Context, d *database, sql string) (*mapping, error) {
	m := &mapping{sql: cmp.Or(sql, "SELECT * FROM input")}
	var err error
	m.tree, err = parseMapping(ctx, d, m.sql)
	return m, err
}

// bindAs creates the views of bind for the files from the index on, as rows of
// the earlier files were read. It is a rereadError if that cannot be.
func bindAs(ctx context.Context, d *database, in *input, sql string, b *binding, from int) (*mapping, error) {
	if !slices.Equal(in.columns, b.Columns) {
		return nil, reread("the new files have other columns")
	}
	m, err := newMapping(ctx, d, sql)
	if err != nil {
		return nil, err
	}
	m.read, m.types = func(column string) reading { return b.Readings[column] }, b.Types
	shape, err := in.shape(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, view := range []string{
		"raw AS " + in.raw(from, len(in.files), false) + "\nUNION ALL BY NAME " + shape,
		"input AS " + in.typed("SELECT * FROM raw", m.read, false),
		"mapped AS " + m.sql,
	} {
		if err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+view); err != nil {
			return nil, err
		}
	}
	_, types, err := d.describe(ctx, "SELECT * FROM mapped")
	if err == nil && !maps.Equal(types, b.Types) {
		err = reread("the new files have columns of other types")
	}
	return m, err
}

// chooseTypes creates the view input with the strictest typing to which the
// mapping binds, and the view mapped over it.
func (m *mapping) chooseTypes(ctx context.Context, d *database, t *canonicalTable, in *input, sample int) error {
	attempts := []func(string) reading{func(string) reading { return asText }}
	if in.files[0].file.format == csvFormat {
		profiles, err := profileColumns(ctx, d, in.columns, sample)
		if err != nil {
			return err
		}
		attempts = roles(t, lineageOf(m.tree), profiles).attempts()
	}
	var first error
	for _, read := range attempts {
		m.read = read
		if err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW input AS "+in.typed("SELECT * FROM raw", read, false)); err != nil {
			return err
		}
		err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW mapped AS "+m.sql)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConfig) {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return in.explain(first)
}

// explain adds to an error of a mapping what the files do have.
func (in *input) explain(err error) error {
	text := err.Error()
	const before = `Referenced column "`
	if i := strings.Index(text, before); i >= 0 {
		name, _, _ := strings.Cut(text[i+len(before):], `"`)
		return configError("sql: no column %q%s", name, in.suggest(name))
	}
	return configError("sql: %w (columns of input: %s)", err, strings.Join(in.columns, ", "))
}

// suggest names the column that was probably meant, and all that there are.
func (in *input) suggest(name string) string {
	hint := ""
	if best := nearest(name, in.columns); best != "" {
		hint = fmt.Sprintf("did you mean %q? ", best)
	}
	return fmt.Sprintf(" (%sthe files have %s)", hint, strings.Join(in.columns, ", "))
}

// checkColumns looks for what the mapping must yield and for misspelt names.
func (m *mapping) checkColumns(t *canonicalTable, in *input, columns []string, bySQL bool) error {
	for _, c := range t.columns {
		if m.types[c.name] != "" {
			continue
		}
		switch best := nearest(c.name, columns); {
		case c.required && bySQL:
			return configError("sql yields no column %s (it yields %s)", c.name, strings.Join(columns, ", "))
		case c.required:
			return configError("no column %s%s", c.name, strings.TrimSuffix(in.suggest(c.name), ")")+"; map them with sql)")
		case bySQL && best != "" && !t.has(strings.ToLower(best)):
			return configError("sql yields %q, which is not a column of %s (did you mean %s?)", best, t.name, c.name)
		}
	}
	for _, c := range t.columns {
		if typ := m.types[c.name]; strings.ContainsAny(typ, "[(") && !strings.HasPrefix(typ, "DECIMAL") {
			return configError("sql yields %s as %s (yield a single value)", c.name, typ)
		}
	}
	return nil
}

// nearest returns the name that differs from name by at most a third of its
// letters, case aside; "" if none does.
func nearest(name string, names []string) string {
	best, least := "", max(1, len(name)/3)+1
	for _, candidate := range names {
		if d := editDistance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// editDistance is Levenshtein's: insertions, deletions and substitutions.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
