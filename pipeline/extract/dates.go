package extract

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// isoShare of the sampled values of a text time must be ISO 8601 for the whole
// column to be read so; what is not is rejected.
const isoShare = 0.99

// textFormats finds the strptime format of every time column that the view
// mapped yields as text and that is not ISO 8601. askedAll says that
// the first sample rows were not enough to tell.
func textFormats(ctx context.Context, d *database, t *canonicalTable, m *mapping, s *Source, sample int) (formats map[string]string, askedAll bool, err error) {
	formats = map[string]string{}
	for _, c := range t.columns {
		if c.kind != instantKind || m.types[c.name] != "VARCHAR" {
			continue
		}
		if s.DateFormat != "" {
			formats[c.name] = s.DateFormat
			continue
		}
		var values, iso int64
		err := d.row(ctx, fmt.Sprintf("SELECT count(v), count(*) FILTER ("+plausible("clock(v)")+") FROM (SELECT nullif(%s, '') AS v FROM mapped LIMIT %d)", c.name, sample), &values, &iso)
		if err != nil {
			return nil, false, err
		}
		if float64(iso) >= isoShare*float64(values) {
			continue
		}
		var all bool
		if formats[c.name], all, err = showFormat(ctx, d, c.name, sample); err != nil {
			return nil, false, err
		}
		askedAll = askedAll || all
	}
	return formats, askedAll, nil
}

// showFormat returns the format that reads most values of a column, or "" if
// none reads any. Where the first rows do not tell day from month, all rows are
// asked; where they do not tell either, the person who knows is.
func showFormat(ctx context.Context, d *database, column string, sample int) (format string, askedAll bool, err error) {
	var all []string
	for _, date := range dateFormats {
		for _, time := range timesOfDay {
			all = append(all, date+time)
		}
	}
	best, err := readers(ctx, d, fmt.Sprintf("SELECT %s AS v FROM mapped LIMIT %d", column, sample), all)
	if err == nil && ambiguous(best) {
		askedAll = true
		best, err = readers(ctx, d, "SELECT "+column+" AS v FROM mapped", best)
	}
	switch {
	case err != nil:
		return "", askedAll, err
	case ambiguous(best):
		return "", askedAll, configError("%s: every value can be read as %s (set date_format to the right one)", column, strings.Join(best, " and as "))
	case len(best) == 0:
		return "", askedAll, nil
	}
	return best[0], askedAll, nil
}

// readers returns those of formats that read most values of a query's column v:
// several when they read equally many, none when they read none.
func readers(ctx context.Context, d *database, query string, formats []string) ([]string, error) {
	counts := make([]string, len(formats))
	read := make([]int64, len(formats))
	dst := make([]any, len(formats))
	for i, format := range formats {
		counts[i] = "count(*) FILTER (" + plausible("try_strptime(v, "+quote(format)+")") + ")"
		dst[i] = &read[i]
	}
	if err := d.row(ctx, "SELECT "+strings.Join(counts, ", ")+" FROM ("+query+")", dst...); err != nil {
		return nil, err
	}
	most := slices.Max(read)
	var best []string
	for i, format := range formats {
		if most > 0 && read[i] == most {
			best = append(best, format)
		}
	}
	return best, nil
}

// ambiguous reports whether formats differ in which of day, month and year comes
// where.
func ambiguous(formats []string) bool {
	return slices.ContainsFunc(formats, func(f string) bool { return dateOrder(f) != dateOrder(formats[0]) })
}

// dateOrder is dmy for a format whose day comes first, then the month.
func dateOrder(format string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'd', 'm', 'y':
			return r
		case 'b':
			return 'm'
		case 'Y':
			return 'y'
		}
		return -1
	}, format)
}

// plausible is a condition that holds for a time that a shop can have: 28/12/25 is
// no day of the year 25, nor of 28.
func plausible(time string) string {
	return time + " BETWEEN " + firstPlausible + " AND " + lastPlausible
}
