package value

import "math"

// deviances writes the Tweedie deviance of each row.
func deviances(dst, y, predicted []float64) {
	for i := range dst {
		dst[i] = deviance(y[i], predicted[i])
	}
}

// deviance is the unit Tweedie deviance of power 1.5, between counts (1) and
// sizes (2): 4·(√y − √μ)²/√μ. It is lowest in expectation at the mean, and one
// large customer does not decide it as squared error would let her (Jørgensen
// 1987). Negative revenue counts as none, a prediction under a cent as a cent.
func deviance(y, mu float64) float64 {
	const cent = 0.01
	actual, predicted := math.Sqrt(math.Max(0, y)), math.Sqrt(math.Max(cent, mu))
	return 4 * (actual - predicted) * (actual - predicted) / predicted
}
