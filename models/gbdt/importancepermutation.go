package gbdt

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// PermutationImportance returns by how much the loss of the predictions rises, on
// average over repeats, when the cells of a column are shuffled among the given
// rows (Breiman, Random forests, 2001, section 10): what the model loses without
// the column, on rows that it has not seen. Rises are in units of loss, below 0
// when the shuffled column does better.
//
// loss takes predictions and the labels y of the rows. Shuffles are keyed by seed,
// repeat and the column's name, so that the order of columns does not matter; a
// column that no split asks is 0 without one. Columns are matched by name as
// Predict does. Cost: a prediction for each repeat and column.
func (m *Model) PermutationImportance(columns []string, x [][]float32, y []float64, loss func(predictions, y []float64) float64, repeats int, seed uint64) ([]Importance, error) {
	x, rows, err := align(m.Columns, columns, x)
	switch {
	case err != nil:
	case rows == 0:
		err = errors.New("no rows")
	case len(y) != rows:
		err = fmt.Errorf("%d labels for %d rows", len(y), rows)
	case repeats < 1:
		err = fmt.Errorf("%d repeats (choose at least 1)", repeats)
	}
	if err != nil {
		return nil, fmt.Errorf("gbdt: permutation importance: %w", err)
	}
	lossOf := func(x [][]float32) (float64, error) {
		predictions := make([]float64, rows)
		if err := m.Predict(predictions, m.Columns, x); err != nil {
			return 0, fmt.Errorf("gbdt: permutation importance: %w", err)
		}
		return loss(predictions, y), nil
	}
	untouched, err := lossOf(x)
	if err != nil {
		return nil, err
	}
	values, asked := make([]float64, len(m.Columns)), m.asked()
	for j, name := range m.Columns {
		if !asked[j] {
			continue
		}
		shuffled := slices.Clone(x)
		for repeat := range repeats {
			shuffled[j] = shuffle(x[j], seed, uint64(repeat), name)
			after, err := lossOf(shuffled)
			if err != nil {
				return nil, err
			}
			values[j] += (after - untouched) / float64(repeats)
		}
	}
	return m.sortedImportances(values), nil
}

// asked says which columns a split asks.
func (m *Model) asked() []bool {
	asked := make([]bool, len(m.Columns))
	for k := range m.Trees {
		for _, column := range m.Trees[k].Feature {
			asked[column] = true
		}
	}
	return asked
}

// shuffle returns the cells in an order drawn by seed, repeat and name.
func shuffle(cells []float32, seed, repeat uint64, name string) []float32 {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	rng := rand.New(rand.NewPCG(seed, mix(hash.Sum64())+repeat))
	shuffled := slices.Clone(cells)
	rng.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
	return shuffled
}
