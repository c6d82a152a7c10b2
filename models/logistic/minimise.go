package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

const (
	// newtonTerms is the largest number of terms whose Hessian is computed: its
	// time grows with the square, its memory with shards times the square.
	newtonTerms = 512
	// nearEnough is the gradient per row at which LBFGS hands over to Newton's
	// method, whose steps cost more and then converge quadratically.
	nearEnough = 1e-3
	// gradientGoal ends LBFGS where there is no Newton's method to follow.
	gradientGoal = 1e-8
	// decrementGoal is the square of the distance to the minimum in standard
	// errors at which Newton's method stops.
	decrementGoal = 1e-16
)

// minimise fills in m's coefficients, standard errors and status.
func (o *objective) minimise(ctx context.Context, m *Model, maxIterations int) error {
	beta := make([]float64, o.terms+1)
	beta[o.terms] = o.startingIntercept()
	if err := ctx.Err(); err != nil {
		return err
	}
	newton := o.terms <= newtonTerms
	goal := gradientGoal
	if newton {
		goal = nearEnough
	}
	result, err := o.lbfgs(ctx, beta, goal, maxIterations)
	if err != nil {
		return err
	}
	m.iterations = result.MajorIterations
	if result.Status == optimize.GradientThreshold {
		m.status = Converged
	}
	copy(beta, result.X)
	var stdErrs []float64
	if newton {
		var steps int
		m.status, steps, stdErrs, err = o.newton(ctx, beta, maxIterations)
		if err != nil {
			return err
		}
		m.iterations += steps
	}
	m.adopt(beta, stdErrs)
	return nil
}

// startingIntercept returns the log-odds of the weighted rate.
func (o *objective) startingIntercept() float64 {
	positives := floats.Dot(o.weights, o.y)
	return math.Log(positives / (o.total - positives))
}

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
			return Limit, steps, nil, fmt.Errorf("Newton step: %w", err)
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

// adopt takes over coefficients and, unless nil, standard errors.
func (m *Model) adopt(beta, stdErrs []float64) {
	last := len(m.terms)
	m.intercept = beta[last]
	for k, t := range m.terms {
		t.Coefficient = beta[k]
	}
	if stdErrs == nil {
		return
	}
	m.interceptErr = stdErrs[last]
	for k, t := range m.terms {
		t.StdErr = stdErrs[k]
	}
}
