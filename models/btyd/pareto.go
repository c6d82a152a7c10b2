package btyd

import "math"

// pareto is the Pareto/NBD model: Poisson orders at rates ~ Gamma(r, alpha), the
// end at rates ~ Gamma(s, beta).
type pareto struct{ r, alpha, s, beta float64 }

func (m pareto) Family() Family          { return ParetoNBD }
func (m pareto) Parameters() []Parameter { return named(ParetoNBD, m.r, m.alpha, m.s, m.beta) }

func (m pareto) LogLikelihood(c Customer) float64 {
	c = c.possible()
	var d decay
	terms := newParetoTerms(m, c.Orders)
	return terms.row(c, &d, nil)
}

// paretoTerms is what the likelihood of all customers with the same number of
// orders has in common.
type paretoTerms struct {
	m       pareto
	x       int
	log, dr float64
}

func newParetoTerms(m pareto, x int) paretoTerms {
	return paretoTerms{m: m, x: x, log: logRising(m.r, x), dr: harmonic(m.r, x)}
}

// row returns the log-likelihood of a possible customer and, unless derivatives
// is nil, writes its derivatives with respect to r, alpha, s, beta.
//
// The likelihood is the sum over two fates, relative to the density of the
// orders up to Last: alive, ((alpha+Last)/(alpha+Age))^(r+x) ((beta+Last)/(beta+Age))^s,
// or ended at u in (Last, Age).
func (t *paretoTerms) row(c Customer, d *decay, derivatives []float64) float64 {
	m := &t.m
	shape := m.r + float64(t.x)
	atAlpha, atBeta := m.alpha+c.Last, m.beta+c.Last
	beforeAlpha, beforeBeta := math.Log1p(c.Last/m.alpha), math.Log1p(c.Last/m.beta)
	gap := c.Age - c.Last
	logAlpha, logBeta := math.Log1p(gap/atAlpha), math.Log1p(gap/atBeta)

	alive := math.Exp(-shape*logAlpha - m.s*logBeta)
	ended := m.s / atBeta * d.integrate(m.alpha, m.beta, shape, m.s+1, c.Last, c.Age)
	if derivatives != nil {
		t.derivatives(derivatives, d, c, alive, ended, logAlpha+beforeAlpha, logBeta+beforeBeta)
	}
	log := t.log - m.r*beforeAlpha - m.s*beforeBeta + math.Log(alive+ended)
	if t.x > 0 {
		log -= float64(t.x) * math.Log(atAlpha)
	}
	return log
}

// derivatives needs the two fates, and log(1+Age/alpha) and log(1+Age/beta).
func (t *paretoTerms) derivatives(dst []float64, d *decay, c Customer, alive, ended, ageAlpha, ageBeta float64) {
	m := &t.m
	shape := m.r + float64(t.x)
	atAlpha, atBeta := m.alpha+c.Last, m.beta+c.Last
	var sum, logAlpha, logBeta, perAlpha, perBeta float64
	for i, w := range d.weight {
		sum += w
		logAlpha += w * d.logAlpha[i]
		logBeta += w * d.logBeta[i]
		perAlpha += w * math.Exp(-d.logAlpha[i])
		perBeta += w * math.Exp(-d.logBeta[i])
	}
	if sum == 0 {
		sum = 1
	}
	total := alive + ended
	alive, ended = alive/total, ended/total
	lastAlpha, lastBeta := math.Log1p(c.Last/m.alpha), math.Log1p(c.Last/m.beta)

	dst[0] = t.dr - alive*ageAlpha - ended*(lastAlpha+logAlpha/sum)
	dst[1] = m.r/m.alpha - shape*(alive/(m.alpha+c.Age)+ended*perAlpha/sum/atAlpha)
	dst[2] = -alive*ageBeta - ended*(lastBeta+logBeta/sum) + ended/m.s
	dst[3] = m.s/m.beta - m.s*alive/(m.beta+c.Age) - (m.s+1)*ended*perBeta/sum/atBeta
}

func (m pareto) Alive(c Customer) float64 {
	c = c.possible()
	return m.aliveWith(c, new(decay))
}

