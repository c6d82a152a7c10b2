package btyd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

const (
	// warmRows is how many rows the way to the neighbourhood of the optimum is
	// found with.
	warmRows = 8192
	// nearEnough is the gradient of the mean log-likelihood at which BFGS hands
	// over to Newton's method.
	nearEnough = 1e-4
	// decrementGoal is the square of the distance to the optimum in standard
	// errors at which Newton's method stops.
	decrementGoal = 1e-14
	// stalls is how many slow steps that gain less than stallGain of the
	// log-likelihood end the fit: it has reached an edge, or rounding.
	stalls    = 3
	stallGain = 1e-9
	// longestStep bounds a step: a factor of e^2 for a parameter.
	longestStep = 2
	// vague is the standard error of a logarithm above which the data do not
	// tell a parameter from another a hundred times as large.
	vague = 5
)

// optimum is where an objective is smallest.
type optimum struct {
	theta      []float64
	value      float64
	status     Status
	iterations int
	covariance *mat.SymDense // of theta; nothing along directions that are vague
}

// minimise starts with BFGS on some of the rows, and goes on with Newton's method
// on all.
func (o *objective) minimise(ctx context.Context, maxIterations int) (*optimum, error) {
	warm := *o
	warm.rows = everyNth(o.rows, warmRows)
	warm.total = totalWeight(warm.rows)
	theta, iterations, err := warm.bfgs(ctx, maxIterations)
	if err != nil {
		return nil, err
	}
	gradient := make([]float64, len(theta))
	warm.gradient(gradient, theta)
	best, err := o.newton(ctx, theta, warm.hessian(theta, gradient), maxIterations)
	if err != nil {
		return nil, err
	}
	best.iterations += iterations
	return best, nil
}

func totalWeight(rows []row) float64 {
	sum := 0.0
	for i := range rows {
		sum += rows[i].weight
	}
	return sum
}

func (o *objective) bfgs(ctx context.Context, maxIterations int) ([]float64, int, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	e := evaluation{objective: o, theta: make([]float64, len(o.start)), gradient: make([]float64, len(o.start))}
	problem := optimize.Problem{
		Func:   func(theta []float64) float64 { e.move(theta); return e.value },
		Grad:   func(dst, theta []float64) { e.move(theta); copy(dst, e.gradient) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() },
	}
	settings := &optimize.Settings{
		GradientThreshold: nearEnough,
		MajorIterations:   maxIterations,
		Converger:         optimize.NeverTerminate{},
	}
	result, err := optimize.Minimize(problem, o.start, settings, &optimize.BFGS{})
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	// A line search that found nothing lower has come as far as rounding lets it.
	if err != nil && !errors.Is(err, optimize.ErrLinesearcherFailure) && !errors.Is(err, optimize.ErrNoProgress) &&
		!errors.Is(err, optimize.ErrLinesearcherBound) && !errors.Is(err, optimize.ErrNonDescentDirection) {
		return nil, 0, fmt.Errorf("BFGS: %w", err)
	}
	return result.X, result.MajorIterations, nil
}

// evaluation is an objective at a place. gonum asks for value and gradient one
// after the other, and one pass over the rows gives both.
type evaluation struct {
	objective *objective
	theta     []float64
	value     float64
	gradient  []float64
	done      bool
}

// move evaluates at theta, unless it is there already.
func (e *evaluation) move(theta []float64) {
	if e.done && floats.Equal(e.theta, theta) {
		return
	}
	copy(e.theta, theta)
	e.value, e.done = e.objective.gradient(e.gradient, theta), true
}

