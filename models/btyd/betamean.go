package btyd

import "math"

// betaNodes integrates over a dropout probability p ~ Beta(a, b) by the
// trapezoid rule in log(p/(1-p)). The integrands here are analytic in a strip of
// half-width π/2 or more around that axis, so that the error falls like
// exp(-π²/step).
type betaNodes struct {
	p, q, weight []float64 // q = 1-p, kept apart for its digits near 0
	meanP, meanQ float64
	// Near an end where the weight falls more slowly than a square root, the
	// integrand is replaced by its difference to its value there.
	subtractLeft, subtractRight bool
}

const (
	// trapezoidStep gives 3e-14 on every customer of CDNOW, as a step twice as
	// long gives 4e-10.
	trapezoidStep = 0.25
	// negligible is the logarithm of a weight that is lost in rounding.
	negligible = -40.0
)

// newBetaNodes returns nodes for integrands of at most exp(reach) times their
// own mean, reach >= 0.
func newBetaNodes(a, b, reach float64) *betaNodes {
	n := &betaNodes{
		meanP: a / (a + b), meanQ: b / (a + b),
		subtractLeft: a < 0.5, subtractRight: b < 0.5,
	}
	step := trapezoidStep * min(1, 1.4*math.Sqrt(1/a+1/b))
	peak := math.Log(a / b)
	logNorm := math.Log(step) - logBeta(a, b)
	floor := a*peak - (a+b)*log1pExp(peak) + negligible - reach
	for i := 0; n.add(peak-float64(i)*step, a, b, logNorm, floor-reach, n.subtractLeft, -1); i++ {
	}
	for i := 1; n.add(peak+float64(i)*step, a, b, logNorm, floor, n.subtractRight, 1); i++ {
	}
	if !n.subtractLeft && !n.subtractRight {
		n.normalise()
	}
	return n
}

// add appends the node at log-odds l and reports whether nodes further out, on
// the given side, can still matter.
func (n *betaNodes) add(l, a, b, logNorm, floor float64, subtracted bool, side float64) bool {
	logWeight := a*l - (a+b)*log1pExp(l)
	n.p = append(n.p, sigmoid(l))
	n.q = append(n.q, sigmoid(-l))
	n.weight = append(n.weight, math.Exp(logWeight+logNorm))
	if subtracted { // what is left of the integrand vanishes with p, or with q
		logWeight += min(0, -side*l)
	}
	return logWeight > floor
}

// normalise makes the weights sum to one, which the integral of a density has
// to and its logarithm's rounding would miss.
func (n *betaNodes) normalise() {
	sum := 0.0
	for _, w := range n.weight {
		sum += w
	}
	for i := range n.weight {
		n.weight[i] /= sum
	}
}

// mean returns E f(p), given f and its limits at p = 0 and p = 1.
func (n *betaNodes) mean(f func(p, q float64) float64, atZero, atOne float64) float64 {
	if !n.subtractLeft {
		atZero = 0
	}
	if !n.subtractRight {
		atOne = 0
	}
	sum := 0.0
	for i, w := range n.weight {
		p, q := n.p[i], n.q[i]
		sum += w * (f(p, q) - atZero*q - atOne*p)
	}
	return sum + atZero*n.meanQ + atOne*n.meanP
}

// log1pExp returns log(1 + exp(l)).
func log1pExp(l float64) float64 { return max(l, 0) + math.Log1p(math.Exp(-math.Abs(l))) }
