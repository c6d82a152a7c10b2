package lab

import (
	"encoding/csv"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"perennial/command"
	"perennial/pipeline/table"
)

// explaining is a model that says what moved each prediction: Base and what its
// Columns add to it are the margin, the log-odds of the prediction.
type explaining interface {
	Columns() []string
	Explain(dst [][]float64, columns []string, x [][]float32) error
	Base() float64
}

// baseColumn is the last column of a file of contributions.
const baseColumn = "base"

// contributions returns what each feature adds to the margin of each test row,
// nil for a model that cannot say.
func (t *trial) contributions() ([][]float64, error) {
	model, ok := t.model.(explaining)
	if !ok {
		return nil, nil
	}
	parts := make([][]float64, len(model.Columns()))
	for j := range parts {
		parts[j] = make([]float64, len(t.test.Y))
	}
	return parts, model.Explain(parts, t.test.Columns, t.test.X)
}

// explained returns the trial that is asked for and predicts best among those
// that say why, nil without one.
func (r *learnResult) explained() *trial {
	var best *trial
	for i := range r.trials {
		t := &r.trials[i]
		if _, ok := t.model.(explaining); ok && t.asked && (best == nil || t.report.LogLoss < best.report.LogLoss) {
			best = t
		}
	}
	return best
}

// saveShap writes the contributions to the test rows, in their order.
func (r *learnResult) saveShap(path string) error {
	t := r.explained()
	if t == nil {
		return command.Usage("--shap: none of the learners says what moves its predictions (add logistic or boosting)")
	}
	if t != r.best {
		r.task.note("contributions are those of %s: %s has none", t.learner, r.best.learner)
	}
	parts, err := t.contributions()
	if err != nil {
		return err
	}
	model := t.model.(explaining)
	names := append(slices.Clone(model.Columns()), baseColumn)
	if slices.Contains(names[:len(names)-1], baseColumn) {
		return command.Data("--shap: a feature is called %q, which is the name of the last column of the file (rename it)", baseColumn)
	}
	base := slices.Repeat([]float64{model.Base()}, len(t.test.Y))
	parts = append(parts, base)
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		return writeLabFile(path, func(w io.Writer) error { return writeParquetNumbers(w, names, parts) })
	}
	return writeLabFile(path, func(w io.Writer) error { return writeCSVNumbers(w, names, parts) })
}

// writeCSVNumbers writes columns of numbers so that reading gives the same bits.
func writeCSVNumbers(w io.Writer, names []string, columns [][]float64) error {
	out := csv.NewWriter(w)
	if err := out.Write(names); err != nil {
		return err
	}
	record := make([]string, len(names))
	for i := range columns[0] {
		for j := range columns {
			record[j] = strconv.FormatFloat(columns[j][i], 'g', -1, 64)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeParquetNumbers writes columns of numbers as the float32 of a table.
func writeParquetNumbers(w io.Writer, names []string, columns [][]float64) error {
	cells := make([]table.Column, len(names))
	for j, name := range names {
		cells[j] = table.Column{Name: name, Numbers: make([]float32, len(columns[j]))}
		for i, v := range columns[j] {
			cells[j].Numbers[i] = float32(v)
		}
	}
	t, err := table.New(cells...)
	if err != nil {
		return err
	}
	return t.WriteParquet(w)
}
