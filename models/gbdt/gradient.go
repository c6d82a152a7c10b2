package gbdt

import "math"

// gradients writes the first and second derivatives of the loss by the margin.
func (o Objective) gradients(g, h []float32, margins, y []float64) {
	g, h, y = g[:len(margins)], h[:len(margins)], y[:len(margins)]
	switch o.Loss {
	case Binary:
		o.binaryGradients(g, h, margins, y)
	case L2:
		for i, m := range margins {
			g[i], h[i] = float32(m-y[i]), 1
		}
	case Poisson:
		// The hessian is that of a margin 0.7 higher, as in LightGBM
		// (poisson_max_delta_step): steps up stay short of overflow.
		const ahead = 0.7
		for i, m := range margins {
			mean := math.Exp(m)
			g[i], h[i] = float32(mean-y[i]), float32(math.Exp(m+ahead))
		}
	case Tweedie:
		for i, m := range margins {
			a, b := math.Exp((1-o.Power)*m), math.Exp((2-o.Power)*m)
			g[i] = float32(b - y[i]*a)
			h[i] = float32((2-o.Power)*b - (1-o.Power)*y[i]*a)
		}
	case Quantile:
		for i, m := range margins {
			g[i], h[i] = float32(1-o.Level), 1
			if y[i] > m {
				g[i] = float32(-o.Level)
			}
		}
	}
}

func (o Objective) binaryGradients(g, h []float32, margins, y []float64) {
	s := o.Sigmoid
	for i, m := range margins {
		p := nearLogistic(s * m)
		g[i] = float32(s * (p - y[i]))
		h[i] = float32(s * s * p * (1 - p))
	}
}

// bounds returns powers of two that no gradient and no hessian exceeds, or zeros
// if there are none that hold for every margin.
func (o Objective) bounds() (g, h float64) {
	switch o.Loss {
	case Binary:
		return powerAbove(o.Sigmoid), powerAbove(o.Sigmoid * o.Sigmoid / 4)
	case Quantile:
		return 1, 1
	}
	return 0, 0
}

// powerAbove returns the least power of two that is at least v > 0.
func powerAbove(v float64) float64 {
	fraction, exponent := math.Frexp(v)
	if fraction == 0.5 {
		exponent--
	}
	return math.Ldexp(1, exponent)
}

// Mean returns the prediction that a margin stands for: the link's inverse.
func (o Objective) Mean(margin float64) float64 {
	switch o.Loss {
	case Binary:
		if o.Sigmoid == 0 {
			return logistic(margin)
		}
		return logistic(o.Sigmoid * margin)
	case Poisson, Tweedie:
		return math.Exp(margin)
	}
	return margin
}

// base returns the margin from which boosting starts: the best constant.
func (o Objective) base(y, weights []float64) float64 {
	if o.Loss == Quantile {
		residuals := make([]residual, len(y))
		for i := range y {
			residuals[i] = residual{y[i], weightOf(weights, i)}
		}
		return quantile(residuals, o.Level)
	}
	mean := weightedMean(y, weights)
	switch o.Loss {
	case Binary:
		return math.Log(mean/(1-mean)) / o.Sigmoid
	case Poisson, Tweedie:
		return math.Log(mean)
	}
	return mean
}

func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// weightedMean sums over fixed blocks of rows.
func weightedMean(y, weights []float64) float64 {
	sum, total := 0.0, 0.0
	forBlocks(1, len(y), sumBlock, func(_, first, last int) {
		s, t := 0.0, 0.0
		for i := first; i < last; i++ {
			w := weightOf(weights, i)
			s += w * y[i]
			t += w
		}
		sum += s
		total += t
	})
	return sum / total
}