func (m pareto) aliveWith(c Customer, d *decay) float64 {
	shape, gap := m.r+float64(c.Orders), c.Age-c.Last
	silence := shape*math.Log1p(gap/(m.alpha+c.Last)) + m.s*math.Log1p(gap/(m.beta+c.Last))
	ended := m.s / (m.beta + c.Last) * d.integrate(m.alpha, m.beta, shape, m.s+1, c.Last, c.Age)
	return sigmoid(-silence - math.Log(ended))
}

func (m pareto) Expected(c Customer, t float64) float64 {
	c = c.possible()
	return capped(m.Alive(c) * m.orders(c, duration(t)))
}

// orders returns the expected orders in t of somebody alive: the rate times the
// integral of ((beta+Age)/(beta+Age+u))^s.
func (m pareto) orders(c Customer, t float64) float64 {
	log := math.Log1p(t / (m.beta + c.Age))
	lived := log // (e^((1-s) log) - 1)/(1-s), which is log at s = 1
	if e := (1 - m.s) * log; e != 0 {
		lived *= math.Expm1(e) / e
	}
	return (m.r + float64(c.Orders)) / (m.alpha + c.Age) * (m.beta + c.Age) * lived
}

func (m pareto) AtLeast(c Customer, t float64, n int) float64 {
	if n <= 0 {
		return 1
	}
	c = c.possible()
	if t = duration(t); n > 1 {
		return probability(m.Alive(c) * m.nthOrder(c, t, n))
	}
	var d decay
	return probability(m.aliveWith(c, &d) * m.firstOrder(c, t, &d))
}

// firstOrder returns the probability that somebody alive orders before she ends
// and within t.
func (m pareto) firstOrder(c Customer, t float64, d *decay) float64 {
	shape, scale := m.r+float64(c.Orders), m.alpha+c.Age
	return shape / scale * d.integrate(scale, m.beta+c.Age, shape+1, m.s, 0, t)
}

// nthOrder returns the probability that the n-th order from now comes within t
// and before the end, given that the customer is alive. Its time u over
// alpha+Age has the log-odds l of a Beta(n, r+x) variable; the integral runs
// over l, along which the integrand is log-concave.
func (m pareto) nthOrder(c Customer, t float64, n int) float64 {
	if t == 0 {
		return 0
	}
	shape, scale, count := m.r+float64(c.Orders), m.alpha+c.Age, float64(n)
	odds := math.Log(scale / (m.beta + c.Age)) // of having ended, at l = 0
	log := func(l float64) float64 {
		return count*l - (count+shape)*log1pExp(l) - m.s*log1pExp(l+odds)
	}
	slope := func(l float64) float64 {
		return count - (count+shape)*sigmoid(l) - m.s*sigmoid(l+odds)
	}
	high := math.Log(t / scale)
	peak := falls(slope, high)
	curvature := (count+shape)*sigmoid(peak)*sigmoid(-peak) + m.s*sigmoid(peak+odds)*sigmoid(-peak-odds)
	width := min(1, 1/math.Sqrt(curvature))
	top := log(peak)
	density := func(l float64) float64 { return math.Exp(log(l) - top) }
	sum := 0.0
	for l := peak; l < high && log(l)-top > negligible; l += width {
		sum += gauss(density, l, min(l+width, high))
	}
	for l := peak; log(l)-top > negligible; l -= width {
		sum += gauss(density, l-width, l)
	}
	return sum * math.Exp(top-logBeta(count, shape))
}

// falls returns where a decreasing function becomes negative, or high where that
// is further up.
func falls(f func(float64) float64, high float64) float64 {
	if f(high) >= 0 {
		return high
	}
	step := 1.0
	for f(high-step) < 0 {
		step *= 2
	}
	low := high - step
	for high-low > 1e-3 {
		if middle := low + (high-low)/2; f(middle) < 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

func (m pareto) Discounted(c Customer, t, rate float64) float64 {
	c = c.possible()
	orders := func(u float64) float64 { return m.orders(c, u) }
	return capped(m.Alive(c) * discounted(orders, m.beta+c.Age, duration(t), rate))
}

func (m pareto) NextOrder(c Customer, q, within float64) float64 {
	return wait(m, c.possible(), q, within)
}
