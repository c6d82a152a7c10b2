package lab

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"perennial/models/btyd"
	"perennial/pipeline/history"
)

// customersText is the report for people, as far as it is written.
type customersText struct {
	strings.Builder
	*customersResult
}

// print writes the result for a person.
func (r *customersResult) print(w io.Writer) error {
	t := &customersText{customersResult: r}
	t.overview()
	t.fits()
	t.frequencyTable()
	if r.base.heldOutDays() > 0 {
		t.orderForecasts()
		t.anyForecasts()
		t.byPast()
		t.rollingChoice()
	}
	t.trackingTable()
	t.values()
	t.remarks()
	_, err := io.WriteString(w, t.String())
	return err
}

// table aligns columns that are separated by tabs; rows writes them.
func (t *customersText) table(title string, rows func(w io.Writer)) {
	fmt.Fprintf(t, "\n%s\n", title)
	w := tabwriter.NewWriter(t, 0, 0, 2, ' ', 0)
	rows(w)
	_ = w.Flush() // into a strings.Builder, which never fails
}

func (t *customersText) overview() {
	b := t.base
	repeats, repeaters := 0, 0
	for _, c := range b.customers {
		repeats += c.Orders
		repeaters += min(c.Orders, 1)
	}
	fmt.Fprintf(t, "%d customers and %d repeat orders of %d of them, %v to %v\n", len(b.people), repeats, repeaters, history.Day(b.first), history.Day(b.now))
	if days := b.heldOutDays(); days > 0 {
		fmt.Fprintf(t, "%.0f orders held out, %v to %v (%d days)\n", t.actual.held.total, history.Day(b.now+1), history.Day(b.end), days)
	}
	fmt.Fprintf(t, "the unit of time is a %s; a customer's orders of a day are one\n", b.unit.name)
}

func (t *customersText) fits() {
	t.table("fit", func(w io.Writer) {
		fmt.Fprintln(w, "model\tlog-likelihood\tBIC\tstatus\testimates (standard errors)")
		for _, trial := range t.trials {
			fmt.Fprintf(w, "%s\t%.3f\t%.1f\t%s\t%s\n", trial.name, trial.fit.LogLikelihood(), trial.bic(), trial.fit.Status(), estimatesText(trial.fit.Estimates()))
		}
		if fit := t.spend.fit; fit != nil {
			fmt.Fprintf(w, "Gamma-Gamma\t%.3f\t\t%s\t%s\n", fit.LogLikelihood(), fit.Status(), estimatesText(fit.Estimates()))
		}
	})
}

// estimatesText is "r 0.2426 (0.0126), alpha …"; an unknown standard error is left
// out.
func estimatesText(all []btyd.Estimate) string {
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = fmt.Sprintf("%s %.4g", e.Name, e.Value)
		if e.StdError > 0 {
			texts[i] += fmt.Sprintf(" (%.3g)", e.StdError)
		}
	}
	return strings.Join(texts, ", ")
}

// classHeader is the numbers of repeat orders as cells.
func classHeader() string {
	var b strings.Builder
	for n := range frequencyClasses - 1 {
		fmt.Fprintf(&b, "\t%d", n)
	}
	fmt.Fprintf(&b, "\t%d+", frequencyClasses-1)
	return b.String()
}

// cells are numbers with so many decimals.
func cells(values []float64, decimals int) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteByte('\t')
		b.WriteString(customerFigure(v, decimals))
	}
	return b.String()
}

func customerFigure(v float64, decimals int) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, v)
}

// deviation is how far a number is from the true one, in percent.
func deviation(v, truth float64) string {
	if truth == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.2f%%", 100*(v/truth-1))
}

func (t *customersText) frequencyTable() {
	t.table("customers by repeat orders", func(w io.Writer) {
		fmt.Fprintf(w, "repeat orders%s\tchi-square\tp\n", classHeader())
		fmt.Fprintf(w, "actual%s\t\t\n", cells(t.actual.frequencies, 0))
		for _, trial := range t.trials {
			fmt.Fprintf(w, "%s%s\t%.2f\t%s\n", trial.name, cells(trial.frequencies, 1), trial.chiSquare, pText(chiSquareP(trial.chiSquare, trial.freedom)))
		}
	})
}

func (t *customersText) orderForecasts() {
	actual := t.actual.held
	t.table("orders held out, per customer", func(w io.Writer) {
		fmt.Fprintln(w, "model\tsum\tbias\tMAE\tRMSE\tcorrelation")
		fmt.Fprintf(w, "actual\t%.0f\t\t\t\t\n", actual.total)
		for _, trial := range t.trials {
			h := trial.held
			fmt.Fprintf(w, "%s\t%.2f\t%s\t%.4f\t%.4f\t%s\n", trial.name, h.sum, deviation(h.sum, actual.total), h.mae, h.rmse, customerFigure(h.correlation, 4))
		}
	})
}

