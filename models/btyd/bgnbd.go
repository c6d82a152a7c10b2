package btyd

import "math"

// betaGeometric is the BG/NBD model and its relatives: Erlang-k times between
// orders at rates ~ Gamma(r, alpha), and after every order, or every repeat
// order, the end with a probability ~ Beta(a, b). This file has what they share
// and the case k = 1; regular.go has k > 1.
type betaGeometric struct {
	family         Family
	k              int
	r, alpha, a, b float64
}

func (m betaGeometric) Family() Family { return m.family }

func (m betaGeometric) Parameters() []Parameter {
	if m.family == BGCNBD || m.family == MBGCNBD {
		return named(m.family, float64(m.k), m.r, m.alpha, m.a, m.b)
	}
	return named(m.family, m.r, m.alpha, m.a, m.b)
}

// survived returns how many times somebody who is alive has not stopped.
func (m betaGeometric) survived(x int) int {
	if m.family == MBGNBD || m.family == MBGCNBD {
		return x + 1
	}
	return x
}

// logDropoutOdds returns the log prior odds of having stopped after the last
// order: -Inf where that was impossible.
func (m betaGeometric) logDropoutOdds(x int) float64 {
	y := m.survived(x)
	if y == 0 {
		return math.Inf(-1)
	}
	return math.Log(m.a / (m.b + float64(y-1)))
}

// logSilence returns the log probability of no order in (Last, Age], given the
// orders before and that the customer is alive: C3 of Fader & Hardie's
// note 027 for k = 1.
func (m betaGeometric) logSilence(c Customer) float64 {
	shape, gap := m.r+float64(m.k*c.Orders), c.Age-c.Last
	log := -shape * math.Log1p(gap/(m.alpha+c.Last))
	if m.k > 1 {
		log += math.Log(m.stageMoments(shape, gap/(m.alpha+c.Age)).sum)
	}
	return log
}

func (m betaGeometric) LogLikelihood(c Customer) float64 {
	c = c.possible()
	terms := newBetaGeometricTerms(m, c.Orders)
	log := terms.row(c.Last, c.Age, nil)
	if m.k > 1 {
		log += float64(m.k-1)*c.LogGaps - float64(c.Orders)*logGamma(float64(m.k))
	}
	return log
}

// betaGeometricTerms is what the likelihood of all customers with the same number
// of orders has in common, and that of those with the same last one. Derivatives
// are with respect to r, alpha, a, b.
type betaGeometricTerms struct {
	m              betaGeometric
	x              int
	shape          float64
	log            float64
	dr, da, db     float64
	logDropoutOdds float64

	last       float64
	before     float64 // log(1+last/alpha)
	beforeLog  float64
	beforeDiff float64 // with respect to alpha
}

func newBetaGeometricTerms(m betaGeometric, x int) betaGeometricTerms {
	y := m.survived(x)
	both := harmonic(m.a+m.b, y)
	t := betaGeometricTerms{
		m: m, x: x, shape: m.r + float64(m.k*x),
		log:            logRising(m.r, m.k*x) + logRising(m.b, y) - logRising(m.a+m.b, y),
		dr:             harmonic(m.r, m.k*x),
		da:             -both,
		db:             harmonic(m.b, y) - both,
		logDropoutOdds: m.logDropoutOdds(x),
	}
	t.moveTo(0)
	return t
}

func (t *betaGeometricTerms) moveTo(last float64) {
	m, kx := &t.m, float64(t.m.k*t.x)
	t.last = last
	t.before = math.Log1p(last / m.alpha)
	t.beforeLog = -m.r*t.before - kx*math.Log(m.alpha+last)
	t.beforeDiff = (m.r*last/m.alpha - kx) / (m.alpha + last)
}

