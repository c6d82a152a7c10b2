package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// orderTable is what a table of orders says.
type orderTable struct {
	people   []orderDays
	valued   bool // there are amounts
	first    history.Day
	last     history.Day
	notes    []string
	refunded int // days left out because things only came back
}

// orderDays is the days on which one customer ordered.
type orderDays struct {
	id      string
	days    []int32
	amounts []float64
}

// farFuture is after every order: a table is read whole.
const farFuture = history.Day(1 << 20) // in the 49th century

// readOrderTable reads a plain table as a night reads a shop's orders: dates in
// any usual form, bad rows counted, ids and amounts with all their digits.
func readOrderTable(ctx context.Context, opts CustomersOptions, progress Progress) (table *orderTable, err error) {
	table = &orderTable{}
	source, err := table.source(ctx, opts)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "perennial-")
	if err != nil {
		return nil, &CodedError{ExitIO, err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config := extract.Config{Sources: extract.Sources{Orders: source}}
	report, err := extract.Run(ctx, config, farFuture, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, inputError(err)
	}
	table.describe(report.Source("orders"))
	opened, err := extract.Open(dir)
	if err != nil {
		return nil, inputError(err)
	}
	return table, table.readBuckets(ctx, opened, progress)
}

// describe keeps what the analyst must know of how the table was read.
func (t *orderTable) describe(r *extract.SourceReport) {
	t.first, t.last = *r.First, *r.Last
	t.note("%d rows, %v to %v", r.Kept, t.first, t.last)
	if r.Filtered > 0 {
		t.note("%d rows without a customer are left out", r.Filtered)
	}
	for _, reason := range r.Reasons {
		t.note("%d rows are left out: %s", reason.Rows, strings.TrimPrefix(reason.Field+": "+reason.Reason, ": "))
	}
}

func (t *orderTable) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// readBuckets fills in the customers, sorted by id.
func (t *orderTable) readBuckets(ctx context.Context, from *extract.Extract, progress Progress) error {
	buckets := from.Report().Buckets
	parts, refunded := make([][]orderDays, buckets), make([]int, buckets)
	tick := progress.Step("read", buckets)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range buckets {
		group.Go(func() error {
			bucket, err := from.Bucket(ctx, k)
			if err != nil {
				return inputError(err)
			}
			for i := range bucket.Histories {
				person, returns := orderDaysOf(&bucket.Histories[i])
				refunded[k] += returns
				if len(person.days) > 0 {
					parts[k] = append(parts[k], person)
				}
			}
			tick()
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for k := range buckets {
		t.people = append(t.people, parts[k]...)
		t.refunded += refunded[k]
	}
	slices.SortFunc(t.people, func(a, b orderDays) int { return strings.Compare(a.id, b.id) })
	if t.refunded > 0 {
		t.note("%d days on which a customer only sent things back are no orders", t.refunded)
	}
	return nil
}

// orderDaysOf merges the lines of a day into one order. What came back on a day
// with an order lowers its amount; a day of returns alone is none.
func orderDaysOf(h *history.History) (person orderDays, returns int) {
	person.id = string(h.Customer)
	for from, to := 0, 0; from < len(h.Lines); from = to {
		day := h.Lines[from].At.Day()
		amount, bought := 0.0, false
		for to = from; to < len(h.Lines) && h.Lines[to].At.Day() == day; to++ {
			amount += h.Lines[to].Amount
			bought = bought || !h.Lines[to].Return()
		}
		if !bought {
			returns++
			continue
		}
		person.days = append(person.days, int32(day))
		person.amounts = append(person.amounts, amount)
	}
	return person, returns
}

// source finds out which columns hold customer, date and amount.
func (t *orderTable) source(ctx context.Context, opts CustomersOptions) (extract.Source, error) {
	source := extract.Source{Files: []string{opts.Orders}, DateFormat: opts.DateFormat}
	found, err := extract.Inspect(ctx, opts.Orders)
	if err != nil {
		return source, inputError(err)
	}
	var names []string
	meanings := map[string]string{}
	for _, c := range found.Columns {
		names = append(names, c.Name)
		if found.Table == "orders" {
			meanings[c.Meaning] = c.Name
		}
	}
	asked := []struct{ flag, column, meaning string }{
		{"customer", opts.Customer, "customer_id"}, {"date", opts.Date, "ordered_at"}, {"amount", opts.Amount, "amount"},
	}
	flagged := false
	for _, a := range asked {
		if a.column == "" {
			continue
		}
		if !slices.Contains(names, a.column) {
			return source, labUsage("--%s %q: no such column (%s has %s)", a.flag, a.column, found.Name, quotedList(names))
		}
		flagged = true
		meanings[a.meaning] = a.column
	}
	switch {
	case !flagged && found.Table == "orders" && found.Preset != "":
		source.Preset, t.valued = found.Preset, true
		return source, nil
	case !flagged && found.Table == "orders":
		source.SQL, t.valued = everyRow(cmp.Or(found.SQL, "SELECT * FROM input")), true
	case meanings["customer_id"] == "" || meanings["ordered_at"] == "":
		return source, labUsage("%s: the names of the columns, %s, do not say which are the customer and the date (name them with --customer, --date and --amount)", found.Name, quotedList(names))
	default:
		source.SQL = everyRow(ordersMapping(meanings["customer_id"], meanings["ordered_at"], meanings["amount"]))
		if t.valued = meanings["amount"] != ""; !t.valued {
			t.note("no column of amounts: there are no order values (name it with --amount)")
			return source, nil
		}
	}
	t.note("customer is %q, date %q%s", meanings["customer_id"], meanings["ordered_at"], amountNote(meanings["amount"]))
	return source, nil
}

// everyRow keeps equal rows apart: in a plain table they are two purchases.
func everyRow(sql string) string {
	return "SELECT * REPLACE (row_number() OVER () AS order_id) FROM (" + sql + ")"
}

func amountNote(column string) string {
	if column == "" {
		return ", amount quantity times price"
	}
	return fmt.Sprintf(", amount %q", column)
}

// ordersMapping is the mapping that a shop's configuration would have. Without a
// column of amounts they are 0.
func ordersMapping(customer, date, amount string) string {
	name := func(column string) string { return `"` + strings.ReplaceAll(column, `"`, `""`) + `"` }
	value := "0"
	if amount != "" {
		value = name(amount)
	}
	return fmt.Sprintf("SELECT %[1]s AS customer_id, concat_ws(' ', %[1]s, %[2]s) AS order_id, %[2]s AS ordered_at, %[3]s AS amount FROM input WHERE %[1]s IS NOT NULL",
		name(customer), name(date), value)
}
