package lab

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"perennial/command"
	"perennial/pipeline/table"
)

// maxLevels is how many texts of a column get a feature of their own: enough
// for the countries or plans of a shop, few enough that a column of free text
// does not drown the others.
const maxLevels = 20

// featureEncoder turns the columns of a table into numbers for learners, as it
// has seen them in a training table.
//
// A column of numbers is one feature, NaN where missing: learners know what to
// do about gaps. A column of texts becomes 0/1 features: name=level for each of
// its most frequent levels, "name (other)" for the rest and "name (missing)" for
// empty cells, where the training table has such cells.
type featureEncoder struct {
	columns []columnEncoder
	leftOut []string // why columns of the training table are not used, one sentence each
}

// columnEncoder is how one column is read.
type columnEncoder struct {
	name     string
	position map[string]int // of a text's feature; nil for numbers
	features []string       // names, in order
	other    int            // position for further texts, -1 for none
}

// missingText is the key of empty cells in columnEncoder.position.
const missingText = ""

// fitEncoder looks at every column of a training table but the label.
func fitEncoder(t *table.Table, label string) (*featureEncoder, error) {
	e := &featureEncoder{}
	names := map[string]bool{}
	for _, c := range t.Columns {
		if c.Name == label {
			continue
		}
		encoder, reason := fitColumn(c)
		if reason != "" {
			e.leftOut = append(e.leftOut, fmt.Sprintf("column %q is left out: %s", c.Name, reason))
			continue
		}
		for _, name := range encoder.features {
			if names[name] {
				return nil, command.Data("column %q: its feature %q is also that of another column (rename the column)", c.Name, name)
			}
			names[name] = true
		}
		e.columns = append(e.columns, encoder)
	}
	if len(e.columns) == 0 {
		reasons := cmp.Or(strings.Join(e.leftOut, "; "), "there is none beside the label")
		return nil, command.Data("no column is left to learn from: %s", reasons)
	}
	return e, nil
}

// fitColumn returns how a column is read, or why it is left out.
func fitColumn(c table.Column) (columnEncoder, string) {
	if c.Numbers != nil {
		return columnEncoder{name: c.Name, features: []string{c.Name}, other: -1}, uselessNumbers(c.Name, c.Numbers)
	}
	counts := map[string]int{}
	for i := range c.Texts {
		counts[cellText(c, i)]++
	}
	if reason := uselessTexts(counts, len(c.Texts)); reason != "" {
		return columnEncoder{}, reason
	}
	return fitTexts(c.Name, counts), ""
}

// fitTexts gives the most frequent texts a feature each.
func fitTexts(name string, counts map[string]int) columnEncoder {
	missing := counts[missingText] > 0
	delete(counts, missingText)
	levels := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	e := columnEncoder{name: name, position: map[string]int{}, other: -1}
	for _, level := range levels[:min(len(levels), maxLevels)] {
		e.position[level] = len(e.features)
		e.features = append(e.features, name+"="+level)
	}
	if len(levels) > maxLevels {
		e.other = len(e.features)
		e.features = append(e.features, name+" (other)")
	}
	if missing {
		e.position[missingText] = len(e.features)
		e.features = append(e.features, name+" (missing)")
	}
	return e
}

// encode returns the features of a table: x[j][i] is feature names[j] of row i.
// Columns that the encoder does not use are ignored; one that it needs and does
// not find is an error. notes says what training never saw.
func (e *featureEncoder) encode(t *table.Table) (names []string, x [][]float32, notes []string, err error) {
	if err := e.needs(t); err != nil {
		return nil, nil, nil, err
	}
	for _, encoder := range e.columns {
		c, err := t.Column(encoder.name)
		if err != nil {
			return nil, nil, nil, err
		}
		names = append(names, encoder.features...)
		if encoder.position == nil {
			numbers, err := cellNumbers(c)
			if err != nil {
				return nil, nil, nil, command.Data("%w (training has numbers there)", err)
			}
			x = append(x, numbers)
			continue
		}
		features, unseen := encoder.encodeTexts(c, t.Rows())
		x = append(x, features...)
		if unseen > 0 {
			notes = append(notes, fmt.Sprintf("column %q: %d of %d cells hold what training never saw", c.Name, unseen, t.Rows()))
		}
	}
	return names, x, notes, nil
}

// needs returns an error that names every column that a table lacks.
func (e *featureEncoder) needs(t *table.Table) error {
	there := t.Names()
	var absent []string
	for _, c := range e.columns {
		if !slices.Contains(there, c.name) {
			absent = append(absent, c.name)
		}
	}
	if len(absent) > 0 {
		return command.Data("column %s of the training table is missing (add it, or take it out of the training table)", command.Quoted(absent))
	}
	return nil
}

// encodeTexts returns the 0/1 features of a column, and how many cells belong
// to none of them.
func (e columnEncoder) encodeTexts(c table.Column, rows int) (x [][]float32, unseen int) {
	x = make([][]float32, len(e.features))
	for j := range x {
		x[j] = make([]float32, rows)
	}
	for i := range rows {
		cell := cellText(c, i)
		j, known := e.position[cell]
		if !known && cell != missingText {
			j, known = e.other, e.other >= 0
		}
		if !known {
			unseen++
			continue
		}
		x[j][i] = 1
	}
	return x, unseen
}

// cellNumbers returns a column as numbers, NaN where missing. A column that is
// empty in one table and numbers in the other is texts there; text that is no
// number is an error.
func cellNumbers(c table.Column) ([]float32, error) {
	if c.Numbers != nil {
		return c.Numbers, nil
	}
	numbers := make([]float32, len(c.Texts))
	for i := range numbers {
		cell := cellText(c, i)
		if cell == "" {
			numbers[i] = float32(math.NaN())
			continue
		}
		v, err := strconv.ParseFloat(cell, 32)
		if err != nil {
			return nil, fmt.Errorf("column %q: row %d is %q, not a number", c.Name, i+1, cell)
		}
		numbers[i] = float32(v)
	}
	return numbers, nil
}
