package lab

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"

	"perennial/command"
	"perennial/pipeline/table"
)

// probabilityColumn is the last column of a file of predictions.
const probabilityColumn = "probability"

// save writes the files that opts asks for.
func (r *learnResult) save(opts LearnOptions) error {
	if opts.Save != "" {
		if err := writeLabFile(opts.Save, r.best.model.Write); err != nil {
			return err
		}
	}
	if opts.Shap != "" {
		if err := r.saveShap(opts.Shap); err != nil {
			return err
		}
	}
	if r.importance != nil && opts.Importance != toTerminal {
		write := func(w io.Writer) error { return writeImportances(w, r.importance) }
		if err := writeLabFile(opts.Importance, write); err != nil {
			return err
		}
	}
	if opts.Predictions != "" {
		r.noteRounding()
		return writeLabFile(opts.Predictions, r.writePredictions)
	}
	return nil
}

// writeLabFile creates a file and fills it.
func writeLabFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return &command.Error{Code: command.ExitIO, Err: err}
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return &command.Error{Code: command.ExitIO, Err: fmt.Errorf("write %s: %w", path, err)}
	}
	return nil
}

// predictionColumns names the columns that learners add to the test rows: with
// several learners one probability_<learner> each, and last, called probability,
// that of the best.
func predictionColumns(learners []labLearner) []string {
	var names []string
	for _, l := range learners {
		if l.asked {
			names = append(names, probabilityColumn+"_"+l.name)
		}
	}
	if len(names) == 1 {
		names = nil
	}
	return append(names, probabilityColumn)
}

// checkRoom returns an error if the test table has a column of a name that its
// predictions need.
func (r *learnResult) checkRoom(opts LearnOptions) error {
	for _, name := range r.added {
		if opts.Predictions != "" && slices.Contains(r.task.tested.Names(), name) {
			return command.Data("%s: there is a column %q already, which --predictions needs (rename it)", opts.Test, name)
		}
	}
	return nil
}

// writePredictions writes the test rows as CSV, in their order, and the
// probabilities of the positive value. Missing cells are empty; numbers have the
// 7 digits of the float32 that a table holds.
func (r *learnResult) writePredictions(w io.Writer) error {
	t := r.task.tested
	var added [][]float64
	if asked := r.asked(); len(asked) > 1 {
		for _, a := range asked {
			added = append(added, a.predictions)
		}
	}
	added = append(added, r.best.predictions)
	out := csv.NewWriter(w)
	record := append(t.Names(), r.added...)
	if err := out.Write(record); err != nil {
		return err
	}
	for i := range t.Rows() {
		record = record[:0]
		for _, c := range t.Columns {
			record = append(record, cellAsRead(c, i))
		}
		for _, probabilities := range added {
			record = append(record, strconv.FormatFloat(probabilities[i], 'g', -1, 64))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cellAsRead returns a cell as text, "" when missing.
func cellAsRead(c table.Column, i int) string {
	if c.Numbers == nil {
		return c.Texts[i]
	}
	return cellText(c, i)
}

// noteRounding names the columns in which whole numbers, such as ids, are not
// written as they were.
func (r *learnResult) noteRounding() {
	const exact = 1 << 24 // whole numbers up to here
	for _, c := range r.task.tested.Columns {
		if slices.ContainsFunc(c.Numbers, func(v float32) bool { return math.Abs(float64(v)) > exact }) {
			r.task.note("column %q has numbers beyond %d: in the predictions they are rounded to 7 digits", c.Name, exact)
		}
	}
}
