package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// newton improves beta by Newton's method with step halving, and returns the
// standard errors that the last Hessian gives.
func (o *objective) newton(ctx context.Context, beta []float64, maxIterations int) (status Status, steps int, stdErrs []float64, err error) {
	gradient := make([]float64, len(beta))
	value := o.gradient(gradient, beta)
	for {
		if err := ctx.Err(); err != nil {
			return Limit, steps, nil, err
		}
		var factor mat.Cholesky
		if !factor.Factorize(o.hessian(beta)) {
			return Limit, steps, nil, errors.New("the Hessian is singular (raise Lambda)")
		}
		step := mat.NewVecDense(len(beta), nil)
		if err := factor.SolveVecTo(step, mat.NewVecDense(len(beta), gradient)); err != nil {
			return Limit, steps, nil, fmt.Errorf("step of Newton's method: %w", err)
		}
		gain := floats.Dot(gradient, step.RawVector().Data)
		status = Limit
		if o.total*gain <= decrementGoal {
			status = Converged
		}
		if status == Converged || steps == maxIterations {
			stdErrs, err = o.standardErrors(&factor)
			return status, steps, stdErrs, err
		}
		value = o.descend(beta, gradient, value, step.RawVector().Data, gain)
		steps++
	}
}

// descend moves beta against step, halved until the value falls from before by
// some of the gain that is promised for all of it, and returns the new value and
// writes the new gradient.
func (o *objective) descend(beta, gradient []float64, before float64, step []float64, gain float64) (after float64) {
	// Relative: gains below it do not show in the value, and the step is taken
	// on trust; that near to the minimum, Newton's method does not overshoot.
	const rounding = 1e-10
	start := slices.Clone(beta)
	for {
		floats.AddScaledTo(beta, start, -1, step)
		after = o.gradient(gradient, beta)
		if after < before || gain <= rounding*before {
			return after
		}
		floats.Scale(0.5, step)
		gain /= 2
	}
}

// standardErrors returns the square roots of the diagonal of the inverse of the
// Hessian of the summed, penalised loss.
func (o *objective) standardErrors(factor *mat.Cholesky) ([]float64, error) {
	inverse := mat.NewSymDense(factor.SymmetricDim(), nil)
	if err := factor.InverseTo(inverse); err != nil {
		return nil, fmt.Errorf("standard errors: %w", err)
	}
	stdErrs := make([]float64, factor.SymmetricDim())
	for k := range stdErrs {
		stdErrs[k] = math.Sqrt(inverse.At(k, k) / o.total)
	}
	return stdErrs, nil
}
