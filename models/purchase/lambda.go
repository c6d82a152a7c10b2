package purchase

import (
	"context"
	"fmt"
	"math"

	"perennial/models/evaluate"
	"perennial/models/leaderboard"
	"perennial/models/logistic"
)

// Lambdas are the penalties that ChooseLambda tries, weakest first. The penalty
// stands beside the sum of losses, so what a sample chooses holds for all rows.
var Lambdas = []float64{30, 100, 300, 1000, 3000}

const (
	folds      = 5
	sampleRows = 20_000 // of cross-fitting; more changes no third digit
)

// ChooseLambda returns the strongest penalty whose cross-validated log loss is
// within one standard error of the best: the one-standard-error rule of Breiman
// et al. (1984). Folds hold whole customers. The rule leans to the simpler model
// because folds share the season of the training cutoffs, and tomorrow does not.
func ChooseLambda(ctx context.Context, train leaderboard.Rows) (float64, error) {
	rows := sampled(train)
	losses := make([]float64, len(Lambdas))
	best, limit := 0, math.Inf(1)
	for k, lambda := range Lambdas {
		held, err := rows.CrossFit(folds, func(fold leaderboard.Rows) (leaderboard.Model, error) {
			return logistic.Config{Lambda: lambda}.Fit(ctx, fold.Columns, fold.X, fold.Y, nil)
		})
		if err != nil {
			return 0, fmt.Errorf("purchase: penalty %g: %w", lambda, err)
		}
		mean, standardError := lossOf(rows.Y, held)
		if losses[k] = mean; k == 0 || mean < losses[best] {
			best, limit = k, mean+standardError
		}
	}
	chosen := best
	for k := best; k < len(Lambdas) && losses[k] <= limit; k++ {
		chosen = k
	}
	return Lambdas[chosen], nil
}

// lossOf returns the mean log loss and its standard error.
func lossOf(y, p []float64) (mean, standardError float64) {
	losses := make([]float64, len(y))
	evaluate.LogLosses(losses, y, p)
	var squares float64
	for _, loss := range losses {
		mean += loss
		squares += loss * loss
	}
	n := float64(len(y))
	mean /= n
	return mean, math.Sqrt(math.Max(0, squares/n-mean*mean) / n)
}

// sampled returns the customers of at most sampleRows rows, drawn by hash.
func sampled(rows leaderboard.Rows) leaderboard.Rows {
	if len(rows.Y) <= sampleRows {
		return rows
	}
	share := float64(sampleRows) / float64(len(rows.Y))
	// The hash's high bits draw, its low bits make the folds.
	limit := uint64(share * math.MaxUint64)
	return rows.Where(func(i int) bool { return rows.Group[i] < limit })
}
