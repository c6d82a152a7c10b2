package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// lbfgs minimises from start until no component of the gradient exceeds goal.
func (o *objective) lbfgs(ctx context.Context, start []float64, goal float64, maxIterations int) (*optimize.Result, error) {
	// gonum asks for value and gradient one after the other; one pass over the
	// rows gives both.
	at := make([]float64, len(start))
	gradient := make([]float64, len(start))
	value := math.NaN()
	evaluate := func(beta []float64) {
		if math.IsNaN(value) || !floats.Equal(at, beta) {
			copy(at, beta)
			value = o.gradient(gradient, beta)
		}
	}
	problem := optimize.Problem{
		Func:   func(beta []float64) float64 { evaluate(beta); return value },
		Grad:   func(dst, beta []float64) { evaluate(beta); copy(dst, gradient) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() },
	}
	settings := &optimize.Settings{
		GradientThreshold: goal,
		MajorIterations:   maxIterations,
		Converger:         optimize.NeverTerminate{},
	}
	result, err := optimize.Minimize(problem, start, settings, &optimize.LBFGS{})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && !exhausted(err) {
		return nil, fmt.Errorf("LBFGS: %w", err)
	}
	return result, nil
}

// exhausted reports whether err says that a line search found nothing lower: it
// has come as far as rounding lets it, and the best point so far is usable.
func exhausted(err error) bool {
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrLinesearcherBound) ||
		errors.Is(err, optimize.ErrNoProgress) || errors.Is(err, optimize.ErrNonDescentDirection)
}
