package purchase

import (
	"context"
	"fmt"
	"math"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
)

// Lambdas returns the penalties that ChooseLambda tries, weakest first. The
// penalty stands beside the sum of losses, so what a sample chooses holds for all
// rows.
func Lambdas() []float64 { return []float64{30, 100, 300, 1000, 3000} }

const (
	folds      = 5
	sampleRows = 20_000 // of cross-fitting; more changes no third digit
)

// ChooseLambda returns the strongest penalty whose cross-validated log loss is
// within one standard error of the best: the one-standard-error rule of Breiman
// et al. (1984). Folds hold whole customers. The rule leans to the simpler model
// because folds share the season of the training cutoffs, and tomorrow does not.
// It costs a fit for every fold and penalty, but tries no stronger penalty after
// one that is too strong.
func ChooseLambda(ctx context.Context, train leaderboard.Rows) (float64, error) {
	rows := sampled(train)
	chosen, err := strongest(Lambdas(), func(lambda float64) (mean, standardError float64, err error) {
		held, err := crossFit(ctx, lambda, rows)
		if err != nil {
			return 0, 0, err
		}
		mean, standardError = lossOf(rows.Y, held)
		return mean, standardError, nil
	})
	if err != nil {
		return 0, fmt.Errorf("purchase: choose penalty: %w", err)
	}
	return chosen, nil
}

// strongest returns the last of the ascending lambdas before the mean loss rises
// above the least by more than its standard error.
func strongest(lambdas []float64, loss func(lambda float64) (mean, standardError float64, err error)) (chosen float64, err error) {
	least, limit := math.Inf(1), math.Inf(1)
	for _, lambda := range lambdas {
		mean, standardError, err := loss(lambda)
		if err != nil {
			return 0, fmt.Errorf("%g: %w", lambda, err)
		}
		if mean > limit {
			break
		}
		if mean < least {
			least, limit = mean, mean+standardError
		}
		chosen = lambda
	}
	return chosen, nil
}

// crossFit predicts rows by regressions that did not see their customers.
func crossFit(ctx context.Context, lambda float64, rows leaderboard.Rows) ([]float64, error) {
	return rows.CrossFit(folds, func(others leaderboard.Rows) (leaderboard.Model, error) {
		return fitPenalised(ctx, lambda, others)
	})
}

// lossOf returns the mean log loss and its standard error.
func lossOf(y, p []float64) (mean, standardError float64) {
	losses := make([]float64, len(y))
	evaluate.LogLosses(losses, y, p)
	n := float64(len(y))
	for _, loss := range losses {
		mean += loss / n
	}
	for _, loss := range losses {
		standardError += (loss - mean) * (loss - mean)
	}
	return mean, math.Sqrt(standardError) / n
}

// sampled returns the rows of a share of the customers, drawn by hash: about
// sampleRows of them.
func sampled(rows leaderboard.Rows) leaderboard.Rows {
	if len(rows.Y) <= sampleRows {
		return rows
	}
	share := float64(sampleRows) / float64(len(rows.Y))
	// The hash's high bits draw, its low bits make the folds.
	limit := uint64(share * math.MaxUint64)
	return rows.Where(func(i int) bool { return rows.Group[i] < limit })
}
