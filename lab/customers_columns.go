package lab

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"perennial/command"
	"perennial/pipeline/extract"
)

// orderColumns are the columns that hold what an order is made of.
type orderColumns struct{ customer, date, amount string }

// source says how a night would read the table.
func (t *orderTable) source(ctx context.Context, opts CustomersOptions) (extract.Source, error) {
	source := extract.Source{Files: []string{opts.Orders}, DateFormat: opts.DateFormat}
	found, err := extract.Inspect(ctx, opts.Orders)
	if err != nil {
		return source, command.Input(err)
	}
	columns, err := findColumns(found, opts)
	if err != nil {
		return source, err
	}
	t.currency = found.Currency()
	told := opts.Customer != "" || opts.Date != "" || opts.Amount != ""
	switch {
	case !told && found.Preset != "":
		source.Preset, t.valued = found.Preset, true
		t.note("the columns are those of a %s export", found.Preset)
		return source, nil
	case !told:
		source.SQL, t.valued = everyRow(cmp.Or(found.SQL, "SELECT * FROM input")), true
	default:
		source.SQL, t.valued = everyRow(columns.mapping()), columns.amount != ""
	}
	t.note("customer is %q, date %q, %s", columns.customer, columns.date, amountNote(columns.amount, t.valued))
	return source, nil
}

// findColumns takes columns from the options and, where these say nothing, from
// their names.
func findColumns(found *extract.Inspection, opts CustomersOptions) (orderColumns, error) {
	var names []string
	var c orderColumns
	for _, column := range found.Columns {
		names = append(names, column.Name)
		switch {
		case found.Table != "orders":
		case column.Meaning == "customer_id":
			c.customer = column.Name
		case column.Meaning == "ordered_at":
			c.date = column.Name
		case column.Meaning == "amount":
			c.amount = column.Name
		}
	}
	for _, told := range []struct {
		flag, name string
		column     *string
	}{{"customer", opts.Customer, &c.customer}, {"date", opts.Date, &c.date}, {"amount", opts.Amount, &c.amount}} {
		if told.name == "" {
			continue
		}
		if !slices.Contains(names, told.name) {
			return c, command.Usage("--%s %q: no such column (%s has %s)", told.flag, told.name, found.Name, command.Quoted(names))
		}
		*told.column = told.name
	}
	if found.Preset == "" && (c.customer == "" || c.date == "") {
		return c, command.Usage("%s: the names of the columns, %s, do not say which are the customer and the date (name them with --customer, --date and --amount)", found.Name, command.Quoted(names))
	}
	return c, nil
}

func amountNote(column string, valued bool) string {
	switch {
	case column != "":
		return fmt.Sprintf("amount %q", column)
	case valued:
		return "amount quantity times price"
	}
	return "and there are no amounts (name them with --amount)"
}

// mapping is what a shop's configuration would have. Without a column of amounts
// they are 0.
func (c orderColumns) mapping() string {
	name := func(column string) string { return `"` + strings.ReplaceAll(column, `"`, `""`) + `"` }
	amount := "0"
	if c.amount != "" {
		amount = name(c.amount)
	}
	return fmt.Sprintf("SELECT %[1]s AS customer_id, concat_ws(' ', %[1]s, %[2]s) AS order_id, %[2]s AS ordered_at, %[3]s AS amount FROM input WHERE %[1]s IS NOT NULL",
		name(c.customer), name(c.date), amount)
}

// everyRow keeps equal rows apart: in a plain table they are two purchases.
func everyRow(mapping string) string {
	return "SELECT * REPLACE (row_number() OVER () AS order_id) FROM (" + mapping + ")"
}
