package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"

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
		decrement := o.total * floats.Dot(gradient, step.RawVector().Data)
		status = Limit
		if decrement <= decrementGoal {
			status = Converged
		}
		if status == Converged || steps == maxIterations || !o.descend(beta, gradient, &value, step.RawVector().Data) {
			stdErrs, err = o.standardErrors(&factor)
			return status, steps, stdErrs, err
		}
		steps++
	}
}

// descend moves beta against step, halved until the value falls, and updates
// gradient and value. It reports whether a lower value was found.
func (o *objective) descend(beta, gradient []float64, value *float64, step []float64) bool {
	const halvings = 30
	trial, trialGradient := make([]float64, len(beta)), make([]float64, len(beta))
	for k, length := 0, 1.0; k < halvings; k, length = k+1, length/2 {
		floats.AddScaledTo(trial, beta, -length, step)
		v := o.gradient(trialGradient, trial)
		// Near the minimum the value no longer tells points apart, the gradient does.
		flat := v-*value <= 1e-14*math.Abs(*value) && floats.Norm(trialGradient, 2) < floats.Norm(gradient, 2)
		if v < *value || flat {
			copy(beta, trial)
			copy(gradient, trialGradient)
			*value = v
			return true
		}
	}
	return false
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
