package btyd

import (
	"math"
	"sync"
	"sync/atomic"
)

// objective is the negative mean log-likelihood of rows as a function of theta:
// the logarithms of the parameters, then the coefficients of covariates.
type objective struct {
	rows       []row
	total      float64 // weight
	start      []float64
	workers    int
	likelihood func(p []float64) likelihood
	effects    []effect
	parameters int         // without coefficients
	covariates [][]float64 // covariates[g] is what the rows of group g share
}

// effect says that a parameter is its base times exp(sign·coefficients·covariates).
type effect struct {
	parameter int
	sign      float64
}

// blockRows is the fixed size of the blocks that sums are made of.
const blockRows = 2048

// barrier bounds theta to this distance from its start: parameters within a
// factor of 1e5. Beyond it a family has turned into a simpler one, and its
// likelihood is flat.
const barrier = 11.5

// gradient returns the objective and writes its gradient to dst.
func (o *objective) gradient(dst, theta []float64) float64 {
	width := len(theta) + 1
	blocks := (len(o.rows) + blockRows - 1) / blockRows
	sums := make([]float64, blocks*width)
	forEach(o.workers, blocks, func(k int) {
		o.block(sums[k*width:(k+1)*width], theta, o.rows[k*blockRows:min((k+1)*blockRows, len(o.rows))])
	})
	clear(dst)
	value := 0.0
	for k := range blocks {
		value -= sums[k*width] / o.total
		for i := range dst {
			dst[i] -= sums[k*width+1+i] / o.total
		}
	}
	for i := range dst {
		if over := math.Abs(theta[i]-o.start[i]) - barrier; over > 0 {
			value += over * over
			dst[i] += 2 * math.Copysign(over, theta[i]-o.start[i])
		}
	}
	return value
}

// block adds up rows: sum[0] is the log-likelihood, the rest its gradient.
func (o *objective) block(sum, theta []float64, rows []row) {
	p, d := make([]float64, o.parameters), make([]float64, o.parameters)
	var l likelihood
	for i := range rows {
		r := &rows[i]
		if l == nil || r.group != rows[i-1].group {
			o.at(p, theta, r.group)
			l = o.likelihood(p)
		}
		sum[0] += r.weight * l.row(r, d)
		for j := range d {
			d[j] *= r.weight * p[j]
			sum[1+j] += d[j]
		}
		if len(o.effects) > 0 {
			o.chain(sum[1+o.parameters:], d, r.group)
		}
	}
}

// at writes the parameters of a group.
func (o *objective) at(p, theta []float64, group int32) {
	for j := range p {
		p[j] = theta[j]
	}
	coefficients := theta[o.parameters:]
	for _, e := range o.effects {
		z := o.covariates[group]
		for i := range z {
			p[e.parameter] += e.sign * coefficients[i] * z[i]
		}
		coefficients = coefficients[len(z):]
	}
	for j := range p {
		p[j] = min(max(math.Exp(p[j]), 1/parameterLimit), parameterLimit)
	}
}

// chain adds the derivatives with respect to the coefficients.
func (o *objective) chain(sum, d []float64, group int32) {
	z := o.covariates[group]
	for k, e := range o.effects {
		for i := range z {
			sum[k*len(z)+i] += e.sign * z[i] * d[e.parameter]
		}
	}
}

// forEach calls do(0) … do(n-1) from workers goroutines and waits for them.
// Which worker takes which index is open: do(k) writes only what belongs to k.
func forEach(workers, n int, do func(k int)) {
	if workers = min(workers, n); workers <= 1 {
		for k := range n {
			do(k)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	wait.Wait()
}
