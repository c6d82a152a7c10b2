package btyd

import "math"

// pareto is the Pareto/NBD model: Poisson orders at rates ~ Gamma(r, alpha), the
// end at rates ~ Gamma(s, beta).
type pareto struct{ r, alpha, s, beta float64 }

func (m pareto) Family() Family          { return ParetoNBD }
func (m pareto) Parameters() []Parameter { return named(ParetoNBD, m.r, m.alpha, m.s, m.beta) }

func (m pareto) LogLikelihood(c Customer) float64 {
	c = c.possible()
	terms := newParetoTerms(m, c.Orders)
	return terms.row(c.Last, c.Age, nil)
}

// paretoTerms is what the likelihood of all customers with the same number of
// orders has in common, and that of those with the same last one.
type paretoTerms struct {
	m       pareto
	x       int
	shape   float64
	log, dr float64
	last    paretoLast
}

// paretoLast is what depends on Last besides: log(1+Last/alpha), log(1+Last/beta),
// the log density of the orders without what terms have, and the integral over
// when they may have ended, which goes on from one age to the next.
type paretoLast struct {
	alpha, beta, log float64
	ended            decay
}

func newParetoTerms(m pareto, x int) paretoTerms {
	t := paretoTerms{m: m, x: x, shape: m.r + float64(x), log: logRising(m.r, x), dr: harmonic(m.r, x)}
	t.moveTo(0)
	return t
}

func (t *paretoTerms) moveTo(last float64) {
	m := &t.m
	t.last = paretoLast{alpha: math.Log1p(last / m.alpha), beta: math.Log1p(last / m.beta)}
	t.last.ended = newDecay(m.alpha, m.beta, t.shape, m.s+1, last)
	t.last.log = -m.r*t.last.alpha - m.s*t.last.beta - float64(t.x)*math.Log(m.alpha+last)
}

// row returns the log-likelihood and, unless dst is nil, writes its derivatives
// with respect to r, alpha, s, beta.
//
// The likelihood is the sum over two fates, relative to the density of the
// orders up to last: alive, ((alpha+last)/(alpha+age))^(r+x) ((beta+last)/(beta+age))^s,
// or ended at u in (last, age).
func (t *paretoTerms) row(last, age float64, dst []float64) float64 {
	if d := &t.last.ended; last != d.from || age < d.to {
		t.moveTo(last)
	}
	m, d := &t.m, &t.last.ended
	d.extend(age)
	gap := age - last
	logAlpha, logBeta := math.Log1p(gap/(m.alpha+last)), math.Log1p(gap/(m.beta+last))
	alive := math.Exp(-t.shape*logAlpha - m.s*logBeta)
	ended := m.s / (m.beta + last)
	total := alive + ended*d.sum
	if dst != nil {
		alive, ended = alive/total, ended/total
		dst[0] = t.dr - t.last.alpha - alive*logAlpha - ended*d.logAlpha
		dst[1] = m.r/m.alpha - t.shape*(alive/(m.alpha+age)+ended*d.perAlpha/(m.alpha+last))
		dst[2] = -t.last.beta - alive*logBeta - ended*(d.logBeta-d.sum/m.s)
		dst[3] = m.s/m.beta - m.s*alive/(m.beta+age) - (m.s+1)*ended*d.perBeta/(m.beta+last)
	}
	return t.log + t.last.log + math.Log(total)
}

func (m pareto) Alive(c Customer) float64 {
	c = c.possible()
	shape, gap := m.r+float64(c.Orders), c.Age-c.Last
	silence := shape*math.Log1p(gap/(m.alpha+c.Last)) + m.s*math.Log1p(gap/(m.beta+c.Last))
	ended := newDecay(m.alpha, m.beta, shape, m.s+1, c.Last).integral(c.Age)
	return sigmoid(-silence - math.Log(m.s/(m.beta+c.Last)*ended))
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
	return probability(m.Alive(c) * m.firstOrder(c, t))
}

// firstOrder returns the probability that somebody alive orders before she ends
// and within t.
func (m pareto) firstOrder(c Customer, t float64) float64 {
	shape, scale := m.r+float64(c.Orders), m.alpha+c.Age
	return shape / scale * newDecay(scale, m.beta+c.Age, shape+1, m.s, 0).integral(t)
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
	return capped(m.Alive(c) * discounted(orders, (m.beta+c.Age)/max(m.s, 1), duration(t), rate))
}

// NextOrder solves for the time by Newton's method in log(1+t/(alpha+Age)),
// between bounds, from where it would be if nobody ended.
func (m pareto) NextOrder(c Customer, q, within float64) float64 {
	c = c.possible()
	within = duration(within)
	shape, scale := m.r+float64(c.Orders), m.alpha+c.Age
	target := probability(q) * m.firstOrder(c, within)
	low, high := 0.0, math.Log1p(within/scale)
	y := min(-math.Log1p(-target)/shape, high)
	for range waitSteps {
		t := scale * math.Expm1(y)
		over := m.firstOrder(c, t) - target
		if over > 0 {
			high = y
		} else {
			low = y
		}
		density := shape * math.Exp(-shape*y-m.s*math.Log1p(t/(m.beta+c.Age)))
		next := y - over/density
		if math.Abs(next-y) <= 1e-13*y || high-low <= 1e-15*high {
			break
		}
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		y = next
	}
	return min(scale*math.Expm1(y), within)
}

// waitSteps bounds the steps of NextOrder: bisection alone would do in as many.
const waitSteps = 100
