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

// staleGain is the share of its gain that a step with an old Hessian must leave
// behind at most: beyond it a new Hessian, which costs as much as terms/2 gradients,
// is worth its price.
const staleGain = 0.1

// newton improves beta by Newton's method with step halving, and returns the
// standard errors that the Hessian at the minimum gives. A Hessian serves for as
// many steps as it goes on to gain by (Shamanskii 1967).
func (o *objective) newton(ctx context.Context, beta []float64, maxIterations int) (status Status, steps int, stdErrs []float64, err error) {
	gradient, step := make([]float64, len(beta)), mat.NewVecDense(len(beta), nil)
	value := o.gradient(gradient, beta)
	var factor mat.Cholesky
	stale, age, before := true, 0, math.Inf(1)
	for {
		if err := ctx.Err(); err != nil {
			return Limit, steps, nil, err
		}
		if stale {
			if !factor.Factorize(o.hessian(beta)) {
				return Limit, steps, nil, errors.New("the Hessian is singular (raise Lambda)")
			}
			stale, age = false, 0
		}
		if err := factor.SolveVecTo(step, mat.NewVecDense(len(beta), gradient)); err != nil {
			return Limit, steps, nil, fmt.Errorf("step of Newton's method: %w", err)
		}
		gain := floats.Dot(gradient, step.RawVector().Data)
		converged := o.total*gain <= decrementGoal
		if converged || steps == maxIterations {
			if stale = age > 0; stale {
				continue // what is left, and the standard errors, are for a Hessian of here to tell
			}
			if status = Limit; converged {
				status = Converged
				floats.AddScaled(beta, -1, step.RawVector().Data) // the step is there, and squares what is left
			}
			stdErrs, err = o.standardErrors(&factor)
			return status, steps, stdErrs, err
		}
		value = o.descend(beta, gradient, value, step.RawVector().Data, gain)
		steps++
		age++
		stale, before = gain > staleGain*before, gain
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
