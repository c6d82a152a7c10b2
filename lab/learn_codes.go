package lab

import (
	"maps"
	"math"
	"slices"

	"perennial/command"
	"perennial/models/leaderboard"
	"perennial/pipeline/table"
)

// labRows are rows in a form that some learner takes.
type labRows struct {
	leaderboard.Rows
	sources []string   // the column of the table behind each feature
	levels  [][]string // of each feature, the texts behind its codes; nil where cells are numbers
}

// where returns the rows for which keep holds, copied.
func (r labRows) where(keep func(i int) bool) labRows {
	return labRows{r.Rows.Where(keep), r.sources, r.levels}
}

// noLevels are the levels of n features that are numbers.
func noLevels(n int) [][]string { return make([][]string, n) }

// sources returns the column of the table behind each feature.
func (e *featureEncoder) sources() []string {
	var names []string
	for _, c := range e.columns {
		names = append(names, slices.Repeat([]string{c.name}, len(c.features))...)
	}
	return names
}

// levels returns every text of each text column of a training table, sorted as
// pandas sorts categories. The code of a text is its place.
func (e *featureEncoder) levels(t *table.Table) ([][]string, error) {
	levels := noLevels(len(e.columns))
	for j, encoder := range e.columns {
		if encoder.position == nil {
			continue
		}
		c, err := t.Column(encoder.name)
		if err != nil {
			return nil, err
		}
		levels[j] = textLevels(c)
	}
	return levels, nil
}

// textLevels returns the texts of a column, sorted.
func textLevels(c table.Column) []string {
	seen := map[string]bool{}
	for i := range c.Texts {
		if cell := cellText(c, i); cell != missingText {
			seen[cell] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// encodeCodes returns one feature for each column of a table: its numbers, or
// the codes of its texts. A text without a code is missing.
func (e *featureEncoder) encodeCodes(t *table.Table, levels [][]string) (names []string, x [][]float32, err error) {
	if err := e.needs(t); err != nil {
		return nil, nil, err
	}
	for j, encoder := range e.columns {
		c, err := t.Column(encoder.name)
		if err != nil {
			return nil, nil, err
		}
		names = append(names, encoder.name)
		cells := codesOf(c, t.Rows(), levels[j])
		if levels[j] == nil {
			if cells, err = cellNumbers(c); err != nil {
				return nil, nil, command.Data("%w (training has numbers there)", err)
			}
		}
		x = append(x, cells)
	}
	return names, x, nil
}

// codesOf returns the places of a column's texts among levels, NaN for those
// that have none.
func codesOf(c table.Column, rows int, levels []string) []float32 {
	code := make(map[string]float32, len(levels))
	for k, level := range levels {
		code[level] = float32(k)
	}
	cells := make([]float32, rows)
	for i := range cells {
		k, ok := code[cellText(c, i)]
		if !ok {
			k = float32(math.NaN())
		}
		cells[i] = k
	}
	return cells
}
