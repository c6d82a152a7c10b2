package lab

import (
	"context"
	"fmt"
	"slices"

	"perennial/command"
	"perennial/models/leaderboard"
	"perennial/pipeline/extract"
	"perennial/pipeline/table"
)

// learnTask is what learners are fitted on and judged by.
type learnTask struct {
	label       labLabel
	train, test labRows // texts are 0/1 features
	coded       struct{ train, test labRows }
	columns     int          // of the training table that are used
	tested      *table.Table // as read
	warnings    []string     // what makes the figures doubtful
	notes       []string     // what became of the columns
}

// rowsOf returns the rows in the form that a learner takes.
func (t *learnTask) rowsOf(l labLearner) (train, test labRows) {
	switch {
	case l.own != nil:
		return t.train, *l.own
	case l.coded:
		return t.coded.train, t.coded.test
	}
	return t.train, t.test
}

func (t *learnTask) warn(format string, args ...any) {
	t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
}

func (t *learnTask) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// readLearnTask reads both tables and brings them into one form.
func readLearnTask(ctx context.Context, opts LearnOptions) (*learnTask, error) {
	train, err := readLabTable(ctx, opts.Train)
	if err != nil {
		return nil, err
	}
	test, err := readLabTable(ctx, opts.Test)
	if err != nil {
		return nil, err
	}
	task := &learnTask{tested: test}
	if err := task.readLabels(train, test, opts); err != nil {
		return nil, err
	}
	encoder, err := fitEncoder(train, opts.Label)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", opts.Train, err)
	}
	if err := task.encode(encoder, train, test, opts); err != nil {
		return nil, err
	}
	task.compareTables(train)
	return task, nil
}

func readLabTable(ctx context.Context, path string) (*table.Table, error) {
	t, err := extract.ReadTable(ctx, path)
	if err != nil {
		return nil, command.Input(err)
	}
	if t.Rows() == 0 {
		return nil, command.Data("%s: no rows (choose a table with rows)", path)
	}
	return t, nil
}

// readLabels fits the label on the training table and reads it in both.
func (t *learnTask) readLabels(train, test *table.Table, opts LearnOptions) error {
	column, err := train.Column(opts.Label)
	if err != nil {
		return command.Usage("--label: %s: %w", opts.Train, err)
	}
	if t.label, err = fitLabel(column, opts.Positive); err != nil {
		return fmt.Errorf("%s: %w", opts.Train, err)
	}
	if t.train.Y, err = t.label.outcomes(column); err != nil {
		return fmt.Errorf("%s: %w", opts.Train, err)
	}
	if column, err = test.Column(opts.Label); err != nil {
		return command.Data("%s: %w", opts.Test, err)
	}
	if t.test.Y, err = t.label.outcomes(column); err != nil {
		return fmt.Errorf("%s: %w", opts.Test, err)
	}
	return nil
}

// encode fills the features of both tables.
func (t *learnTask) encode(encoder *featureEncoder, train, test *table.Table, opts LearnOptions) error {
	var unseen []string
	var err error
	if t.train.Columns, t.train.X, _, err = encoder.encode(train); err != nil {
		return fmt.Errorf("%s: %w", opts.Train, err)
	}
	if t.test.Columns, t.test.X, unseen, err = encoder.encode(test); err != nil {
		return fmt.Errorf("%s: %w", opts.Test, err)
	}
	t.train.sources, t.test.sources = encoder.sources(), encoder.sources()
	t.train.levels, t.test.levels = noLevels(len(t.train.X)), noLevels(len(t.train.X))
	t.train.Group = make([]uint64, len(t.train.Y)) // no row is of another one's customer
	t.columns = len(encoder.columns)
	t.notes = slices.Concat(t.notes, encoder.leftOut, unseen)
	return t.encodeCodes(encoder, train, test, opts)
}

// encodeCodes fills the rows whose texts are codes.
func (t *learnTask) encodeCodes(encoder *featureEncoder, train, test *table.Table, opts LearnOptions) error {
	levels, err := encoder.levels(train)
	if err != nil {
		return fmt.Errorf("%s: %w", opts.Train, err)
	}
	fill := func(rows *labRows, of labRows, from *table.Table) error {
		rows.Y, rows.Group, rows.levels = of.Y, of.Group, levels
		rows.Columns, rows.X, err = encoder.encodeCodes(from, levels)
		rows.sources = rows.Columns
		return err
	}
	if err := fill(&t.coded.train, t.train, train); err != nil {
		return fmt.Errorf("%s: %w", opts.Train, err)
	}
	if err := fill(&t.coded.test, t.test, test); err != nil {
		return fmt.Errorf("%s: %w", opts.Test, err)
	}
	return nil
}

// compareTables notes how the test table differs from the training table, and
// warns of what makes it a poor judge.
func (t *learnTask) compareTables(train *table.Table) {
	known := train.Names()
	extra := slices.DeleteFunc(t.tested.Names(), func(name string) bool { return slices.Contains(known, name) })
	if len(extra) > 0 {
		t.note("ignored, because the training table does not have it: column %s", command.Quoted(extra))
	}
	if n := equalRows(t.train.X, t.test.X); n > 0 {
		t.warn("%d of %d test rows equal a training row in every feature: if they are the same customers, the figures are too good (keep equal rows in one table)", n, len(t.test.Y))
	}
	if n := t.test.Positives(); n == 0 || n == len(t.test.Y) {
		t.warn("every test row has the same outcome: most figures are not defined")
	}
}

// rate returns the share of positives.
func rate(rows leaderboard.Rows) float64 {
	return float64(rows.Positives()) / float64(len(rows.Y))
}
