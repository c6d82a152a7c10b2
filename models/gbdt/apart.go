package gbdt

import "slices"

// Apart returns the model of the trees that never ask column, and that of those
// that do: their margins, and what Explain says, add up to m's to rounding. Who
// predicts the same rows with many values of the column, as the intervals of a
// pooled hazard, needs the first only once. Both read Columns as m does. A model
// that averages its trees is not taken apart: all of it asks.
func (m *Model) Apart(column string) (steady, asking *Model) {
	steady, asking = &Model{}, &Model{}
	*steady, *asking = *m, *m
	steady.Trees, asking.Trees = nil, nil
	asked := int32(slices.Index(m.Columns, column))
	for _, t := range m.Trees {
		if m.Average || slices.Contains(t.Feature, asked) {
			asking.Trees = append(asking.Trees, t)
		} else {
			steady.Trees = append(steady.Trees, t)
		}
	}
	steady.prepared, asking.prepared = prepare(*steady), prepare(*asking)
	return steady, asking
}
