package golearn

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// ForestConfig trains a random forest of golearn's ID3 trees. The zero value
// means the defaults. It cannot learn from more than MaxRows rows, nor from
// weights that are not counts, and it splits a column only once on a path.
type ForestConfig struct {
	Trees    int    // default 50
	Features int    // candidate features per node; default the square root of their number
	MinSplit int    // a node with fewer rows is a leaf; default 50
	MaxRows  int    // rows trained on, drawn by a hash of their content; default 10,000
	Seed     uint64 // of that draw, and of every tree's rows and features
}

func (c ForestConfig) withDefaults() (ForestConfig, error) {
	if min(c.Trees, c.Features, c.MinSplit, c.MaxRows) < 0 {
		return c, fmt.Errorf("negative setting in %+v (0 means the default)", c)
	}
	fill := func(setting *int, value int) {
		if *setting == 0 {
			*setting = value
		}
	}
	fill(&c.Trees, 50)
	fill(&c.MinSplit, 50)
	fill(&c.MaxRows, 10_000)
	return c, nil
}

// Forest predicts the share of positives among the training rows that fell into
// the same leaf, averaged over trees. It is immutable and safe to share.
type Forest struct {
	imputer imputer
	trees   []tree
}

// Fit learns P(y = 1) from columns. x[j][i] is feature j of row i, NaN when
// missing; y is 0 or 1; weights are whole repetitions of the rows, nil meaning
// ones. Neither the order of the rows nor the number of processors changes a bit.
// A cancelled ctx ends a tree within one split.
//
// Each tree sees 63% of the sample, drawn without replacement (package comment,
// 10), and draws its candidate features anew at each node (Breiman 2001).
func (c ForestConfig) Fit(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (*Forest, error) {
	forest, err := c.fit(ctx, columns, x, y, weights)
	if err != nil {
		return nil, fmt.Errorf("golearn: fit forest: %w", err)
	}
	return forest, nil
}

func (c ForestConfig) fit(ctx context.Context, columns []string, x [][]float32, y, weights []float64) (*Forest, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	rows, err := trainingRows(c.Seed, columns, x, y, weights, c.MaxRows)
	if err != nil {
		return nil, err
	}
	forest := &Forest{imputer: fitImputer(columns, x, rows)}
	features := forest.imputer.width()
	if c.Features == 0 {
		c.Features = int(math.Round(math.Sqrt(float64(features))))
	}
	g := grower{config: c, table: newGrowthTable(&forest.imputer, x, y, rows)}
	forest.trees = make([]tree, c.Trees)
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for k := range forest.trees {
		workers.Go(func() (err error) {
			if forest.trees[k], err = g.grow(ctx, k); err != nil {
				err = fmt.Errorf("tree %d: %w", k, err)
			}
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	return forest, nil
}

// Predict writes P(y = 1) of each row into dst. columns names x's columns in any
// order; the lack of one that the forest was fitted on is an error, others are
// ignored. x[j] has len(dst) rows, NaN when missing.
func (m *Forest) Predict(dst []float64, columns []string, x [][]float32) error {
	picked, err := pick(m.imputer.columns, columns, x, len(dst))
	if err != nil {
		return fmt.Errorf("golearn: predict with forest: %w", err)
	}
	for i := range dst {
		sum := 0.0
		for _, t := range m.trees {
			sum += t[t.leafOf(&m.imputer, picked, i)].Probability
		}
		dst[i] = sum / float64(len(m.trees))
	}
	return nil
}
