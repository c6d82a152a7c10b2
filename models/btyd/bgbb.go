package btyd

import "math"

// bgbb is the BG/BB model: at every opportunity somebody alive stops with a
// probability ~ Beta(gamma, delta), and if not, orders with a probability
// ~ Beta(alpha, beta). Times count opportunities; fractions are cut off.
type bgbb struct{ alpha, beta, gamma, delta float64 }

func (m bgbb) Family() Family { return BGBB }

func (m bgbb) Parameters() []Parameter {
	return named(BGBB, m.alpha, m.beta, m.gamma, m.delta)
}

// opportunitiesLimit bounds sums over opportunities: daily ones of 27 years.
const opportunitiesLimit = 10_000

// opportunities returns whole numbers with orders <= last <= age.
func (c Customer) opportunities() (x, last, age int) {
	c = c.possible()
	age = wholeOpportunities(c.Age)
	x = min(c.Orders, age)
	last = min(max(wholeOpportunities(c.Last), x), age)
	if x == 0 {
		last = 0
	}
	return x, last, age
}

func wholeOpportunities(t float64) int { return int(min(duration(t), opportunitiesLimit)) }

// fate is one possible lifetime from the last order to now.
type fate struct {
	log   float64 // of its probability, with the orders
	lived int     // opportunities survived
	alive bool
}

// fates calls visit with every fate, the one that goes on last (Fader, Hardie &
// Shang 2010).
func (m bgbb) fates(x, last, age int, visit func(fate)) {
	log := logRising(m.alpha, x) + logRising(m.beta, last-x) - logRising(m.alpha+m.beta, last) +
		logRising(m.delta, last) - logRising(m.gamma+m.delta, last)
	for lived := last; lived < age; lived++ {
		n := float64(lived)
		visit(fate{log + math.Log(m.gamma/(m.gamma+m.delta+n)), lived, false})
		missed := (m.beta + n - float64(x)) / (m.alpha + m.beta + n)
		log += math.Log(missed * (m.delta + n) / (m.gamma + m.delta + n))
	}
	visit(fate{log, age, true})
}

func (m bgbb) LogLikelihood(c Customer) float64 { return m.rowLogLikelihood(c, nil) }

// rowLogLikelihood also writes the derivatives with respect to alpha, beta,
// gamma, delta unless d is nil.
func (m bgbb) rowLogLikelihood(c Customer, d []float64) float64 {
	x, last, age := c.opportunities()
	total := math.Inf(-1)
	m.fates(x, last, age, func(f fate) { total = logAddExp(f.log, total) })
	if d == nil {
		return total
	}
	clear(d)
	alpha := harmonic(m.alpha, x)
	beta, delta := harmonic(m.beta, last-x), harmonic(m.delta, last)
	orders, lifetime := harmonic(m.alpha+m.beta, last), harmonic(m.gamma+m.delta, last)
	m.fates(x, last, age, func(f fate) {
		p, n := math.Exp(f.log-total), float64(f.lived)
		d[0] += p * (alpha - orders)
		d[1] += p * (beta - orders)
		ended := lifetime
		if !f.alive {
			ended += 1 / (m.gamma + m.delta + n)
			d[2] += p / m.gamma
		}
		d[2] -= p * ended
		d[3] += p * (delta - ended)
		beta += 1 / (m.beta + n - float64(x))
		delta += 1 / (m.delta + n)
		orders += 1 / (m.alpha + m.beta + n)
		lifetime += 1 / (m.gamma + m.delta + n)
	})
	return total
}

// Alive is the probability of not having stopped at the last opportunity; the
// literature's P(alive at n+1) is that times (delta+n)/(gamma+delta+n).
func (m bgbb) Alive(c Customer) float64 {
	x, last, age := c.opportunities()
	total, alive := math.Inf(-1), 0.0
	m.fates(x, last, age, func(f fate) { total, alive = logAddExp(f.log, total), f.log })
	return probability(math.Exp(alive - total))
}

// survival calls visit with i = 1, 2, … n and the probability that somebody
// alive survives i more opportunities, until visit returns false.
func (m bgbb) survival(age, n int, visit func(i int, p float64) bool) {
	p := 1.0
	for i := range n {
		p *= (m.delta + float64(age+i)) / (m.gamma + m.delta + float64(age+i))
		if !visit(i+1, p) {
			return
		}
	}
}

func (m bgbb) Expected(c Customer, t float64) float64 { return m.Discounted(c, t, 0) }

func (m bgbb) Discounted(c Customer, t, rate float64) float64 {
	x, _, age := c.opportunities()
	sum, rate := 0.0, max(rate, 0)
	m.survival(age, wholeOpportunities(t), func(i int, p float64) bool {
		worth := math.Exp(-rate * float64(i))
		sum += p * worth
		return worth > 1e-20
	})
	return m.Alive(c) * sum * (m.alpha + float64(x)) / (m.alpha + m.beta + float64(age))
}

func (m bgbb) AtLeast(c Customer, t float64, n int) float64 {
	if n <= 0 {
		return 1
	}
	x, _, age := c.opportunities()
	return probability(m.Alive(c) * m.nthOrder(x, age, wholeOpportunities(t), n))
}

// nthOrder adds up, for somebody alive, the probabilities that the n-th order
// from now comes at each of the next opportunities.
func (m bgbb) nthOrder(x, age, opportunities, n int) float64 {
	a, b := m.alpha+float64(x), m.beta+float64(age-x)
	// log is that of n orders at the first n opportunities, then of one more miss.
	log, sum := logRising(a, n)-logRising(a+b, n), 0.0
	m.survival(age, opportunities, func(i int, p float64) bool {
		if misses := float64(i - n); misses >= 0 {
			sum += p * math.Exp(log)
			log += math.Log((float64(n) + misses) / (misses + 1) * (b + misses) / (a + b + float64(i)))
		}
		return true
	})
	return sum
}

// NextOrder is a whole number of opportunities.
func (m bgbb) NextOrder(c Customer, q, within float64) float64 {
	x, _, age := c.opportunities()
	a, b := m.alpha+float64(x), m.beta+float64(age-x)
	ordered := m.nthOrder(x, age, wholeOpportunities(within), 1)
	target := probability(q) * ordered * (1 - 1e-15)
	miss, sum, next := 1.0, 0.0, 0
	m.survival(age, wholeOpportunities(within), func(i int, p float64) bool {
		n := float64(i - 1)
		sum += p * miss * a / (a + b + n)
		miss *= (b + n) / (a + b + n)
		next = i
		return sum < target
	})
	return float64(next)
}
