package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"perennial/command"
	"perennial/models/gbdt"
	"perennial/models/leaderboard"
	"perennial/pipeline/table"
)

// fromFile is the name of a model that was not trained on the bench.
const fromFile = "model"

// readModel returns the model of a file as a learner that has nothing to learn,
// with the test rows as it takes them.
func (t *learnTask) readModel(path string) (labLearner, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return labLearner{}, &command.Error{Code: command.ExitInput, Err: fmt.Errorf("--model: %w (it names a model to judge; --save writes one)", err)}
	}
	if err != nil {
		return labLearner{}, &command.Error{Code: command.ExitIO, Err: fmt.Errorf("--model: %w", err)}
	}
	trees, categories, err := gbdt.ReadClassifier(text)
	if err != nil {
		return labLearner{}, command.Data("--model %s: %w", path, err)
	}
	rows, err := rowsFor(trees.Columns, categories, t.tested)
	if err != nil {
		return labLearner{}, command.Data("--model %s: %w", path, err)
	}
	rows.Y = t.test.Y
	roundThresholds(trees)
	model := &labTrees{trees, rows.levels}
	return labLearner{
		name: fromFile, asked: true, own: &rows,
		fit: func(context.Context, labRows) (leaderboard.Model, error) { return model, nil },
	}, nil
}

// rowsFor returns the rows of a table for a model that takes columns, of which
// those of texts have categories, in order.
func rowsFor(columns []string, categories [][]string, t *table.Table) (labRows, error) {
	rows := labRows{Rows: leaderboard.Rows{Columns: columns}, levels: noLevels(len(columns))}
	var absent []string
	texts := 0
	for j, name := range columns {
		k := slices.IndexFunc(t.Columns, func(c table.Column) bool { return textName(c.Name) == name })
		if k < 0 {
			absent = append(absent, name)
			continue
		}
		c := t.Columns[k]
		cells := c.Numbers
		if c.Numbers == nil {
			if texts < len(categories) {
				rows.levels[j] = append([]string{}, categories[texts]...)
				cells = codesOf(c, t.Rows(), rows.levels[j])
			}
			texts++
		}
		rows.sources = append(rows.sources, c.Name)
		rows.X = append(rows.X, cells)
	}
	if len(absent) > 0 {
		return rows, fmt.Errorf("the test table has no column %s (train from a data frame, whose columns have names, and add the columns)", command.Quoted(absent))
	}
	if texts != len(categories) {
		return rows, fmt.Errorf("the model knows the categories of %d columns, but %d of its columns are texts in the test table (make texts the type category of pandas before training, and nothing else)",
			len(categories), texts)
	}
	return rows, nil
}

// roundThresholds makes thresholds numbers of the cells' precision, to which both
// are rounded alike: a cell on a threshold stays on it.
func roundThresholds(m *gbdt.Model) {
	for k := range m.Trees {
		t := &m.Trees[k]
		for i, d := range t.Decision {
			if !d.Categorical() {
				t.Threshold[i] = float64(float32(t.Threshold[i]))
			}
		}
	}
}
