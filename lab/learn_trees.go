package lab

import (
	"fmt"
	"io"
	"math"
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

// Base returns what contributions are relative to, in log-odds where the model gives
// probabilities.
func (m *labTrees) Base() float64 { return m.logOdds() * m.trees.Base() }

// logOdds is the log-odds of one unit of margin, 1 for a model of amounts.
func (m *labTrees) logOdds() float64 {
	if s := m.trees.Objective.Sigmoid; m.trees.Objective.Loss == gbdt.Binary && s != 0 {
		return s
	}
	return 1
}

// Predict implements leaderboard.Model.
func (m *labTrees) Predict(dst []float64, columns []string, x [][]float32) error {
	return m.trees.Predict(dst, columns, x)
}

// Explain writes what each of Columns adds to Base in a row.
func (m *labTrees) Explain(dst [][]float64, columns []string, x [][]float32) error {
	if err := m.trees.Explain(dst, columns, x); err != nil {
		return err
	}
	if scale := m.logOdds(); scale != 1 {
		for _, added := range dst {
			for j := range added {
				added[j] *= scale
			}
		}
	}
	return nil
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
	named.Trees = slices.Clone(m.trees.Trees)
	for k := range named.Trees {
		named.Trees[k].Threshold = widened(&named.Trees[k])
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

// widened returns thresholds between the float32 that goes left and the next one:
// whoever reads a table with more digits sends every cell that rounds to a float32
// where the float32 goes.
func widened(t *gbdt.Tree) []float64 {
	wide := slices.Clone(t.Threshold)
	for i, v := range wide {
		low := float32(v)
		high := math.Nextafter32(low, float32(math.Inf(1)))
		if t.Decision[i].Categorical() || math.Abs(v) <= 2e-35 || float64(low) != v || math.IsInf(float64(high), 0) {
			continue
		}
		wide[i] = math.Nextafter(v+(float64(high)-v)/2, math.Inf(-1))
	}
	return wide
}
