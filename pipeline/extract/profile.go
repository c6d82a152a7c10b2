package extract

import (
	"context"
	"fmt"
	"strings"
)

// profileRows is how many rows of a csv file decide what its columns are.
const profileRows = 20_000

// numericShare of the values that are there must be numbers for a column that
// the mapping computes amounts with to be read as numbers. The others are bad.
const numericShare = 0.99

// profile is what the first rows of a text column look like.
type profile struct {
	values  int64 // not empty
	numbers int64
	padded  int64 // numbers with a leading zero, which are codes: 00042
	instant int64 // ISO 8601
	boolean int64
}

// profileColumns looks at the columns of the first rows of the view raw, all of
// them text.
func profileColumns(ctx context.Context, d *database, columns []string, rows int) (map[string]profile, error) {
	if err := d.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM raw LIMIT %d", rows)); err != nil {
		return nil, err
	}
	profiles := map[string]profile{}
	for _, column := range columns {
		var p profile
		err := d.row(ctx, fmt.Sprintf(`SELECT count(c),
count(*) FILTER (isfinite(try_cast(c AS DOUBLE))),
count(*) FILTER (regexp_matches(c, '^ *[+-]?0[0-9]')),
count(*) FILTER (isfinite(clock(c)) AND NOT regexp_full_match(c, '[0-9]+')),
count(*) FILTER (lower(c) IN ('true', 'false'))
FROM (SELECT nullif(trim(%s), '') AS c FROM sample)`, quoteName(column)),
			&p.values, &p.numbers, &p.padded, &p.instant, &p.boolean)
		if err != nil {
			return nil, err
		}
		profiles[strings.ToLower(column)] = p
	}
	return profiles, d.exec(ctx, "DROP TABLE sample")
}

// reading is how a text column is presented to the mapping.
type reading int

const (
	asText reading = iota
	asNumber
	asInstant
	asBoolean
)

// plain is the reading without knowledge of the mapping. Numbers with leading
// zeros stay text.
func (p profile) plain() reading {
	switch {
	case p.values == 0:
		return asText
	case p.numbers == p.values && p.padded == 0:
		return asNumber
	case p.instant == p.values:
		return asInstant
	case p.boolean == p.values:
		return asBoolean
	}
	return asText
}

// mostlyNumbers reports whether what is no number is a mistake.
func (p profile) mostlyNumbers() bool {
	return float64(p.numbers) >= numericShare*float64(p.values)
}

// typing decides the reading of the input's columns.
//
// An identifier keeps its text: 00042 is not 42, and a column of invoice numbers
// that are digits on 19 lines of 20 is not numeric. So columns that the mapping
// makes identifiers or labels from are text, whatever they look like; those it
// computes amounts from are numbers if nearly all values are; times stay text
// until their offsets have been looked at. Not every mapping binds to that (it
// may compare a text column with a number), so there are weaker typings to try.
type typing struct {
	profiles map[string]profile
	text     map[string]bool // columns that texts and answers come from
	number   map[string]bool
	instant  map[string]bool
}

// roles finds what the columns of the input are for.
func roles(t *canonicalTable, l *lineage, profiles map[string]profile) *typing {
	ty := &typing{profiles, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, c := range t.columns {
		role := ty.text
		switch c.kind {
		case moneyKind, numberKind:
			role = ty.number
		case instantKind:
			role = ty.instant
		}
		for name := range l.sources(c.name) {
			role[name] = true
		}
	}
	return ty
}

// attempts returns readings to try on the mapping: as its roles want them, then
// as the values look, then all as text.
func (t *typing) attempts() []func(column string) reading {
	return []func(string) reading{
		func(c string) reading { return t.read(c, t.text[c], true) },
		func(c string) reading { return t.read(c, t.text[c], false) },
		func(c string) reading { return t.read(c, t.text[c] && !t.number[c], false) },
		func(c string) reading { return t.profiles[c].plain() },
		func(string) reading { return asText },
	}
}

func (t *typing) read(column string, text, instantsAsText bool) reading {
	p := t.profiles[column]
	switch {
	case text:
		return asText
	case t.instant[column] && instantsAsText:
		return asText
	case t.number[column] && p.mostlyNumbers():
		return asNumber
	}
	return p.plain()
}
