package lab

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// importance is how much a learner relies on a column of the table; NaN where a
// measure is not defined for it.
type importance struct {
	learner, column string
	gain, split     float64 // of boosted trees: loss that splits on it saved, number of them
	contribution    float64 // mean absolute contribution to the margin of the test rows
	permutation     float64 // rise of the log loss of the test rows when it is shuffled
}

// importances measures the columns of every learner that was asked for, those
// first without which it predicts worst.
func (r *learnResult) importances() ([]importance, error) {
	var all []importance
	for _, t := range r.asked() {
		if t.learner == baseRate {
			continue
		}
		of, err := t.importances()
		if err != nil {
			return nil, fmt.Errorf("%s: importance: %w", t.learner, err)
		}
		all = append(all, of...)
	}
	return all, nil
}

func (t *trial) importances() ([]importance, error) {
	parts, err := t.contributions()
	if err != nil {
		return nil, err
	}
	rises, err := t.permutationImportance()
	if err != nil {
		return nil, err
	}
	lines := make([]importance, len(rises))
	for k, rise := range rises {
		lines[k] = importance{
			learner: t.learner, column: rise.column, permutation: rise.loss,
			gain: math.NaN(), split: math.NaN(), contribution: t.meanContribution(parts, rise.features),
		}
	}
	if m, ok := t.model.(*labTrees); ok {
		fillTreeImportance(lines, m, rises)
	}
	slices.SortStableFunc(lines, func(a, b importance) int { return cmp.Compare(b.permutation, a.permutation) })
	return lines, nil
}

// meanContribution returns the mean absolute sum of the contributions of
// features; NaN without contributions.
func (t *trial) meanContribution(parts [][]float64, features []int) float64 {
	if parts == nil {
		return math.NaN()
	}
	var sum float64
	for i := range t.test.Y {
		var of float64
		for _, j := range features {
			of += parts[j][i]
		}
		sum += math.Abs(of)
	}
	return sum / float64(len(t.test.Y))
}

// fillTreeImportance adds what the trees themselves say.
func fillTreeImportance(lines []importance, m *labTrees, rises []rise) {
	gain, split := map[string]float64{}, map[string]float64{}
	for _, of := range m.trees.GainImportance() {
		gain[of.Column] = of.Value
	}
	for _, of := range m.trees.SplitImportance() {
		split[of.Column] = of.Value
	}
	for k, rise := range rises {
		column := m.trees.Columns[rise.features[0]]
		lines[k].gain, lines[k].split = gain[column], split[column]
	}
}

// figures returns the measures in the order of importanceColumns.
func (i importance) figures() []float64 {
	return []float64{i.gain, i.split, i.contribution, i.permutation}
}

var importanceColumns = []string{"learner", "column", "gain", "split", "mean_abs_shap", "permutation"}

// writeImportances writes importances as CSV; what is not defined is empty.
func writeImportances(w io.Writer, lines []importance) error {
	out := csv.NewWriter(w)
	if err := out.Write(importanceColumns); err != nil {
		return err
	}
	for _, line := range lines {
		record := []string{line.learner, line.column}
		for _, v := range line.figures() {
			text := ""
			if !math.IsNaN(v) {
				text = strconv.FormatFloat(v, 'g', -1, 64)
			}
			record = append(record, text)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// printImportances writes importances for a person.
func (r *learnResult) printImportances(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nlearner\tcolumn\tgain\tsplits\tmean |SHAP|\tlog loss when shuffled")
	for _, line := range r.importance {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", line.learner, line.column, figure(line.gain, 1), figure(line.split, 0),
			figure(line.contribution, 4), signed(line.permutation))
	}
	_ = w.Flush() // into a strings.Builder, which never fails
}

// signed writes a change with its sign.
func signed(v float64) string { return fmt.Sprintf("%+.4f", v) }
