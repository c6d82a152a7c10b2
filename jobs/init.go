package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"perennial/command"
	"perennial/pipeline/extract"
)

// Init looks at exports and writes a configuration for them to name. It never
// overwrites a file.
func Init(ctx context.Context, exports []string, name string, out io.Writer) error {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return &command.Error{Code: command.ExitUsage, Err: fmt.Errorf("init: %s exists already (move it away, or choose another with --out)", name)}
	}
	sources, currency := map[string]*draftSource{}, ""
	for _, path := range exports {
		found, err := extract.Inspect(ctx, path)
		if err != nil {
			return command.Input(err)
		}
		describe(out, found)
		if found.Table == "" {
			fmt.Fprintf(out, "  not used: no canonical table looks like it (write its sql by hand)\n")
			continue
		}
		relative, err := relativeTo(filepath.Dir(name), path)
		if err != nil {
			return err
		}
		as := reading{found.Preset, found.SQL, found.Encoding}
		source := sources[found.Table]
		if source == nil {
			source = &draftSource{reading: as}
			sources[found.Table] = source
		}
		if source.reading != as {
			fmt.Fprintf(out, "  not used: it is not read as %s is, which is %s too (make one export of both, or write by hand an sql that fits both)\n", source.files[0], found.Table)
			continue
		}
		source.files = append(source.files, relative)
		if currency == "" {
			currency = found.Currency()
		}
	}
	if sources["orders"] == nil {
		return &command.Error{Code: command.ExitData, Err: errors.New("init: none of the files looks like orders: it takes a customer, an order id, a time and an amount a line")}
	}
	if err := os.WriteFile(name, []byte(draftYAML(sources, currency)), 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nWrote %s. Read it, then: perennial check -c %s\n", name, name)
	return err
}

// draftSource is a source of the configuration to be written.
type draftSource struct {
	files []string
	reading
}

// reading is what all files of a source must share.
type reading struct{ preset, sql, encoding string }

// relativeTo returns path as seen from dir, absolute if there is no such way.
func relativeTo(dir, path string) (string, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if relative, err := filepath.Rel(from, to); err == nil {
		return relative, nil
	}
	return to, nil
}

// describe shows what was found in a file.
func describe(out io.Writer, found *extract.Inspection) {
	as := found.Table
	if found.Preset != "" {
		as += " by the preset " + found.Preset
	}
	fmt.Fprintf(out, "%s: %d rows, %d columns, read as %s\n", found.Name, found.Rows, len(found.Columns), as)
	if found.Bad > 0 {
		fmt.Fprintf(out, "  %d more lines are no sound rows (perennial check says which)\n", found.Bad)
	}
	for _, column := range found.Columns {
		fmt.Fprintf(out, "  %-24s %-13s %-14s %s\n", column.Name, column.Type, column.Meaning, strings.Join(column.Sample, ", "))
	}
}

const draftHead = `# Written by perennial init: a first guess for you to read.
shop: shop
timezone: UTC          # of the shop, such as Europe/London: a day begins here
%s
store: ./out
seed: 1
sources:
`

const draftTail = `
# A source may be a database instead of files:
#   orders:
#     postgres: ${SHOP_DSN}    # connection string, from the environment; user and password never stand here
#     sql: SELECT customer_id, order_id, ordered_at, amount, updated_at FROM orders   # the database's own SQL
#     watermark: updated_at    # column that grows when a row changes: later nights pull what is new; without it everything
#     lookback: 60d            # and again what lies this far below the watermark
#     key: [order_id]          # what a later pull replaces
# postgres: {connect_timeout: 15s, statement_timeout: 1h, tries: 5}
# limits: {time: 6h, scratch: 200GiB, text: 1TiB, expansion: 200}   # what reading a file may cost; beyond it is bad data
`

// draftYAML writes the configuration.
func draftYAML(sources map[string]*draftSource, currency string) string {
	line := "# currency: EUR        # of the amounts"
	if currency != "" {
		line = "currency: " + yamlText(currency) + "          # of the shop; rows in another need rates"
	}
	var b strings.Builder
	fmt.Fprintf(&b, draftHead, line)
	for _, table := range []string{"orders", "engagements", "customers", "products", "actions"} {
		source := sources[table]
		if source == nil {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n    files:\n", table)
		for _, file := range source.files {
			fmt.Fprintf(&b, "      - %s\n", yamlText(file))
		}
		if source.encoding != "" {
			fmt.Fprintf(&b, "    encoding: %s\n", source.encoding)
		}
		switch {
		case source.preset != "":
			fmt.Fprintf(&b, "    preset: %s\n", source.preset)
		case source.sql != "":
			fmt.Fprintf(&b, "    sql: |\n")
			for line := range strings.Lines(source.sql) {
				fmt.Fprintf(&b, "      %s\n", strings.TrimRight(line, "\n"))
			}
		}
	}
	b.WriteString(draftTail)
	return b.String()
}

// yamlText writes a text as one YAML scalar.
func yamlText(text string) string {
	scalar, err := yaml.Marshal(text)
	if err != nil {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSpace(string(scalar))
}
