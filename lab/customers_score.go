package lab

import (
	"context"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"perennial/models/btyd"
)

// customerBlock is how many customers are scored at a time.
const customerBlock = 4096

// score fills dst for all customers; tick follows each block.
func (t *customerTrial) score(ctx context.Context, dst *btyd.Scores, customers []btyd.Customer, config btyd.ScoreConfig, tick func()) error {
	if t.group != nil {
		return t.scoreEach(ctx, dst, customers, config, tick)
	}
	scorer, err := btyd.NewScorer(t.models[0], config)
	if err != nil {
		return err
	}
	*dst = newScores(len(config.Horizons), len(customers), config.Rate > 0)
	return eachBlock(ctx, len(customers), func(from, to int) error {
		part := scoresBetween(dst, from, to)
		scorer.Score(&part, customers[from:to])
		tick()
		return nil
	})
}

// scoreEach asks everybody's own model.
func (t *customerTrial) scoreEach(ctx context.Context, dst *btyd.Scores, customers []btyd.Customer, config btyd.ScoreConfig, tick func()) error {
	*dst = newScores(len(config.Horizons), len(customers), config.Rate > 0)
	within := config.Horizons[len(config.Horizons)-1]
	return eachBlock(ctx, len(customers), func(from, to int) error {
		for i := from; i < to; i++ {
			m, c := t.models[t.group[i]], customers[i]
			dst.Alive[i] = m.Alive(c)
			for h, horizon := range config.Horizons {
				dst.Expected[h][i], dst.AtLeastOne[h][i] = m.Expected(c, horizon), m.AtLeast(c, horizon, 1)
				if config.Rate > 0 {
					dst.Discounted[h][i] = m.Discounted(c, horizon, config.Rate)
				}
			}
			dst.Early[i], dst.Median[i], dst.Late[i] = m.NextOrder(c, 0.1, within), m.NextOrder(c, 0.5, within), m.NextOrder(c, 0.9, within)
			if config.Spend != nil {
				dst.OrderValue[i] = config.Spend.Expected(c)
			}
		}
		tick()
		return nil
	})
}

func newScores(horizons, n int, discounted bool) btyd.Scores {
	columns := func(k int) [][]float64 {
		all := make([][]float64, k)
		for h := range all {
			all[h] = make([]float64, n)
		}
		return all
	}
	single := columns(5)
	s := btyd.Scores{
		Expected: columns(horizons), AtLeastOne: columns(horizons),
		Alive: single[0], OrderValue: single[1], Early: single[2], Median: single[3], Late: single[4],
	}
	if discounted {
		s.Discounted = columns(horizons)
	}
	return s
}

// scoresBetween is a part of the rows, in the same storage.
func scoresBetween(s *btyd.Scores, from, to int) btyd.Scores {
	cut := func(columns [][]float64) [][]float64 {
		var part [][]float64
		for _, column := range columns {
			part = append(part, column[from:to:to])
		}
		return part
	}
	single := cut([][]float64{s.Alive, s.OrderValue, s.Early, s.Median, s.Late})
	return btyd.Scores{
		Expected: cut(s.Expected), AtLeastOne: cut(s.AtLeastOne), Discounted: cut(s.Discounted),
		Alive: single[0], OrderValue: single[1], Early: single[2], Median: single[3], Late: single[4],
	}
}

// blocks is how often eachBlock calls.
func blocks(n int) int { return (n + customerBlock - 1) / customerBlock }

// eachBlock calls work for blocks of 0 to n, from several goroutines.
func eachBlock(ctx context.Context, n int, work func(from, to int) error) error {
	var taken atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for ctx.Err() == nil {
				k := int(taken.Add(1)) - 1
				if k >= blocks(n) {
					return nil
				}
				if err := work(k*customerBlock, min((k+1)*customerBlock, n)); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// discountRate is a yearly rate as a continuous one per unit of time.
func (b *customerBase) discountRate(yearly float64) float64 {
	return math.Log1p(yearly) * b.unit.days / 365
}
