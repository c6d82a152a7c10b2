package gbdt

import "math"

// loss returns the loss of one row, up to a constant of y.
func (o Objective) loss(margin, y float64) float64 {
	switch o.Loss {
	case Binary:
		// log(1+exp(m)) - y·m, without overflow
		m := o.Sigmoid * margin
		return math.Log1p(math.Exp(-math.Abs(m))) + max(m, 0) - y*m
	case Poisson:
		return math.Exp(margin) - y*margin
	case Tweedie:
		return math.Exp((2-o.Power)*margin)/(2-o.Power) - y*math.Exp((1-o.Power)*margin)/(1-o.Power)
	case Quantile:
		if y > margin {
			return o.Level * (y - margin)
		}
		return (1 - o.Level) * (margin - y)
	}
	return (margin - y) * (margin - y) / 2
}

// meanLoss returns the weighted mean of the rows' losses.
func (o Objective) meanLoss(workers int, margins, y, weights []float64) float64 {
	type sums struct{ loss, weight float64 }
	parts := make([]sums, blocks(len(y), sumBlock))
	forBlocks(workers, len(y), sumBlock, func(k, first, last int) {
		for i := first; i < last; i++ {
			w := weightOf(weights, i)
			parts[k].loss += w * o.loss(margins[i], y[i])
			parts[k].weight += w
		}
	})
	var total sums
	for _, p := range parts {
		total.loss += p.loss
		total.weight += p.weight
	}
	return total.loss / total.weight
}
