package gbdt

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Importance is how much a model relies on a column.
type Importance struct {
	Column string
	Value  float64
}

// GainImportance returns the loss that all splits on each column saved, as their
// Gain says. Like all importances it has every column of the fit, the greatest
// first, equal ones by name.
func (m *Model) GainImportance() []Importance {
	return m.importanceOfNodes(func(t *Tree, i int) float64 { return float64(t.Gain[i]) })
}

// SplitImportance returns the number of splits on each column.
func (m *Model) SplitImportance() []Importance {
	return m.importanceOfNodes(func(*Tree, int) float64 { return 1 })
}

func (m *Model) importanceOfNodes(worth func(t *Tree, i int) float64) []Importance {
	values := make([]float64, len(m.Columns))
	for k := range m.Trees {
		t := &m.Trees[k]
		for i, column := range t.Feature {
			values[column] += worth(t, i)
		}
	}
	return m.sortedImportances(values)
}

// ContributionImportance returns the mean absolute contribution of each column to
// the margin of the given rows, as Explain measures it. Columns are matched by
// name as Predict does. No rows is an error.
func (m *Model) ContributionImportance(columns []string, x [][]float32) ([]Importance, error) {
	if len(x) == 0 || len(x[0]) == 0 {
		return nil, fmt.Errorf("gbdt: contribution importance: no rows")
	}
	values := make([]float64, len(m.Columns))
	contributions := make([][]float64, len(m.Columns))
	for j := range contributions {
		contributions[j] = make([]float64, len(x[0]))
	}
	if err := m.Explain(contributions, columns, x); err != nil {
		return nil, err
	}
	for j, column := range contributions {
		for _, v := range column {
			values[j] += math.Abs(v)
		}
		values[j] /= float64(len(column))
	}
	return m.sortedImportances(values), nil
}

// sortedImportances names values[j], that of column j, and sorts them.
func (m *Model) sortedImportances(values []float64) []Importance {
	importances := make([]Importance, len(values))
	for j, v := range values {
		importances[j] = Importance{m.Columns[j], v}
	}
	slices.SortFunc(importances, func(a, b Importance) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), strings.Compare(a.Column, b.Column))
	})
	return importances
}
