package lab

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"perennial/models/gbdt"
)

// labTrees is a boosted model on the bench, with the texts behind the codes of
// its categories.
type labTrees struct {
	trees  *gbdt.Model
	levels [][]string // of each column; nil where cells are numbers
}

// Columns returns the columns of the fit.
func (m *labTrees) Columns() []string { return m.trees.Columns }

// Base returns the margin that contributions are relative to.
func (m *labTrees) Base() float64 { return m.trees.Base() }

// Predict implements leaderboard.Model.
func (m *labTrees) Predict(dst []float64, columns []string, x [][]float32) error {
	return m.trees.Predict(dst, columns, x)
}

// Explain writes what each of Columns adds to the margin of a row.
func (m *labTrees) Explain(dst [][]float64, columns []string, x [][]float32) error {
	return m.trees.Explain(dst, columns, x)
}

// Write saves the model as LightGBM's model text. Space in a column's name
// becomes "_", as LightGBM has it. Texts are kept as the categories of pandas, so
// that LightGBM predicts a data frame whose texts are of the type category.
func (m *labTrees) Write(w io.Writer) error {
	named := *m.trees
	named.Columns = make([]string, len(m.trees.Columns))
	for j, name := range m.trees.Columns {
		named.Columns[j] = textName(name)
		if k := slices.Index(named.Columns[:j], named.Columns[j]); k >= 0 {
			return fmt.Errorf("columns %q and %q have one name without spaces (rename one)", m.trees.Columns[k], name)
		}
	}
	if err := named.Write(w); err != nil {
		return err
	}
	return gbdt.WriteCategories(w, slices.DeleteFunc(slices.Clone(m.levels), func(levels []string) bool { return levels == nil }))
}

// textName returns a column's name as LightGBM writes it.
func textName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, name)
}
