package gbdt

import "sync"

// prepared is what a model's trees are turned into to score and to explain many
// rows, each when it is first asked for.
type prepared struct {
	trees       []Tree
	forest      func() *forest
	explanation func() (*explanation, error)
}

// prepare returns the forms of m as it is now.
func prepare(m Model) *prepared {
	return &prepared{
		trees:       m.Trees,
		forest:      sync.OnceValue(func() *forest { return newForest(len(m.Columns), m.Trees) }),
		explanation: sync.OnceValues(func() (*explanation, error) { return newExplanation(&m) }),
	}
}

// ready returns the forms that m has kept if they are of its trees, else new ones: a
// model put together by hand has none, a copy whose Trees were replaced has others'.
func (m *Model) ready() *prepared {
	p := m.prepared
	if p == nil || len(p.trees) != len(m.Trees) || len(m.Trees) > 0 && &p.trees[0] != &m.Trees[0] {
		return prepare(*m)
	}
	return p
}
