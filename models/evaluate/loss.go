package evaluate

import "math"

// certain is how near to 0 and 1 a probability is taken: a certain mistake costs
// 34.5 and not infinitely much.
const certain = 1e-15

// Brier returns the Brier score: the mean of (p−y)² (Brier 1950). Lower is
// better; always saying the rate r costs r(1−r).
func Brier(y, p, weights []float64) float64 {
	sameLength(y, p, weights)
	return mean(len(p), weights, func(i int) float64 { return (p[i] - y[i]) * (p[i] - y[i]) })
}

// LogLoss returns the mean of −log P(y), natural logarithm. Probabilities are
// kept 1e-15 away from 0 and 1. Lower is better.
func LogLoss(y, p, weights []float64) float64 {
	sameLength(y, p, weights)
	return mean(len(p), weights, func(i int) float64 { return logLoss(y[i], p[i]) })
}

// LogLosses writes −log P(y[i]) to dst[i], for Bootstrap; LogLoss is their mean.
func LogLosses(dst, y, p []float64) {
	sameLength(y, p, dst)
	for i := range dst {
		dst[i] = logLoss(y[i], p[i])
	}
}

func logLoss(y, p float64) float64 {
	p = min(max(p, certain), 1-certain)
	return -(y*math.Log(p) + (1-y)*math.Log1p(-p))
}
