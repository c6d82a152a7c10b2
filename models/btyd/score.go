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
	// Rate is the discount rate of Scores.Discounted, continuous per unit of time:
	// log(1.15)/52 for 15% a year in weeks. Default 0: the column is left out.
	Rate float64
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
	// Discounted[h][i] is Model.Discounted at ScoreConfig.Rate; empty without one.
	Discounted [][]float64
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
	if !(config.Within > 0) || config.Workers < 1 || !(config.Rate >= 0) || math.IsInf(config.Rate, 1) {
		return nil, fmt.Errorf("btyd: score: within is %v, workers %d, rate %v (choose positive numbers)",
			config.Within, config.Workers, config.Rate)
	}
	s := &Scorer{model: m, config: config}
	if b, ok := m.(betaGeometric); ok && b.k == 1 {
		s.shared = make([]atomic.Pointer[sharedTerms], sharedLimit)
	}
	return s, nil
}

// Score fills dst, whose columns it replaces where they are too short.
func (s *Scorer) Score(dst *Scores, customers []Customer) {
	dst.resize(len(s.config.Horizons), len(customers), s.config.Rate > 0)
	if s.config.Spend == nil {
		clear(dst.OrderValue)
	}
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

func (s *Scores) resize(horizons, n int, discounted bool) {
	for _, column := range []*[]float64{&s.Alive, &s.OrderValue, &s.Early, &s.Median, &s.Late} {
		resize(column, n)
	}
	tables := []*[][]float64{&s.Expected, &s.AtLeastOne}
	if discounted {
		tables = append(tables, &s.Discounted)
	} else {
		s.Discounted = nil
	}
	for _, table := range tables {
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
	for h := range dst.Discounted {
		dst.Discounted[h][i] = m.Discounted(c, s.config.Horizons[h], s.config.Rate)
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
