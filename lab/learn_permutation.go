package lab

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"perennial/models/evaluate"
)

// shuffles is how often a column is shuffled: the mean of five is steady enough
// to order columns that matter.
const shuffles = 5

// rise is what happens when the cells of a column are shuffled.
type rise struct {
	column   string
	features []int   // of the model, that the column is behind
	loss     float64 // by which the mean log loss rises
}

// permutationImportance returns by how much the log loss of the test rows rises
// when the cells of a column of the table are shuffled among them (Breiman,
// Random forests, 2001, section 10). The features of one text are shuffled
// together. Shuffles are keyed by the column's name.
func (t *trial) permutationImportance() ([]rise, error) {
	var rises []rise
	for j, source := range t.test.sources {
		k := slices.IndexFunc(rises, func(r rise) bool { return r.column == source })
		if k < 0 {
			k = len(rises)
			rises = append(rises, rise{column: source})
		}
		rises[k].features = append(rises[k].features, j)
	}
	before := meanLogLoss(t.test.Y, t.predictions)
	for k := range rises {
		random := rand.New(rand.NewPCG(seedOf(rises[k].column), 0))
		var after float64
		for range shuffles {
			loss, err := t.shuffledLoss(rises[k].features, random.Perm(len(t.test.Y)))
			if err != nil {
				return nil, err
			}
			after += loss
		}
		rises[k].loss = after/shuffles - before
	}
	return rises, nil
}

// shuffledLoss returns the log loss when the cells of features come from the
// rows of order.
func (t *trial) shuffledLoss(features, order []int) (float64, error) {
	x := slices.Clone(t.test.X)
	for _, j := range features {
		x[j] = make([]float32, len(order))
		for i, from := range order {
			x[j][i] = t.test.X[j][from]
		}
	}
	p := make([]float64, len(order))
	if err := t.model.Predict(p, t.test.Columns, x); err != nil {
		return 0, err
	}
	return meanLogLoss(t.test.Y, p), nil
}

func meanLogLoss(y, p []float64) float64 {
	losses := make([]float64, len(y))
	evaluate.LogLosses(losses, y, p)
	var sum float64
	for _, loss := range losses {
		sum += loss
	}
	return sum / float64(len(y))
}

// seedOf returns a number for a column's name, so that its shuffles do not depend
// on the other columns.
func seedOf(column string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(column)) // a hash.Hash never fails
	return hash.Sum64()
}