func (t *customersText) anyForecasts() {
	t.table("an order or more held out", func(w io.Writer) {
		fmt.Fprintln(w, "model\tmean P\tBrier\tlog loss\tAUC\tmean P(alive)\tAUC of P(alive)")
		fmt.Fprintf(w, "actual\t%.4f\t\t\t\t\t\n", t.actual.held.rate())
		for _, trial := range t.trials {
			h := trial.held
			fmt.Fprintf(w, "%s\t%.4f\t%.5f\t%.5f\t%s\t%.4f\t%s\n", trial.name, h.meanAny, h.brier, h.logLoss, customerFigure(h.auc, 4), h.meanAlive, customerFigure(h.aliveAUC, 4))
		}
	})
}

func (t *customersText) byPast() {
	t.table("orders held out, mean by repeat orders before", func(w io.Writer) {
		fmt.Fprintf(w, "repeat orders%s\n", classHeader())
		fmt.Fprint(w, "customers")
		for _, n := range t.actual.held.past {
			fmt.Fprintf(w, "\t%d", n)
		}
		fmt.Fprintf(w, "\nactual%s\n", cells(t.actual.held.byPast, 4))
		for _, trial := range t.trials {
			fmt.Fprintf(w, "%s%s\n", trial.name, cells(trial.held.byPast, 4))
		}
	})
}

func (t *customersText) rollingChoice() {
	l, b := t.rolling, t.base
	if l.why != "" {
		fmt.Fprintf(t, "\nno choice without the holdout: %s\n", l.why)
		return
	}
	t.table(fmt.Sprintf("chosen without the holdout: models of %v judged by what came until %v", history.Day(l.days[1]), history.Day(b.now)), func(w io.Writer) {
		fmt.Fprintln(w, "model\tlog loss of an order\trecalibrated\tMAE of expected orders\tof median orders")
		for _, c := range l.candidates {
			fmt.Fprintf(w, "%s\t%.5f\t%.5f\t%.4f\t%.4f\n", c.model, c.raw, c.logLoss, c.meanError, c.medianError)
		}
	})
	fmt.Fprintf(t, "recalibration of %s that would have served best, had it come from %v: %.0f%%\n", l.candidates[l.order].model, history.Day(l.days[0]), 100*l.weight)
	fmt.Fprintf(t, "judged once: mean P %.4f of %.4f, Brier %.5f, log loss %.5f, AUC %s; %s of %s: MAE %.4f\n",
		l.held.meanAny, t.actual.held.rate(), l.held.brier, l.held.logLoss, customerFigure(l.held.auc, 4),
		l.numberKind(), l.candidates[l.number].model, l.held.mae)
}

func (t *customersText) trackingTable() {
	b := t.base
	t.table("repeat orders so far", func(w io.Writer) {
		fmt.Fprintf(w, "model\tby %v\t", history.Day(b.now))
		held := b.heldOutDays() > 0
		if held {
			fmt.Fprintf(w, "\tby %v\t", history.Day(b.end))
		}
		fmt.Fprintf(w, "\nactual\t%.0f\t", t.actual.atNow)
		if held {
			fmt.Fprintf(w, "\t%.0f\t", t.actual.atEnd)
		}
		fmt.Fprintln(w)
		for _, trial := range t.trials {
			fmt.Fprintf(w, "%s\t%.2f\t%s", trial.name, trial.atNow, deviation(trial.atNow, t.actual.atNow))
			if held {
				fmt.Fprintf(w, "\t%.2f\t%s", trial.atEnd, deviation(trial.atEnd, t.actual.atEnd))
			}
			fmt.Fprintln(w)
		}
	})
}

// values says how good the order values are.
func (t *customersText) values() {
	if t.spend.fit == nil {
		fmt.Fprintf(t, "\nno order values: %s\n", t.spend.why)
		return
	}
	fmt.Fprintf(t, "\norder values\ncorrelation of number and mean value of repeat orders: %.3f (the model takes it to be 0)\n", t.spend.fit.Correlation())
	if t.base.heldOutDays() == 0 || t.actual.held.total == 0 {
		return
	}
	check := t.checkOrderValues()
	fmt.Fprintf(t, "an order held out: expected %.2f, actual %.2f; customers' means (%d): MAE %.2f, correlation %s\n",
		check.expected, check.actual, check.customers, check.mae, customerFigure(check.correlation, 3))
	t.table("revenue held out", func(w io.Writer) {
		fmt.Fprintf(w, "actual\t%.2f\t\n", t.actual.held.spend)
		for _, trial := range t.trials {
			fmt.Fprintf(w, "%s\t%.2f\t%s\n", trial.name, trial.held.spend, deviation(trial.held.spend, t.actual.held.spend))
		}
	})
}

func (t *customersText) remarks() {
	t.WriteByte('\n')
	for _, reason := range t.reasons {
		fmt.Fprintln(t, reason)
	}
	for _, warning := range t.base.warnings {
		fmt.Fprintf(t, "warning: %s\n", warning)
	}
	for _, note := range t.base.notes {
		fmt.Fprintf(t, "note: %s\n", note)
	}
}
