package logistic

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
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
	newton, goal := o.terms <= newtonTerms, gradientGoal
	if newton {
		goal = nearEnough
	}
	beta := make([]float64, o.terms+1)
	beta[o.terms] = o.startingIntercept()
	var err error
	m.status, m.iterations, err = o.lbfgs(ctx, beta, goal, maxIterations)
	if err != nil || !newton {
		m.adopt(beta, nil)
		return err
	}
	status, steps, stdErrs, err := o.newton(ctx, beta, maxIterations)
	m.status, m.iterations = status, m.iterations+steps
	m.adopt(beta, stdErrs)
	return err
}

// startingIntercept returns the log-odds of the weighted rate.
func (o *objective) startingIntercept() float64 {
	positives := floats.Dot(o.weights, o.y)
	return math.Log(positives / (o.total - positives))
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
