package jobs

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
)

// probabilityColumn is the last column of a file of predictions.
const probabilityColumn = "probability"

// save writes the files that opts asks for.
func (r *learnResult) save(opts LearnOptions) error {
	if opts.Model != "" {
		if err := writeLabFile(opts.Model, r.best.model.Write); err != nil {
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
		return &CodedError{ExitIO, err}
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return &CodedError{ExitIO, err}
	}
	return nil
}

// predictionColumns are the names and the cells of what is added to the test
// rows: with several learners one probability_<learner> each, and last, called
// probability, that of the best.
func (r *learnResult) predictionColumns() (names []string, p [][]float64) {
	if asked := r.asked(); len(asked) > 1 {
		for _, t := range asked {
			names, p = append(names, probabilityColumn+"_"+t.learner), append(p, t.predictions)
		}
	}
	return append(names, probabilityColumn), append(p, r.best.predictions)
}

// writePredictions writes the test rows as CSV, in their order, and the
// probabilities of the positive value. Missing cells are empty.
func (r *learnResult) writePredictions(w io.Writer) error {
	t := r.task.tested
	names, p := r.predictionColumns()
	for _, name := range names {
		if slices.Contains(t.Names(), name) {
			return labData("the test table already has a column %q (rename it)", name)
		}
	}
	out := csv.NewWriter(w)
	record := append(t.Names(), names...)
	if err := out.Write(record); err != nil {
		return err
	}
	for i := range t.Rows() {
		record = record[:0]
		for _, c := range t.Columns {
			record = append(record, csvCell(c.Numbers, c.Texts, i))
		}
		for _, probabilities := range p {
			record = append(record, strconv.FormatFloat(probabilities[i], 'g', -1, 64))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// noteRounding says which columns of the predictions cannot be trusted to the
// last digit: tables hold numbers as float32.
func (r *learnResult) noteRounding() {
	const exact = 1 << 24 // whole numbers up to here
	for _, c := range r.task.tested.Columns {
		if slices.ContainsFunc(c.Numbers, func(v float32) bool { return math.Abs(float64(v)) > exact }) {
			r.task.note("column %q has numbers beyond %d: in the predictions they are rounded to 7 digits", c.Name, exact)
		}
	}
}
