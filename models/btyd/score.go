package btyd

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
)

// ScoreConfig says what a Scorer answers. Times are in the model's unit.
type ScoreConfig struct {
	// Horizons are the times t of Scores.Expected and Scores.AtLeastOne. Required,
	// rising.
	Horizons []float64
	// Within is the condition of the time to the next order: that there is one in
	// it. Default the longest horizon; +Inf asks only for another order at all.
	Within float64
	// Spend gives the order values; without it Scores.OrderValue stays 0.
	Spend *GammaGamma
	// Workers is the number of goroutines. It does not change a bit of the
	// scores. Default GOMAXPROCS, range >= 1.
	Workers int
}

// Scores are columns with a row per customer.
type Scores struct {
	Alive []float64
	// Expected[h][i] is the expected number of orders of customer i in horizon h,
	// AtLeastOne[h][i] the probability of one or more.
	Expected, AtLeastOne [][]float64
	// OrderValue is the expected value of an order.
	OrderValue []float64
	// Early, Median and Late are the quantiles 10%, 50% and 90% of the time to the
	// next order, given that it comes within ScoreConfig.Within: the ends and the
	// middle of an interval that holds it with 80%.
	Early, Median, Late []float64
}

// Scorer scores many customers with one model. It remembers what customers with
// equally many orders share, and is safe for concurrent use.
type Scorer struct {
	model  Model
	config ScoreConfig
	shared []atomic.Pointer[sharedTerms] // by Orders, for fastScore
}

// scoreBlock is how many customers a worker takes at a time.
const scoreBlock = 4096

// NewScorer returns a scorer, or an error for horizons that do not rise or a
// field out of range.
func NewScorer(m Model, config ScoreConfig) (*Scorer, error) {
	if len(config.Horizons) == 0 {
		return nil, errors.New("btyd: score: no horizons")
	}
	for h, t := range config.Horizons {
		if !(t > 0) || t > longest || h > 0 && t <= config.Horizons[h-1] {
			return nil, fmt.Errorf("btyd: score: horizons %v do not rise from above 0 to %g at most", config.Horizons, longest)
		}
	}
	config.Horizons = slices.Clone(config.Horizons)
	if config.Within == 0 {
		config.Within = config.Horizons[len(config.Horizons)-1]
	}
	if config.Workers == 0 {
		config.Workers = runtime.GOMAXPROCS(0)
	}
	if !(config.Within > 0) || config.Workers < 1 {
		return nil, fmt.Errorf("btyd: score: within is %v, workers %d (choose positive numbers)", config.Within, config.Workers)
	}
	s := &Scorer{model: m, config: config}
	if b, ok := m.(betaGeometric); ok && b.k == 1 {
		s.shared = make([]atomic.Pointer[sharedTerms], sharedLimit)
	}
	return s, nil
}

// Score fills dst, whose columns it replaces where they are too short.
func (s *Scorer) Score(dst *Scores, customers []Customer) {
	dst.resize(len(s.config.Horizons), len(customers))
	blocks := (len(customers) + scoreBlock - 1) / scoreBlock
	forEach(s.config.Workers, blocks, func(k int) {
		for i := k * scoreBlock; i < min((k+1)*scoreBlock, len(customers)); i++ {
			c := customers[i].possible()
			if s.shared != nil {
				s.fastScore(dst, i, c)
			} else {
				s.score(dst, i, c)
			}
			if s.config.Spend != nil {
				dst.OrderValue[i] = s.config.Spend.Expected(c)
			}
		}
	})
}

func (s *Scores) resize(horizons, n int) {
	for _, column := range []*[]float64{&s.Alive, &s.OrderValue, &s.Early, &s.Median, &s.Late} {
		resize(column, n)
	}
	for _, table := range []*[][]float64{&s.Expected, &s.AtLeastOne} {
		if len(*table) != horizons {
			*table = make([][]float64, horizons)
		}
		for h := range *table {
			resize(&(*table)[h], n)
		}
	}
}

func resize(column *[]float64, n int) {
	if cap(*column) < n {
		*column = make([]float64, n)
	}
	*column = (*column)[:n]
}

// score asks the model, the probability of being alive only once.
func (s *Scorer) score(dst *Scores, i int, c Customer) {
	m := s.model
	dst.Alive[i] = m.Alive(c)
	if p, ok := m.(pareto); ok {
		p.horizons(dst, i, c, s.config.Horizons)
	} else {
		for h, t := range s.config.Horizons {
			dst.Expected[h][i] = m.Expected(c, t)
			dst.AtLeastOne[h][i] = m.AtLeast(c, t, 1)
		}
	}
	dst.Early[i] = m.NextOrder(c, 0.1, s.config.Within)
	dst.Median[i] = m.NextOrder(c, 0.5, s.config.Within)
	dst.Late[i] = m.NextOrder(c, 0.9, s.config.Within)
}

// horizons fills in the rows of a possible customer whose Alive is known.
func (m pareto) horizons(dst *Scores, i int, c Customer, horizons []float64) {
	for h, t := range horizons {
		dst.Expected[h][i] = capped(dst.Alive[i] * m.orders(c, t))
		dst.AtLeastOne[h][i] = probability(dst.Alive[i] * m.firstOrder(c, t))
	}
}

// sharedLimit is how many orders a customer may have to share terms; more have
// too few to share with.
const sharedLimit = 1024

// sharedTerms is what the scores of all customers with the same number of orders
// have in common (k = 1).
type sharedTerms struct {
	shape, logDropoutOdds float64
	// orders(u)·u is the expected orders of somebody alive at u = log(1+t/(alpha+Age)).
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
	scale := m.alpha + c.Age
	alive := sigmoid(-t.shape*math.Log1p((c.Age-c.Last)/(m.alpha+c.Last)) - t.logDropoutOdds)
	dst.Alive[i] = alive
	for h, horizon := range s.config.Horizons {
		u := math.Log1p(horizon / scale)
		dst.AtLeastOne[h][i] = -alive * math.Expm1(-t.shape*u)
		if t.orders != nil {
			dst.Expected[h][i] = alive * t.orders.at(u) * u
		} else {
			dst.Expected[h][i] = m.Expected(c, horizon)
		}
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
