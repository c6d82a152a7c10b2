package extract

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// database is an embedded DuckDB in memory that may read the files it is given
// and write below one folder, and nothing else: the SQL of a source is code,
// but it need not be able to reach further than its input.
type database struct {
	pool *sql.DB
	// conn holds the views and macros, which are temporary and so belong to it.
	conn *sql.Conn
	safe map[string]bool // see safeFunctions; nil until they are asked for
}

var sizeParts = regexp.MustCompile(`^([\d.]+) ?(\D+)$`)

// poolSize returns half of a checked size such as 2GiB. DuckDB does not count the
// buffers of its parsers and Parquet writers towards its limit; with them, and
// with Go, the process takes about twice the pool.
func poolSize(limit string) string {
	parts := sizeParts.FindStringSubmatch(limit)
	n, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return limit
	}
	return fmt.Sprintf("%g%s", n/2, parts[2])
}

// openDatabase starts DuckDB with scratch space in the folder spill. Paths are
// absolute.
func openDatabase(ctx context.Context, c *Config, spill string, inputs []string, folders ...string) (*database, error) {
	temp := filepath.Join(spill, "duckdb")
	if err := os.MkdirAll(temp, 0o777); err != nil {
		return nil, err
	}
	settings := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET memory_limit = " + quote(poolSize(c.MemoryLimit)),
		"SET temp_directory = " + quote(temp),
		"SET TimeZone = " + quote(c.Timezone),
		// A join holds the table that is written second in memory, as its author can
		// foresee. Left to its guesses, DuckDB once held 20 million order lines to
		// look up 5,000 products.
		"SET disabled_optimizers = 'build_side_probe_side'",
		// With DuckDB's 100 files and half a million rows, many buckets would be
		// written in slivers. 4 million rows are some 400 MB a thread.
		"SET partitioned_write_max_open_files = 512",
		fmt.Sprintf("SET partitioned_write_flush_threshold = %d", min(max(1<<19, 2048*c.Buckets), 1<<22)),
		"SET allowed_paths = " + quoteList(inputs),
		"SET allowed_directories = " + quoteList(append(folders, spill)),
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	}
	if c.Threads > 0 {
		settings = append([]string{fmt.Sprintf("SET threads = %d", c.Threads)}, settings...)
	}
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, err
	}
	d := &database{pool: sql.OpenDB(connector)}
	if d.conn, err = d.pool.Conn(ctx); err != nil {
		d.pool.Close()
		return nil, err
	}
	settings = append(settings, macros(c.Timezone)...)
	for _, setting := range settings {
		if err := d.exec(ctx, setting); err != nil {
			d.close()
			if strings.Contains(setting, "TimeZone") {
				return nil, configError("timezone %q is not known (use an IANA name, as Europe/London)", c.Timezone)
			}
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
	}
	return d, nil
}

func (d *database) close() error {
	err := d.conn.Close()
	if poolErr := d.pool.Close(); err == nil {
		err = poolErr
	}
	return err
}

// exec runs a statement on the connection that holds the views.
func (d *database) exec(ctx context.Context, statement string) error {
	_, err := d.conn.ExecContext(ctx, statement)
	return queryError(ctx, err)
}

// row runs a query of one row and scans it.
func (d *database) row(ctx context.Context, query string, dst ...any) error {
	return queryError(ctx, d.conn.QueryRowContext(ctx, query).Scan(dst...))
}

// each runs a query and calls visit for every row, with what scan wants to fill.
func (d *database) each(ctx context.Context, query string, visit func(scan func(...any) error) error) error {
	rows, err := d.conn.QueryContext(ctx, query)
	if err != nil {
		return queryError(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			return err
		}
	}
	return queryError(ctx, rows.Err())
}

// describe returns the columns of a view or query, in order and lower case, and
// their types.
func (d *database) describe(ctx context.Context, query string) (names []string, types map[string]string, err error) {
	types = map[string]string{}
	err = d.each(ctx, "DESCRIBE "+query, func(scan func(...any) error) error {
		var name, typ string
		var ignored any
		if err := scan(&name, &typ, &ignored, &ignored, &ignored, &ignored); err != nil {
			return err
		}
		names = append(names, name)
		types[strings.ToLower(name)] = typ
		return nil
	})
	return names, types, err
}

// queryError is an error of a statement as one line; a cancelled statement
// answers with the context's error.
func queryError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return sqlError(err)
}

// quote writes s as a SQL string.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoteName writes s as a SQL identifier.
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// quoteList writes texts as a SQL list of strings.
func quoteList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// fork returns the same database on a connection of its own, without the views.
// The caller closes its conn.
func (d *database) fork(ctx context.Context) (*database, error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &database{pool: d.pool, conn: conn}, nil
}
