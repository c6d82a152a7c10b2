package extract

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Lookback is how far below the watermark a pull begins again, for rows that
// were committed late. It is written as 7d or 0d; nothing is the default.
type Lookback struct {
	Days int
	Set  bool
}

// UnmarshalText reads 7d.
func (l *Lookback) UnmarshalText(text []byte) error {
	digits, unit := strings.CutSuffix(string(text), "d")
	days, err := strconv.ParseUint(digits, 10, 16)
	if !unit || err != nil || days > 3660 {
		return fmt.Errorf("lookback %q is not 0 to 3660 days (write 7d)", text)
	}
	*l = Lookback{int(days), true}
	return nil
}

// MarshalText writes 7d.
func (l Lookback) MarshalText() ([]byte, error) {
	if !l.Set {
		return nil, nil
	}
	return fmt.Appendf(nil, "%dd", l.Days), nil
}

// lookbackDays are the days of a source of a table. Refunds reach orders late.
func (s *Source) lookbackDays(table string) int {
	switch {
	case s.Lookback.Set:
		return s.Lookback.Days
	case table == "orders":
		return 60
	}
	return 7
}

// query is what a source asks of its database.
type query struct {
	sql       string
	watermark string   // column; "" pulls everything
	key       []string // columns that tell which rows a load replaces
	columns   []string
	typ       string // of the watermark
}

// watermarkTypes are the types that a watermark may have, by their numbers in
// PostgreSQL's catalog (pg_type.dat).
var watermarkTypes = map[uint32]string{20: "int8", 21: "int2", 23: "int4", 1082: "date", 1114: "timestamp", 1184: "timestamptz"}

// describe asks the database what the source's sql yields. The database parses
// it as one statement, so that it cannot end the one that it becomes a part of.
func (p *Postgres) describe(ctx context.Context, conn *pgconn.PgConn, s *Source) (*query, error) {
	q := &query{sql: strings.TrimRight(s.SQL, "; \t\r\n"), watermark: s.Watermark}
	found, err := conn.Prepare(ctx, "", "SELECT * FROM "+q.from(), nil)
	if err != nil {
		return nil, p.failure(ctx, "", err)
	}
	for _, field := range found.Fields {
		q.columns = append(q.columns, field.Name)
		if field.Name == q.watermark {
			q.typ = watermarkTypes[field.DataTypeOID]
		}
	}
	switch {
	case q.watermark == "":
	case !slices.Contains(q.columns, q.watermark):
		return nil, configError("watermark %q is no column of sql (there are %s)", q.watermark, strings.Join(q.columns, ", "))
	case q.typ == "":
		return nil, configError("watermark %q is neither a time nor a whole number (choose a column that grows when a row changes)", q.watermark)
	}
	return q, q.findKey(s.Key)
}

// findKey finds the columns of the key, which a canonical name may spell otherwise.
func (q *query) findKey(names []string) error {
	if q.watermark == "" {
		return nil // everything is pulled
	}
	for _, name := range names {
		i := slices.IndexFunc(q.columns, func(column string) bool { return strings.EqualFold(column, name) })
		if i < 0 {
			return configError("key: %s is no column of sql (there are %s)", name, strings.Join(q.columns, ", "))
		}
		q.key = append(q.key, "q."+quoteName(q.columns[i]))
	}
	return nil
}

// from is the sql as a table. Its last line may end in a comment.
func (q *query) from() string { return "(" + q.sql + "\n) q" }

// since is the condition of rows after the watermark last less the look-back; ""
// is every row. A row without a watermark may always be new.
func (q *query) since(last string, days int) string {
	if q.watermark == "" || last == "" {
		return ""
	}
	from := "CAST(" + literal(last) + " AS " + q.typ + ")"
	if !strings.HasPrefix(q.typ, "int") && days > 0 {
		from += fmt.Sprintf(" - interval '%d days'", days)
	}
	return fmt.Sprintf("(%[1]s > %[2]s OR %[1]s IS NULL)", q.column(), from)
}

func (q *query) column() string { return "q." + quoteName(q.watermark) }

// rows is the statement for the rows of a condition, all of them for "". A load
// replaces whole keys, so that each row brings along the others of its key: where
// one line of an order is corrected, the order keeps the lines that are not. That is
// a second SELECT, and not one more OR, so that the database can join.
func (q *query) rows(since string) string {
	fresh := q.fresh("*", since)
	if since == "" {
		return fresh
	}
	key := strings.Join(q.key, ", ")
	return fmt.Sprintf("%s UNION ALL SELECT * FROM %s WHERE NOT %s AND (%s) IN (%s)", fresh, q.from(), since, key, q.fresh(key, since))
}

// fresh selects columns of the rows of a condition alone.
func (q *query) fresh(columns, since string) string {
	statement := "SELECT " + columns + " FROM " + q.from()
	if since != "" {
		statement += " WHERE " + since
	}
	return statement
}

// newest returns the largest watermark of the rows of a condition, "" if there is
// none.
func (p *Postgres) newest(ctx context.Context, conn *pgconn.PgConn, q *query, since string) (string, error) {
	if q.watermark == "" {
		return "", nil
	}
	rows := conn.ExecParams(ctx, q.fresh("CAST(max("+q.column()+") AS text)", since), nil, nil, nil, nil).Read()
	if rows.Err != nil {
		return "", p.failure(ctx, "", rows.Err)
	}
	return string(rows.Rows[0][0]), nil
}
