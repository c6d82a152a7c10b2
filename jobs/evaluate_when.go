package jobs

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"perennial/models/evaluate"
	"perennial/models/nextpurchase"
	"perennial/pipeline/history"
)

// WhenReport judges when customers were expected: all of them, and by the number
// of their orders before the night.
type WhenReport struct {
	// CIndex is how well each candidate of the churn contest orders customers by
	// the time to their next order, which is censored at the end of the horizon.
	CIndex map[string]float64 `json:"c_index"`
	Groups []WhenGroup        `json:"groups"`
}

// WhenGroup is the customers with as many orders.
type WhenGroup struct {
	Orders    string             `json:"orders"` // all, 1, 2 or 3+
	Customers int                `json:"customers"`
	CIndex    map[string]float64 `json:"c_index"` // of the winner and the floors
	Horizons  []WhenHorizon      `json:"horizons"`
	Dates     *DateReport        `json:"dates,omitempty"` // nil: the facts end too early
}

// WhenHorizon judges P(order within Days). Measures that are not defined are nil.
type WhenHorizon struct {
	Days    int      `json:"days"`
	Ordered *float64 `json:"ordered"` // share who did
	Mean    *float64 `json:"mean"`    // of the predictions
	Brier   *float64 `json:"brier"`
	LogLoss *float64 `json:"log_loss"`
	AUC     *float64 `json:"auc"`
}

// DateReport judges the expected dates of customers who got one and ordered
// within the 180 days that dates are about.
type DateReport struct {
	Named   int      `json:"named"` // customers with a date
	Ordered int      `json:"ordered"`
	Covered *float64 `json:"covered"` // share of Ordered inside their 80% interval
	// ErrorDays is the median distance from the expected date. A model that knows
	// nothing of who comes back wins it: it is no figure to choose models by.
	ErrorDays *float64 `json:"median_error_days"`
}

// orderGroups are the groups of customers and who belongs to them.
var orderGroups = []struct {
	name     string
	from, to float32
}{{"all", 0, 1e9}, {"1", 1, 1}, {"2", 2, 2}, {"3+", 3, 1e9}}

// judgeWhen judges the winners of the purchase contests, whose judging rows are
// the same customers. end is where the facts end.
func (t *training) judgeWhen(all *answers, end history.Day) (*WhenReport, error) {
	churn := &all.purchase[0]
	report := &WhenReport{CIndex: t.concordance(churn, nil)}
	orders := churn.judge.X[slices.Index(churn.judge.Columns, "orders_total")]
	for _, g := range orderGroups {
		in := make([]bool, len(orders))
		group := WhenGroup{Orders: g.name}
		for i, n := range orders {
			if in[i] = n >= g.from && n <= g.to; in[i] {
				group.Customers++
			}
		}
		if group.Customers == 0 {
			continue
		}
		group.CIndex = t.concordance(churn, in)
		maps.DeleteFunc(group.CIndex, func(name string, _ float64) bool {
			return name != churn.board.Winner && name != "recency_rule" && name != "own_rhythm"
		})
		for i := range all.purchase {
			group.Horizons = append(group.Horizons, judgeHorizon(&all.purchase[i], in))
		}
		var err error
		if group.Dates, err = t.judgeDates(all, in, end); err != nil {
			return nil, err
		}
		report.Groups = append(report.Groups, group)
	}
	return report, nil
}

func judgeHorizon(a *answer, in []bool) WhenHorizon {
	var y, p []float64
	for i, predicted := range a.board.Entry(a.board.Winner).Predictions {
		if in[i] {
			y, p = append(y, a.judge.Y[i]), append(p, predicted)
		}
	}
	return WhenHorizon{
		Days: a.days, Ordered: known(meanOf(y)), Mean: known(meanOf(p)), Brier: known(evaluate.Brier(y, p, nil)),
		LogLoss: known(evaluate.LogLoss(y, p, nil)), AUC: known(evaluate.AUC(y, p, nil)),
	}
}

