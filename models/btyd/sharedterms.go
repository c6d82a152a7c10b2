package btyd

import "math"

// sharedLimit is how many orders a customer may have to share terms; more have
// too few to share with.
const sharedLimit = 1024

// sharedTerms is what the scores of all customers with the same number of orders
// have in common (k = 1).
type sharedTerms struct {
	shape, logDropoutOdds float64
	// orders(u)·u is the expected orders of somebody alive at u = log(1+t/(alpha+Age));
	// nil where that is no smooth enough function.
	orders *curve
}

// terms returns the shared terms for x orders. Whoever comes first computes them,
// and everybody would compute the same bits.
func (s *Scorer) terms(x int) *sharedTerms {
	if t := s.shared[x].Load(); t != nil {
		return t
	}
	m := s.model.(betaGeometric)
	end := math.Log1p(s.config.Horizons[len(s.config.Horizons)-1] / m.alpha)
	shape, a, b, v := m.future(Customer{Orders: x}, math.Expm1(end)*m.alpha)
	nodes := newBetaNodes(a, b, math.Log1p(shape*v))
	t := &sharedTerms{shape: shape, logDropoutOdds: m.logDropoutOdds(x)}
	t.orders = newCurve(func(u float64) float64 {
		if u == 0 {
			return shape
		}
		return geometricOrders(nodes, shape, math.Expm1(u)) / u
	}, end)
	s.shared[x].Store(t)
	return t
}

// fastScore is score for k = 1 with the shared terms.
func (s *Scorer) fastScore(dst *Scores, i int, c Customer) {
	m := s.model.(betaGeometric)
	if c.Orders >= sharedLimit {
		s.score(dst, i, c)
		return
	}
	t := s.terms(c.Orders)
	if t.orders == nil {
		s.score(dst, i, c)
		return
	}
	scale := m.alpha + c.Age
	alive := sigmoid(-t.shape*math.Log1p((c.Age-c.Last)/(m.alpha+c.Last)) - t.logDropoutOdds)
	dst.Alive[i] = alive
	for h, horizon := range s.config.Horizons {
		u := math.Log1p(horizon / scale)
		dst.AtLeastOne[h][i] = -alive * math.Expm1(-t.shape*u)
		dst.Expected[h][i] = alive * t.orders.at(u) * u
	}
	for h := range dst.Discounted {
		dst.Discounted[h][i] = alive * discounted(func(time float64) float64 {
			u := math.Log1p(time / scale)
			return t.orders.at(u) * u
		}, scale/max(t.shape, 1), s.config.Horizons[h], s.config.Rate)
	}
	some := 1.0
	if !math.IsInf(s.config.Within, 1) {
		some = -math.Expm1(-t.shape * math.Log1p(s.config.Within/scale))
	}
	within := duration(s.config.Within)
	dst.Early[i] = min(scale*math.Expm1(-math.Log1p(-0.1*some)/t.shape), within)
	dst.Median[i] = min(scale*math.Expm1(-math.Log1p(-0.5*some)/t.shape), within)
	dst.Late[i] = min(scale*math.Expm1(-math.Log1p(-0.9*some)/t.shape), within)
}
