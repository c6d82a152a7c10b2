package jobs

import (
	"cmp"
	"encoding/json"
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
		t.label.column, t.label.positive, 100*rate(t.train), 100*rate(t.test))
	r.printTrials(&b)
	fmt.Fprintf(&b, "\nlowest log loss: %s\n", r.best.learner)
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
	figure := func(v float64, digits int) string {
		if math.IsNaN(v) {
			return "-"
		}
		return fmt.Sprintf("%.*f", digits, v)
	}
	for _, t := range r.trials {
		report := t.report
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%.2f\n", t.learner, figure(report.AUC, 4), figure(report.AveragePrecision, 4),
			figure(report.LogLoss, 4), figure(report.Brier, 4), figure(report.ECE, 4), figure(report.CalibrationSlope, 2), figure(report.Lift10, 2),
			t.trainSeconds, t.predictSeconds)
	}
	_ = w.Flush() // into a strings.Builder, which never fails
}

// learnJSON is what --json prints. Figures that are not defined are null.
type learnJSON struct {
	Learners  []learnerJSON `json:"learners"`
	Best      string        `json:"best"`
	Positive  string        `json:"positive"`
	TrainRows int           `json:"train_rows"`
	TestRows  int           `json:"test_rows"`
	Warnings  []string      `json:"warnings,omitempty"`
	Notes     []string      `json:"notes,omitempty"`
}

type learnerJSON struct {
	Learner          string   `json:"learner"`
	AUC              *float64 `json:"auc"`
	LogLoss          *float64 `json:"logloss"`
	Brier            *float64 `json:"brier"`
	ECE              *float64 `json:"ece"`
	AveragePrecision *float64 `json:"average_precision"`
	CalibrationSlope *float64 `json:"calibration_slope"`
	Lift10           *float64 `json:"lift_10"`
	TrainSeconds     float64  `json:"train_seconds"`
	PredictSeconds   float64  `json:"predict_seconds"`
	PeakRSSBytes     int64    `json:"peak_rss_bytes"` // of the process so far
}

// printJSON writes the result for a program.
func (r *learnResult) printJSON(w io.Writer) error {
	defined := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	result := learnJSON{
		Best: r.best.learner, Positive: r.task.label.positive, TrainRows: len(r.task.train.Y), TestRows: len(r.task.test.Y),
		Warnings: r.task.warnings, Notes: r.task.notes,
	}
	for _, t := range r.trials {
		result.Learners = append(result.Learners, learnerJSON{
			Learner: t.learner, AUC: defined(t.report.AUC), LogLoss: defined(t.report.LogLoss), Brier: defined(t.report.Brier), ECE: defined(t.report.ECE),
			AveragePrecision: defined(t.report.AveragePrecision), CalibrationSlope: defined(t.report.CalibrationSlope), Lift10: defined(t.report.Lift10),
			TrainSeconds: t.trainSeconds, PredictSeconds: t.predictSeconds, PeakRSSBytes: t.peakRSSBytes,
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}
