package basket

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// blend weighs features into log-odds. Its weights are pulled towards a prior, so
// that a shop with few examples gets the closed form that the prior stands for.
type blend struct {
	prior []float64
	x     []float32 // examples one after the other, len(prior) numbers each
	y     []bool
	w     []float32
}

// add adds an example of weight w.
func (b *blend) add(x []float64, y bool, w float64) {
	for _, v := range x {
		b.x = append(b.x, float32(v))
	}
	b.y, b.w = append(b.y, y), append(b.w, float32(w))
}

// fit maximises the weighted log-likelihood minus pull/2 times the squared distance
// from the prior, by Newton's method. The log-likelihood is concave: it converges
// from anywhere, and steps that overshoot are halved.
func (b *blend) fit(ctx context.Context, pull float64) ([]float64, error) {
	const iterations = 30
	weights := append([]float64(nil), b.prior...)
	value := b.objective(weights, pull)
	for range iterations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step, err := b.newton(weights, pull)
		if err != nil {
			return nil, err
		}
		next, nextValue := b.descend(weights, step, value, pull)
		moved := value - nextValue
		weights, value = next, nextValue
		if moved <= 1e-9*math.Abs(value) {
			break
		}
	}
	return weights, nil
}

// descend goes along step as far as the objective falls.
func (b *blend) descend(weights, step []float64, value, pull float64) ([]float64, float64) {
	next := make([]float64, len(weights))
	for scale := 1.0; scale > 1e-4; scale /= 2 {
		for k := range next {
			next[k] = weights[k] + scale*step[k]
		}
		if v := b.objective(next, pull); v < value {
			return next, v
		}
	}
	return weights, value
}

func (b *blend) row(i int) []float32 { return b.x[i*len(b.prior) : (i+1)*len(b.prior)] }

// objective returns the penalised negative log-likelihood.
func (b *blend) objective(weights []float64, pull float64) float64 {
	sum := 0.0
	for k, v := range weights {
		sum += pull / 2 * (v - b.prior[k]) * (v - b.prior[k])
	}
	for i, y := range b.y {
		z := 0.0
		for k, v := range b.row(i) {
			z += float64(v) * weights[k]
		}
		if y {
			z = -z
		}
		sum += float64(b.w[i]) * (max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))))
	}
	return sum
}

// newton returns the Newton step at weights.
func (b *blend) newton(weights []float64, pull float64) ([]float64, error) {
	n := len(weights)
	hessian := make([]float64, n*n)
	gradient := make([]float64, n)
	for k, v := range weights {
		hessian[k*n+k] = pull
		gradient[k] = pull * (b.prior[k] - v)
	}
	for i, y := range b.y {
		x := b.row(i)
		z := 0.0
		for k, v := range x {
			z += float64(v) * weights[k]
		}
		p, w := sigmoid(z), float64(b.w[i])
		residual := -p * w
		if y {
			residual += w
		}
		w *= p * (1 - p)
		for k, v := range x {
			gradient[k] += residual * float64(v)
			scaled := w * float64(v)
			for l, u := range x[k:] {
				hessian[k*n+k+l] += scaled * float64(u)
			}
		}
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(mat.NewSymDense(n, hessian)) {
		return nil, fmt.Errorf("basket: blend of %d examples: the curvature is not positive definite", len(b.y))
	}
	step := mat.NewVecDense(n, nil)
	if err := cholesky.SolveVecTo(step, mat.NewVecDense(n, gradient)); err != nil {
		return nil, fmt.Errorf("basket: blend of %d examples: %w", len(b.y), err)
	}
	return step.RawVector().Data, nil
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
