package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Select returns the config that predicts held-out rows best, and the mean log
// loss of each config; of equal ones the first. fold[i] is the fold of row i: each fold
// is held out once and predicted by a fit on the others. Rows of one customer
// belong into one fold. Other inputs and errors are those of Fit; a single fold
// is an error, too. It costs configs × folds fits.
func Select(ctx context.Context, configs []Config, columns []string, x [][]float32, y, weights []float64, fold []int) (best Config, losses []float64, err error) {
	if err := validateRows(columns, x, y, weights); err != nil {
		return Config{}, nil, fmt.Errorf("logistic: select: %w", err)
	}
	folds := slices.Compact(slices.Sorted(slices.Values(fold)))
	switch {
	case len(configs) == 0:
		return Config{}, nil, errors.New("logistic: select: no configs")
	case len(fold) != len(y):
		return Config{}, nil, fmt.Errorf("logistic: select: %d fold numbers for %d rows", len(fold), len(y))
	case len(folds) < 2:
		return Config{}, nil, errors.New("logistic: select: all rows are in one fold (give at least two)")
	}
	weights = classWeights(y, weights, false)
	heldOut := make([]float64, len(y))
	chosen := 0
	for k, c := range configs {
		for _, f := range folds {
			if err := c.predictFold(ctx, heldOut, columns, x, y, weights, fold, f); err != nil {
				return Config{}, nil, fmt.Errorf("logistic: select: config %d without fold %d: %w", k, f, err)
			}
		}
		losses = append(losses, meanLogLoss(y, heldOut, weights))
		if losses[k] < losses[chosen] {
			chosen = k
		}
	}
	return configs[chosen], losses, nil
}

// predictFold writes to dst the probabilities of the rows of fold f, from a fit
// in which they have weight 0.
func (c Config) predictFold(ctx context.Context, dst []float64, columns []string, x [][]float32, y, weights []float64, fold []int, f int) error {
	others, p := slices.Clone(weights), make([]float64, len(y))
	for i := range others {
		if fold[i] == f {
			others[i] = 0
		}
	}
	m, err := c.Fit(ctx, columns, x, y, others)
	if err != nil {
		return err
	}
	if err := m.Predict(p, columns, x); err != nil {
		return err
	}
	for i := range p {
		if fold[i] == f {
			dst[i] = p[i]
		}
	}
	return nil
}

// meanLogLoss returns −Σw·log P(y) / Σw. Probabilities are kept 1e-15 away from
// 0 and 1, so that one certain mistake is not the whole sum.
func meanLogLoss(y, p, weights []float64) float64 {
	const floor = 1e-15
	sum, total := 0.0, 0.0
	for i := range y {
		of := p[i] // the probability of what happened
		if y[i] == 0 {
			of = 1 - of
		}
		sum -= weights[i] * math.Log(max(of, floor))
		total += weights[i]
	}
	return sum / total
}
