package btyd

import "math"

// decay is the integral of (alpha+u)^-m (beta+u)^-n from u = from upwards, m > 0
// and n > 0, relative to the integrand at from, and moments of u under it: the
// integrals with log((alpha+u)/(alpha+from)), (alpha+from)/(alpha+u) and the same
// for beta as factors.
//
// It works in y = log((l+u)/(l+from)), l = min(alpha, beta), in which the
// integrand is analytic for |Im y| < π whatever the parameters are. The
// difference of two hypergeometric functions in the textbook form cancels where
// the interval is short, and overflows with m.
type decay struct {
	sum, logAlpha, logBeta, perAlpha, perBeta float64

	from, to                     float64
	least, most, onLeast, onMost float64 // least is alpha+from or beta+from, the lesser
	alphaIsLeast                 bool

	reached, spent float64 // in y, and in decay lengths
	over           bool    // the rest is lost in rounding
}

// point is a node of Gauss and Legendre's rule on [0, 1].
type point struct{ at, weight float64 }

var (
	// fewPoints err by 1e-15 on half a decay length.
	fewPoints  = unitInterval([]point{{0, 0.568888888888888889}}, []point{{0.538469310105683091, 0.478628670499366468}, {0.906179845938663993, 0.236926885056189088}})
	manyPoints = unitInterval(nil, []point{
		{0.125233408511468916, 0.249147045813402785}, {0.367831498998180194, 0.233492536538354809},
		{0.587317954286617447, 0.203167426723065922}, {0.769902674194304687, 0.160078328543346226},
		{0.904117256370474857, 0.106939325995318431}, {0.981560634246719251, 0.0471753363865118272},
	})
)

// unitInterval moves a rule from [-1, 1], given its middle and positive nodes.
func unitInterval(middle, positive []point) []point {
	var all []point
	for _, p := range append(middle, positive...) {
		all = append(all, point{(1 + p.at) / 2, p.weight / 2})
	}
	for _, p := range positive {
		all = append(all, point{(1 - p.at) / 2, p.weight / 2})
	}
	return all
}

const (
	// panelLengths is how many decay lengths the first panel spans. Twelve points
	// then err by 4e-17; twice and thrice as many where the integrand has fallen
	// by exp(-8) and exp(-24).
	panelLengths = 8
	// panelWidth keeps a panel well inside the strip where the integrand is
	// analytic.
	panelWidth = 3
	// shortPanel is where few points are enough, in both measures.
	shortPanel = 0.4
)

// newDecay returns an empty integral.
func newDecay(alpha, beta, m, n, from float64) decay {
	d := decay{from: from, least: alpha + from, most: beta + from, onLeast: m, onMost: n, alphaIsLeast: true}
	if beta < alpha {
		d.least, d.most, d.onLeast, d.onMost, d.alphaIsLeast = d.most, d.least, n, m, false
	}
	return d
}

// integral returns the sum alone, up to u = to.
func (d decay) integral(to float64) float64 {
	d.extend(to)
	return d.sum
}

// extend integrates on to u = to, unless it is there already.
func (d *decay) extend(to float64) {
	d.to = max(d.to, to)
	end := math.Log1p((to - d.from) / d.least)
	for d.reached < end && !d.over {
		here := d.least * math.Exp(d.reached)
		rate := d.onLeast + d.onMost*here/(d.most+here-d.least)
		width := min((panelLengths+min(d.spent, 2*panelLengths))/rate, panelWidth, end-d.reached)
		before := d.sum
		d.panel(width, max(rate, 1)*width < shortPanel)
		d.over = !(d.reached+width > d.reached) || // narrower than rounding
			rate > 1 && end-d.reached > width && d.sum-before < 1e-17*d.sum // the rate only grows, and exceeds what du adds
		d.reached += width
		d.spent += max(rate-1, 0) * width
	}
}

func (d *decay) panel(width float64, short bool) {
	rule := manyPoints
	if short {
		rule = fewPoints
	}
	var sum, logLeast, logMost, perLeast, perMost float64
	ratio := d.least / d.most
	for _, p := range rule {
		y := d.reached + p.at*width
		e := math.Exp(y)
		growth := 1 + ratio*(e-1) // of most; rounding to 1e-16 is all that is needed
		log := math.Log(growth)
		w := p.weight * math.Exp(y-d.onLeast*y-d.onMost*log)
		sum += w
		logLeast += w * y
		logMost += w * log
		perLeast += w / e
		perMost += w / growth
	}
	width *= d.least
	if !d.alphaIsLeast {
		logLeast, logMost, perLeast, perMost = logMost, logLeast, perMost, perLeast
	}
	d.sum += width * sum
	d.logAlpha += width * logLeast
	d.logBeta += width * logMost
	d.perAlpha += width * perLeast
	d.perBeta += width * perMost
}