// row returns the log-likelihood and, unless d is nil, writes its derivatives.
func (t *betaGeometricTerms) row(last, age float64, d []float64) float64 {
	if last != t.last {
		t.moveTo(last)
	}
	m := &t.m
	gap := age - last
	ratio := math.Log1p(gap / (m.alpha + last))
	silence := -t.shape * ratio
	var stage stageMoments
	if m.k > 1 {
		stage = m.stageMoments(t.shape, gap/(m.alpha+age))
		silence += math.Log(stage.sum)
	}
	// The sum of the two fates in logarithms, and the share of being alive.
	alive, fates := 1.0, silence
	if odds := silence - t.logDropoutOdds; odds > 0 {
		dead := math.Exp(-odds)
		alive = 1 / (1 + dead)
		fates += math.Log1p(dead)
	} else {
		living := math.Exp(odds)
		alive = living / (1 + living)
		fates = t.logDropoutOdds + math.Log1p(living)
	}
	if d != nil {
		d[0] = t.dr - t.before + alive*(stage.dr-ratio)
		d[1] = t.beforeDiff + alive*(t.shape*gap/(m.alpha+last)-stage.mean)/(m.alpha+age)
		d[2], d[3] = t.da, t.db
		if y := m.survived(t.x); y > 0 {
			d[2] += (1 - alive) / m.a
			d[3] -= (1 - alive) / (m.b + float64(y-1))
		}
	}
	return t.log + t.beforeLog + fates
}

func (m betaGeometric) Alive(c Customer) float64 {
	c = c.possible()
	return sigmoid(m.logSilence(c) - m.logDropoutOdds(c.Orders))
}

// future returns the posterior of somebody alive: the shape of her rate, the
// shapes of her dropout probability, and t over the scale of the rate.
func (m betaGeometric) future(c Customer, t float64) (shape, a, b, v float64) {
	return m.r + float64(m.k*c.Orders), m.a, m.b + float64(m.survived(c.Orders)), duration(t) / (m.alpha + c.Age)
}

func (m betaGeometric) Expected(c Customer, t float64) float64 {
	c = c.possible()
	shape, a, b, v := m.future(c, t)
	nodes := newBetaNodes(a, b, math.Log1p(shape*v))
	if m.k > 1 {
		return m.Alive(c) * m.regularExpected(c, nodes, v)
	}
	return m.Alive(c) * geometricOrders(nodes, shape, v)
}

// geometricOrders returns the expected orders of somebody alive, k = 1: the mean
// over p of (1-(1+pv)^-shape)/p. The hypergeometric function of the textbook
// form overflows and is singular at a = 1; this is neither.
func geometricOrders(nodes *betaNodes, shape, v float64) float64 {
	return nodes.mean(func(p, _ float64) float64 {
		return -math.Expm1(-shape*math.Log1p(p*v)) / p
	}, shape*v, -math.Expm1(-shape*math.Log1p(v)))
}

func (m betaGeometric) AtLeast(c Customer, t float64, n int) float64 {
	if n <= 0 {
		return 1
	}
	c = c.possible()
	shape, a, b, v := m.future(c, t)
	// The first n-1 orders must not have been the last one.
	going := m.Alive(c) * math.Exp(logRising(b, n-1)-logRising(a+b, n-1))
	if m.k > 1 {
		return going * m.regularAtLeast(c, shape, v, n)
	}
	return going * gammaPoisson(shape, v, n)
}

func (m betaGeometric) Discounted(c Customer, t, rate float64) float64 {
	c = c.possible()
	t = duration(t)
	shape, a, b, v := m.future(c, t)
	nodes := newBetaNodes(a, b, math.Log1p(shape*v))
	scale := m.alpha + c.Age
	orders := func(u float64) float64 { return geometricOrders(nodes, shape, u/scale) }
	if m.k > 1 {
		orders = func(u float64) float64 { return m.regularExpected(c, nodes, u/scale) }
	}
	return m.Alive(c) * discounted(orders, scale/max(shape, 1), t, rate)
}

func (m betaGeometric) NextOrder(c Customer, q, within float64) float64 {
	c = c.possible()
	if m.k > 1 {
		return wait(func(t float64) float64 {
			shape, _, _, v := m.future(c, t)
			return m.regularAtLeast(c, shape, v, 1)
		}, q, within)
	}
	return gammaWait(m.r+float64(c.Orders), m.alpha+c.Age, q, within)
}
