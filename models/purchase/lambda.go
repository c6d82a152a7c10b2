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
	sampleRows = 20_000 // on which penalties compete; more changes no third digit

	choiceOutcomes = 100  // of each kind: with fewer, folds tell no penalty from another
	unchosen       = 1000 // the penalty then
)

// ChooseLambda returns the strongest penalty whose cross-validated log loss is
// within one standard error of the best: the one-standard-error rule of Breiman
// et al. (1984), with the standard error of the paired differences, because the
// same rows are easy for every penalty. Folds hold whole customers. The rule
// leans to the simpler model because folds share the season of the training
// cutoffs, and tomorrow does not. It costs a fit for every fold and penalty, but
// tries no stronger penalty after one that is too strong. A shop too young for that
// gets a strong one.
func ChooseLambda(ctx context.Context, train leaderboard.Rows) (float64, error) {
	rows := train.Sample(sampleRows)
	if positives := rows.Positives(); min(positives, len(rows.Y)-positives) < choiceOutcomes {
		return unchosen, nil
	}
	chosen, err := strongest(Lambdas(), func(lambda float64) ([]float64, error) {
		losses, err := crossFit(ctx, lambda, rows)
		if err != nil {
			return nil, err
		}
		evaluate.LogLosses(losses, rows.Y, losses)
		return losses, nil
	})
	if err != nil {
		return 0, fmt.Errorf("purchase: choose penalty: %w", err)
	}
	return chosen, nil
}

// strongest returns the last of the ascending lambdas before the losses of the
// rows exceed the least by more than the standard error of the difference.
func strongest(lambdas []float64, lossesAt func(lambda float64) ([]float64, error)) (chosen float64, err error) {
	var best []float64
	for _, lambda := range lambdas {
		losses, err := lossesAt(lambda)
		if err != nil {
			return 0, fmt.Errorf("%g: %w", lambda, err)
		}
		worse, standardError := excess(losses, best)
		if worse > standardError {
			break
		}
		if best == nil || worse < 0 {
			best = losses
		}
		chosen = lambda
	}
	return chosen, nil
}

// excess returns the mean of losses less those of best, and its standard error;
// 0 where there is no best yet.
func excess(losses, best []float64) (mean, standardError float64) {
	if best == nil {
		return 0, 0
	}
	n := float64(len(losses))
	for i := range losses {
		mean += (losses[i] - best[i]) / n
	}
	for i := range losses {
		d := losses[i] - best[i] - mean
		standardError += d * d
	}
	return mean, math.Sqrt(standardError) / n
}

// crossFit predicts rows by regressions that did not see their customers.
func crossFit(ctx context.Context, lambda float64, rows leaderboard.Rows) ([]float64, error) {
	return rows.CrossFit(folds, func(others leaderboard.Rows) (leaderboard.Model, error) {
		return fitPenalised(ctx, lambda, others, nil)
	})
}
