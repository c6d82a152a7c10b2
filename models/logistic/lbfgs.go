package logistic

import (
	"context"
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// lbfgs improves beta until no component of the gradient exceeds goal, by the
// limited-memory method of Broyden, Fletcher, Goldfarb and Shanno (Liu & Nocedal
// 1989).
func (o *objective) lbfgs(ctx context.Context, beta []float64, goal float64, maxIterations int) (Status, int, error) {
	if err := ctx.Err(); err != nil {
		return Limit, 0, err
	}
	e := evaluation{objective: o, beta: make([]float64, len(beta)), gradient: make([]float64, len(beta))}
	problem := optimize.Problem{
		Func:   func(beta []float64) float64 { e.move(beta); return e.value },
		Grad:   func(dst, beta []float64) { e.move(beta); copy(dst, e.gradient) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() },
	}
	settings := &optimize.Settings{
		GradientThreshold: goal,
		MajorIterations:   maxIterations,
		Converger:         optimize.NeverTerminate{},
	}
	result, err := optimize.Minimize(problem, beta, settings, &optimize.LBFGS{})
	if ctx.Err() != nil {
		return Limit, 0, ctx.Err()
	}
	if err != nil && !exhausted(err) {
		return Limit, 0, fmt.Errorf("LBFGS: %w", err)
	}
	copy(beta, result.X)
	if result.Status == optimize.GradientThreshold {
		return Converged, result.MajorIterations, nil
	}
	return Limit, result.MajorIterations, nil
}

// evaluation is an objective at a place. gonum asks for value and gradient one
// after the other, and one pass over the rows gives both.
type evaluation struct {
	objective *objective
	beta      []float64
	value     float64
	gradient  []float64
	done      bool
}

// move evaluates at beta, unless it is there already.
func (e *evaluation) move(beta []float64) {
	if e.done && floats.Equal(e.beta, beta) {
		return
	}
	copy(e.beta, beta)
	e.value, e.done = e.objective.gradient(e.gradient, beta), true
}

// exhausted reports whether err says that a line search found nothing lower: it
// has come as far as rounding lets it, and the best point so far is usable.
func exhausted(err error) bool {
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrLinesearcherBound) ||
		errors.Is(err, optimize.ErrNoProgress) || errors.Is(err, optimize.ErrNonDescentDirection)
}