func meanOf(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// judgeDates compares expected dates with the orders that came, nil where the
// days that dates are about are not over.
func (t *training) judgeDates(all *answers, in []bool, end history.Day) (*DateReport, error) {
	churn := &all.purchase[0]
	night := churn.plan.Judge
	if night+nextpurchase.LongestDays > end {
		return nil, nil
	}
	var anchors []nextpurchase.Anchor
	for i := range all.purchase {
		a := &all.purchase[i]
		anchors = append(anchors, nextpurchase.Anchor{Days: a.days, Model: a.board.Entry(a.board.Winner).Model})
	}
	when, err := nextpurchase.NewWhen(anchors, churn.days, all.hazard)
	if err != nil {
		return nil, err
	}
	curves, err := when.Curves(churn.judge.Columns, churn.judge.X, len(churn.judge.Y))
	if err != nil {
		return nil, err
	}
	report, covered := &DateReport{}, 0.0
	var away []float64 // days between the date and the order
	for i, first := range t.firstDaysAt(night) {
		dates, likely := curves.Dates(i, night)
		if !in[i] || !likely {
			continue
		}
		report.Named++
		if !(first < nextpurchase.LongestDays) {
			continue
		}
		report.Ordered++
		came := night + history.Day(first)
		if came >= dates.Earliest && came <= dates.Latest {
			covered++
		}
		away = append(away, float64(max(came-dates.Expected, dates.Expected-came)))
	}
	report.Covered, report.ErrorDays = known(covered/float64(report.Ordered)), known(median(away))
	return report, nil
}

// median returns the middle of v, the mean of two; NaN of none. It sorts v.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// concordance returns how well each candidate of a contest orders customers by
// the time to their next order, censored at the end of the horizon. in chooses
// customers; nil takes all.
func (t *training) concordance(a *answer, in []bool) map[string]float64 {
	var days []float64
	var event []bool
	for i, first := range t.firstDaysAt(a.plan.Judge) {
		if in == nil || in[i] {
			ordered := first < float64(a.days)
			event = append(event, ordered)
			if !ordered {
				first = float64(a.days)
			}
			days = append(days, first)
		}
	}
	index := map[string]float64{}
	for _, entry := range a.board.Entries {
		if entry.Failure != "" {
			continue
		}
		var p []float64
		for i, predicted := range entry.Predictions {
			if in == nil || in[i] {
				p = append(p, predicted)
			}
		}
		index[entry.Name] = evaluate.Concordance(days, event, p)
	}
	maps.DeleteFunc(index, func(_ string, v float64) bool { return v != v })
	return index
}

// print writes the groups as a table.
func (r *WhenReport) print(w io.Writer, winner string) {
	fmt.Fprintf(w, "\nWhen customers were expected, by the number of their orders; the C-index is of %s, of days since the last order, of the own rhythm:\n", winner)
	fmt.Fprint(w, "orders\tcustomers\tc_index\trecency\town_rhythm\tdate named\tin 80% interval\t")
	for _, h := range r.Groups[0].Horizons {
		fmt.Fprintf(w, "ordered in %d d\tpredicted\tbrier\tlog loss\t", h.Days)
	}
	fmt.Fprintln(w)
	for _, g := range r.Groups {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t", g.Orders, g.Customers, cellOf(g.CIndex, winner), cellOf(g.CIndex, "recency_rule"), cellOf(g.CIndex, "own_rhythm"))
		if g.Dates == nil {
			fmt.Fprint(w, "\t\t")
		} else {
			fmt.Fprintf(w, "%d\t%s\t", g.Dates.Named, shown(g.Dates.Covered))
		}
		for _, h := range g.Horizons {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t", shown(h.Ordered), shown(h.Mean), shown(h.Brier), shown(h.LogLoss))
		}
		fmt.Fprintln(w)
	}
	if r.Groups[0].Dates == nil {
		fmt.Fprintf(w, "Dates are about the next %d days, which the orders do not cover (choose an earlier --as-of to judge them).\n", nextpurchase.LongestDays)
	}
}

func cellOf(values map[string]float64, name string) string {
	if v, ok := values[name]; ok {
		return fmt.Sprintf("%.4f", v)
	}
	return ""
}

// shown writes a measure, nothing where it is not defined.
func shown(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.4f", *v)
}
