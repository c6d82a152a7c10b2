package calibrate

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Comparison is what Choose found about a method.
type Comparison struct {
	Method  Method
	LogLoss float64 // mean over rows, each calibrated by a fit without its fold
}

// Choose returns the simplest method that is as good as any, fitted on all rows,
// and the comparison of methods in their order. A more complex method has to
// lower the cross-fitted log loss of the method chosen so far by more than one
// standard error of the paired differences (as in the one-standard-error rule of
// Breiman et al. 1984).
//
// fold[i] is the fold of row i, any integers, at least two. Rows of one customer
// belong into one fold. Other inputs and errors are those of Fit, which has to
// succeed without any of the folds.
func Choose(p, y, weights []float64, fold []int) (*Model, []Comparison, error) {
	model, comparisons, err := choose(p, y, weights, fold)
	if err != nil {
		return nil, nil, fmt.Errorf("calibrate: choose: %w", err)
	}
	return model, comparisons, nil
}

func choose(p, y, weights []float64, fold []int) (*Model, []Comparison, error) {
	if err := validate(p, y, weights); err != nil {
		return nil, nil, err
	}
	if len(fold) != len(p) {
		return nil, nil, fmt.Errorf("%d fold numbers for %d rows", len(fold), len(p))
	}
	var chosen Method
	var chosenLosses []float64
	var comparisons []Comparison
	for _, method := range methods() {
		losses, err := crossFittedLosses(method, p, y, weights, fold)
		if err != nil {
			return nil, nil, err
		}
		mean, _ := meanAndError(losses, weights)
		comparisons = append(comparisons, Comparison{method, mean})
		if chosen == "" || better(losses, chosenLosses, weights) {
			chosen, chosenLosses = method, losses
		}
	}
	model, err := Config{Method: chosen}.Fit(p, y, weights)
	return model, comparisons, err
}

// crossFittedLosses returns the log loss of each row, calibrated by a fit in
// which its fold has weight 0.
func crossFittedLosses(method Method, p, y, weights []float64, fold []int) ([]float64, error) {
	folds := slices.Compact(slices.Sorted(slices.Values(fold)))
	if len(folds) < 2 {
		return nil, errors.New("all rows are in one fold (give at least two)")
	}
	losses := make([]float64, len(p))
	for _, f := range folds {
		others := make([]float64, len(p))
		for i := range others {
			if fold[i] != f {
				others[i] = weight(weights, i)
			}
		}
		m, err := Config{Method: method}.Fit(p, y, others)
		if err != nil {
			return nil, fmt.Errorf("without fold %d: %w", f, err)
		}
		for i := range losses {
			if fold[i] == f {
				losses[i] = logLoss(y[i], m.curve.at(p[i]))
			}
		}
	}
	return losses, nil
}

// better reports whether losses are lower than those of the simpler method by
// more than the standard error of the difference.
func better(losses, simpler, weights []float64) bool {
	differences := make([]float64, len(losses))
	for i := range differences {
		differences[i] = simpler[i] - losses[i]
	}
	mean, stdErr := meanAndError(differences, weights)
	return mean > stdErr
}

// meanAndError returns the weighted mean of v and its standard error, weights
// counting as numbers of rows.
func meanAndError(v, weights []float64) (mean, stdErr float64) {
	sum, total := 0.0, 0.0
	for i := range v {
		sum += weight(weights, i) * v[i]
		total += weight(weights, i)
	}
	mean = sum / total
	squares := 0.0
	for i := range v {
		squares += weight(weights, i) * (v[i] - mean) * (v[i] - mean)
	}
	return mean, math.Sqrt(squares) / total
}

func logLoss(y, p float64) float64 {
	p = min(max(p, certain), 1-certain)
	return -(y*math.Log(p) + (1-y)*math.Log1p(-p))
}
