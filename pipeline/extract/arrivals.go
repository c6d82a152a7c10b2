package extract

import (
	"context"
	"fmt"
	"strings"
)

// Arrivals counts the rows that this extract saw first, by their age then: whole
// days from the event to loaded_at or, where there is none, to the as-of day.
// Rows that come again or correct earlier ones are not among them.
type Arrivals struct {
	Days1  int64 `json:"days_0_1"`
	Days7  int64 `json:"days_2_7"`
	Days30 int64 `json:"days_8_30"`
	Days60 int64 `json:"days_31_60"`
	Older  int64 `json:"days_over_60"`
}

// lateShare of the new rows may be older than a week before somebody should know:
// what the night said about these customers then was not based on them.
const lateShare = 0.005

func (a *Arrivals) total() int64 {
	if a == nil {
		return 0
	}
	return a.Days1 + a.Days7 + a.late()
}

// late is the number of rows older than a week.
func (a *Arrivals) late() int64 { return a.Days30 + a.Days60 + a.Older }

func (a *Arrivals) String() string {
	return fmt.Sprintf("%d of 0-1 days, %d of 2-7, %d of 8-30, %d of 31-60, %d older", a.Days1, a.Days7, a.Days30, a.Days60, a.Older)
}

// Late returns a sentence about a source of which more than 0.5% of the new rows
// are older than a week, and "" if none is.
func (s *SourceReport) Late() string {
	if s.Arrivals == nil || float64(s.Arrivals.late()) <= lateShare*float64(s.Arrivals.total()) {
		return ""
	}
	return fmt.Sprintf("%s: %d of %d new rows arrived more than 7 days after they happened (look into what delays the export)", s.Table, s.Arrivals.late(), s.Arrivals.total())
}

// countArrivals counts the rows that are new, for tables with a time.
func (p *pass) countArrivals(ctx context.Context) error {
	if p.old == nil || p.table.event == "" {
		return nil
	}
	p.report.Arrivals = &Arrivals{}
	seen := fmt.Sprintf("TIMESTAMP '%v'", p.asOf)
	if p.table.has("loaded_at") {
		seen = "coalesce(loaded_at, " + seen + ")"
	}
	for k, touched := range p.touched {
		if !touched {
			continue
		}
		rows, err := p.arrived(ctx, k)
		if err != nil || rows == "" {
			return err
		}
		var a Arrivals
		err = p.db.row(ctx, fmt.Sprintf(`SELECT count(*) FILTER (d <= 1), count(*) FILTER (d BETWEEN 2 AND 7), count(*) FILTER (d BETWEEN 8 AND 30), count(*) FILTER (d BETWEEN 31 AND 60), count(*) FILTER (d > 60)
FROM (SELECT date_diff('day', %s, %s) AS d FROM %s)`, p.table.event, seen, rows), &a.Days1, &a.Days7, &a.Days30, &a.Days60, &a.Older)
		if err != nil {
			return err
		}
		t := p.report.Arrivals
		t.Days1, t.Days7, t.Days30, t.Days60, t.Older = t.Days1+a.Days1, t.Days7+a.Days7, t.Days30+a.Days30, t.Days60+a.Days60, t.Older+a.Older
	}
	return nil
}

// arrived is the new rows of a bucket without those that the earlier extract had
// or that correct its rows; "" if there is none.
func (p *pass) arrived(ctx context.Context, k int) (string, error) {
	var selects []string
	columns := strings.Join(p.table.names(), ", ")
	for _, folder := range []string{dueRows, newRows} {
		rows, ok, err := p.staged(folder, k)
		if err != nil {
			return "", err
		}
		if ok {
			selects = append(selects, "SELECT "+columns+" FROM "+rows)
		}
	}
	if len(selects) == 0 {
		return "", nil
	}
	rows, _, err := p.withoutErased(ctx, p.db, "("+strings.Join(selects, " UNION ALL ")+")")
	if err != nil {
		return "", err
	}
	if key := strings.Join(p.source.Key, ", "); key != "" {
		return "(SELECT * FROM " + rows + " ANTI JOIN earlier USING (" + key + "))", nil
	}
	if p.table.unique == repeatable || p.state.Buckets[k].Repeats == p.old.Buckets[k].Repeats {
		return rows, nil
	}
	return fmt.Sprintf("(SELECT DISTINCT * FROM %s WHERE hash(%s) NOT IN (SELECT hash(%[2]s) FROM read_parquet(%[3]s)))",
		rows, p.table.identity(), quote(sortedPath(p.memory.dir, p.table, k))), nil
}
