package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// orderTable is what a table of orders says.
type orderTable struct {
	currency string // that the first rows name, "" if they name none; rows in another are rejected
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
func readOrderTable(ctx context.Context, opts CustomersOptions, progress command.Progress) (table *orderTable, err error) {
	table = &orderTable{}
	source, err := table.source(ctx, opts)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "perennial-")
	if err != nil {
		return nil, &command.Error{Code: command.ExitIO, Err: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config := extract.Config{Currency: table.currency, Sources: extract.Sources{Orders: source}}
	report, err := extract.Run(ctx, config, farFuture, dir, slog.New(slog.DiscardHandler))
	if errors.Is(err, extract.ErrConfig) {
		return nil, command.Usage("%w; on the command line: --date-format, --customer, --date, --amount", err)
	}
	if err != nil {
		return nil, command.Input(err)
	}
	table.describe(report.Source("orders"))
	opened, err := extract.Open(dir)
	if err != nil {
		return nil, command.Input(err)
	}
	return table, table.readBuckets(ctx, opened, progress)
}

// describe keeps what the analyst must know of how the table was read.
func (t *orderTable) describe(r *extract.SourceReport) {
	t.first, t.last = *r.First, *r.Last
	t.note("rows: %d, %v to %v", r.Kept, t.first, t.last)
	if r.Filtered > 0 {
		t.note("rows left out because they have no customer: %d", r.Filtered)
	}
	for _, reason := range r.Reasons {
		t.note("rows left out because of %s: %d", strings.TrimPrefix(reason.Field+": "+reason.Reason, ": "), reason.Rows)
	}
}

func (t *orderTable) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// readBuckets fills in the customers, sorted by id.
func (t *orderTable) readBuckets(ctx context.Context, from *extract.Extract, progress command.Progress) error {
	buckets := from.Report().Buckets
	parts, refunded := make([][]orderDays, buckets), make([]int, buckets)
	tick := progress.Step("read", buckets)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range buckets {
		group.Go(func() error {
			bucket, err := from.Bucket(ctx, k)
			if err != nil {
				return command.Input(err)
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
		t.note("days on which a customer only sent things back, which are no orders: %d", t.refunded)
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
