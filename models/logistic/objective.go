package logistic

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// shards is the number of parts into which the rows are cut for summing. It is
// fixed, so that sums round alike on any number of cores.
const shards = 16

// objective is the penalised log loss per unit of row weight:
//
//	f(β) = (Σᵢ wᵢ·(log(1+exp(mᵢ)) − yᵢmᵢ) + λ/2·Σₖβₖ²) / Σᵢwᵢ,   mᵢ = β₀ + Σₖβₖzᵢₖ
//
// β holds the coefficients of the terms, then the intercept β₀.
type objective struct {
	*design
	y, weights []float64
	total      float64 // Σw
	lambda     float64
	workers    int
}

func newObjective(m *Model, x [][]float32, y, weights []float64, c Config) *objective {
	o := &objective{design: newDesign(m, x, c.Workers), y: y, weights: weights, lambda: c.Lambda, workers: c.Workers}
	for _, w := range weights {
		o.total += w
	}
	return o
}

// blocksOf returns the range of blocks that shard k sums.
func (o *objective) blocksOf(shard int) (first, last int) {
	n := o.blocks()
	return shard * n / shards, (shard + 1) * n / shards
}

// gradient writes ∇f(β) to dst and returns f(β).
func (o *objective) gradient(dst, beta []float64) float64 {
	losses := make([]float64, shards)
	gradients := make([][]float64, shards)
	forEach(o.workers, shards, func(s int) {
		gradients[s] = make([]float64, o.terms+1)
		losses[s] = o.shardGradient(gradients[s], beta, s)
	})
	loss := 0.0
	clear(dst)
	for s := range shards {
		loss += losses[s]
		for k, g := range gradients[s] {
			dst[k] += g
		}
	}
	for k, b := range beta[:o.terms] {
		loss += o.lambda / 2 * b * b
		dst[k] += o.lambda * b
	}
	for k := range dst {
		dst[k] /= o.total
	}
	return loss / o.total
}

func (o *objective) shardGradient(dst, beta []float64, shard int) (loss float64) {
	var margins [blockRows]float64
	first, last := o.blocksOf(shard)
	for k := first; k < last; k++ {
		b := o.block(k)
		m := margins[:b.rows]
		o.margins(m, beta, b)
		for i, margin := range m {
			w, y := o.weights[b.first+i], o.y[b.first+i]
			p, l := logLoss(margin, y)
			loss += w * l
			m[i] = w * (p - y)
			dst[o.terms] += m[i]
		}
		for t := range o.terms {
			dst[t] += dot(m, b.column(t))
		}
	}
	return loss
}

// margins writes the log-odds of the block's rows to dst.
func (o *objective) margins(dst, beta []float64, b block) {
	for i := range dst {
		dst[i] = beta[o.terms]
	}
	for t := range o.terms {
		addScaled(dst, beta[t], b.column(t))
	}
}

// hessian returns ∇²f(β).
func (o *objective) hessian(beta []float64) *mat.SymDense {
	size := o.terms + 1
	parts := make([]*mat.SymDense, shards)
	forEach(o.workers, shards, func(s int) {
		parts[s] = mat.NewSymDense(size, nil)
		o.addHessian(parts[s].RawSymmetric(), beta, s)
	})
	h := parts[0]
	for _, part := range parts[1:] {
		h.AddSym(h, part)
	}
	for t := range o.terms {
		h.SetSym(t, t, h.At(t, t)+o.lambda)
	}
	h.ScaleSym(1/o.total, h)
	return h
}

// addHessian adds Σᵢ wᵢpᵢ(1−pᵢ)·zᵢzᵢᵀ over the rows of shard to h.
func (o *objective) addHessian(h blas64.Symmetric, beta []float64, shard int) {
	var margins [blockRows]float64
	scaled := make([]float64, (o.terms+1)*blockRows)
	first, last := o.blocksOf(shard)
	for k := first; k < last; k++ {
		b := o.block(k)
		root := margins[:b.rows]
		o.margins(root, beta, b)
		for i, margin := range root {
			p := Probability(margin)
			root[i] = math.Sqrt(o.weights[b.first+i] * p * (1 - p))
		}
		for t := range o.terms {
			row := scaled[t*b.rows : (t+1)*b.rows]
			for i, z := range b.column(t) {
				row[i] = root[i] * float64(z)
			}
		}
		copy(scaled[o.terms*b.rows:], root)
		a := blas64.General{Rows: o.terms + 1, Cols: b.rows, Stride: b.rows, Data: scaled}
		blas64.Syrk(blas.NoTrans, 1, a, 1, h)
	}
}

// logLoss returns the probability at margin and its loss −log P(y).
func logLoss(margin, y float64) (p, loss float64) {
	e := math.Exp(-math.Abs(margin))
	loss = math.Log1p(e) + max(margin, 0) - y*margin
	if margin >= 0 {
		return 1 / (1 + e), loss
	}
	return e / (1 + e), loss
}

// dot returns Σ aᵢbᵢ, in four sums that the processor can overlap.
func dot(a []float64, b []float32) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * float64(b[i])
		s1 += a[i+1] * float64(b[i+1])
		s2 += a[i+2] * float64(b[i+2])
		s3 += a[i+3] * float64(b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += a[i] * float64(b[i])
	}
	return (s0 + s1) + (s2 + s3)
}
