package lab

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// learnResult is what Learn has found out.
type learnResult struct {
	task   *learnTask
	trials []trial
	best   *trial   // of those asked for: the lowest log loss, of equal ones the first
	added  []string // columns of the predictions after those of the test table

	importance []importance // if it was asked for
	curve      []curvePoint // if it was asked for
	printed    bool         // importances are for the terminal
}

// judge picks the best learner and warns if it is no better than the floor.
func (r *learnResult) judge() {
	floor := math.NaN()
	for i := range r.trials {
		t := &r.trials[i]
		if t.learner == baseRate {
			floor = t.report.LogLoss
		}
		if t.asked && (r.best == nil || cmp.Less(t.report.LogLoss, r.best.report.LogLoss)) {
			r.best = t
		}
	}
	if r.best.learner != baseRate && r.best.report.LogLoss >= floor {
		r.task.warn("no learner beats the base rate: the columns say nothing about %s, or the test rows are of another kind", r.task.label.column)
	}
}

// asked returns the trials that were asked for, in that order.
func (r *learnResult) asked() []trial {
	return slices.DeleteFunc(slices.Clone(r.trials), func(t trial) bool { return !t.asked })
}

// print writes the result for a person.
func (r *learnResult) print(w io.Writer) error {
	var b strings.Builder
	t := r.task
	fmt.Fprintf(&b, "%d training rows, %d test rows, %d features of %d columns\n", len(t.train.Y), len(t.test.Y), len(t.train.X), t.columns)
	fmt.Fprintf(&b, "positive is %s = %s: %.1f%% of the training rows, %.1f%% of the test rows\n\n",
		t.label.column, t.label.positive, 100*rate(t.train.Rows), 100*rate(t.test.Rows))
	r.printTrials(&b)
	fmt.Fprintf(&b, "\nlowest log loss: %s\n", r.best.learner)
	if r.curve != nil {
		r.printCurve(&b)
	}
	if r.printed {
		r.printImportances(&b)
	}
	for _, warning := range t.warnings {
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	for _, note := range t.notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printTrials writes a line per learner.
func (r *learnResult) printTrials(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "learner\tAUC\tPR-AUC\tlog loss\tBrier\tECE\tcalibration slope\tlift at 10%\ttrain s\tpredict s")
	for _, t := range r.trials {
		report := t.report
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%.2f\n", t.learner, figure(report.AUC, 4), figure(report.AveragePrecision, 4),
			figure(report.LogLoss, 4), figure(report.Brier, 4), figure(report.ECE, 4), figure(report.CalibrationSlope, 2), figure(report.Lift10, 2),
			t.trainSeconds, t.predictSeconds)
	}
	_ = w.Flush() // into a strings.Builder, which never fails
}

// figure writes a number with digits behind the point, or - if it is not defined.
func figure(v float64, digits int) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf("%.*f", digits, v)
}