// newton steps with the given Hessian, of an objective that resembles o, as long
// as the gradient shrinks fast; then with its own.
func (o *objective) newton(ctx context.Context, theta []float64, h *mat.EigenSym, maxIterations int) (*optimum, error) {
	gradient := make([]float64, len(theta))
	value := o.gradient(gradient, theta)
	best := &optimum{status: Limit}
	stalled := 0
	for own := false; best.iterations < maxIterations && stalled < stalls; best.iterations++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step := newtonStep(h, gradient)
		decrement := floats.Dot(step, gradient)
		if o.total*decrement <= decrementGoal {
			best.status = Converged
			break
		}
		after := o.descend(theta, gradient, value, step)
		if floats.Dot(newtonStep(h, gradient), gradient) > decrement/25 {
			if own && o.total*(value-after) < stallGain {
				stalled++
			}
			h, own = o.hessian(theta, gradient), true
		}
		value = after
	}
	best.theta, best.value = theta, value
	o.judge(best, o.hessian(theta, gradient))
	return best, nil
}

// descend moves theta against step, halved until the value falls, returns the
// new value and writes the new gradient. Where rounding hides the fall, it trusts
// the step.
func (o *objective) descend(theta, gradient []float64, before float64, step []float64) (after float64) {
	start, slope := slices.Clone(theta), floats.Dot(step, gradient)
	rounding := 1e-12 * math.Max(1, math.Abs(before))
	for length := 1.0; length > 1e-4; length /= 2 {
		floats.AddScaledTo(theta, start, -length, step)
		after = o.gradient(gradient, theta)
		if after < before-1e-4*length*slope || slope < rounding {
			return after
		}
	}
	copy(theta, start)
	return o.gradient(gradient, theta)
}

// newtonStep returns the step that Newton's method subtracts, with the absolute
// values of the eigenvalues, so that it always descends, and a bounded length.
func newtonStep(h *mat.EigenSym, gradient []float64) []float64 {
	n := len(gradient)
	values := h.Values(nil)
	var vectors mat.Dense
	h.VectorsTo(&vectors)
	least := 1e-12 * floats.Max(values)
	step := make([]float64, n)
	for k, value := range values {
		along := 0.0
		for i := range n {
			along += vectors.At(i, k) * gradient[i]
		}
		along /= max(math.Abs(value), least)
		for i := range n {
			step[i] += along * vectors.At(i, k)
		}
	}
	if length := floats.Norm(step, math.Inf(1)); length > longestStep {
		floats.Scale(longestStep/length, step)
	}
	return step
}

// hessian differentiates the gradient, which is given at theta. The differences
// are one-sided: half as many passes over the rows, for an error of 1e-5.
func (o *objective) hessian(theta, gradient []float64) *mat.EigenSym {
	const step = 1e-5
	n := len(theta)
	at, ahead := slices.Clone(theta), make([]float64, n)
	full := mat.NewDense(n, n, nil)
	for i := range n {
		at[i] = theta[i] + step
		o.gradient(ahead, at)
		at[i] = theta[i]
		for j := range n {
			full.Set(i, j, (ahead[j]-gradient[j])/step)
		}
	}
	h := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			h.SetSym(i, j, (full.At(i, j)+full.At(j, i))/2)
		}
	}
	var eigen mat.EigenSym
	eigen.Factorize(h, true)
	return &eigen
}

// judge fills in the covariance, and finds optima at a boundary: directions in
// which the likelihood is flat, or parameters that ran away. What is known of
// those has no covariance.
func (o *objective) judge(best *optimum, h *mat.EigenSym) {
	n := len(best.theta)
	var vectors mat.Dense
	h.VectorsTo(&vectors)
	best.covariance = mat.NewSymDense(n, nil)
	unknown := make([]float64, n) // share of each parameter in vague directions
	for k, value := range h.Values(nil) {
		if value*o.total >= 1.0/(vague*vague) {
			best.covariance.SymRankOne(best.covariance, 1/(value*o.total), vectors.ColView(k))
			continue
		}
		best.status = Boundary
		for i := range unknown {
			unknown[i] += vectors.At(i, k) * vectors.At(i, k)
		}
	}
	for i := range best.theta {
		// At the barrier it is the barrier that is curved, not the likelihood.
		if math.Abs(best.theta[i]-o.start[i]) > barrier-0.5 {
			best.status, unknown[i] = Boundary, 1
		}
		if unknown[i] > 0.5 {
			for j := range n {
				best.covariance.SetSym(i, j, 0)
			}
		}
	}
}
