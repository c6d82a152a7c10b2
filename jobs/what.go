package jobs

import (
	"context"
	"math"

	"perennial/models/nextpurchase"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

const (
	// Order lines of the histories that weights and what follows what are learnt from:
	// more cost memory, some half a kilobyte each, and move nothing.
	whatSampleLines = 400_000

	// A trial is as of a day at least trialDays ago, and judged by the trialDays after
	// it. It stands still for trialStep days, so that who ranks does not change from
	// one night to the next by chance.
	trialDays = 56
	trialStep = 28
	// About so many order lines are gathered for it, and so many of those judged.
	trialLines       = 2_000_000
	trialCaseLines   = 200_000
	trialSampleLines = 200_000
)

// gathered are purchases up to tonight, and a past night to choose on.
type gathered struct {
	tonight *nextpurchase.Purchases
	trial   *nextpurchase.Trial
}

// gathering gathers the buyers of a shop.
type gathering struct {
	seed       uint64
	asOf       history.Day
	trialLimit uint64 // customers whose hash is above take no part in the trial
	workers    workers[gathered]
}

func newGathering(cfg Config, opened *extract.Extract, asOf history.Day) *gathering {
	assortment := nextpurchase.NewAssortment(opened.Vocabulary(), opened.Products(), cfg.Recommend.Exclude)
	g := &gathering{seed: cfg.Seed, asOf: asOf, trialLimit: math.MaxUint64}
	g.workers = newWorkers(func() *gathered {
		past := nextpurchase.NewPurchases(assortment, trialCutoff(asOf), trialSampleLines)
		return &gathered{nextpurchase.NewPurchases(assortment, asOf, whatSampleLines), nextpurchase.NewTrial(past, trialCaseLines)}
	})
	if orders := opened.Report().Source("orders"); orders != nil && orders.Kept > trialLines {
		g.trialLimit = uint64(trialLines / float64(orders.Kept) * math.MaxUint64)
	}
	return g
}

// trialCutoff returns the day as of which candidates are tried for the night of
// asOf.
func trialCutoff(asOf history.Day) history.Day {
	latest := asOf - trialDays
	return latest - ((latest%trialStep)+trialStep)%trialStep
}

// add gathers a buyer. The trial knows of her, before and after its cutoff, what
// was known before asOf.
func (g *gathering) add(to *gathered, h *history.History, view *history.View) error {
	key := hashCustomer(h.Customer, g.seed, "what")
	if err := to.tonight.Add(key, view); err != nil || key > g.trialLimit {
		return err
	}
	past := h.At(trialCutoff(g.asOf))
	if err := to.trial.Purchases().Add(key, &past); err != nil {
		return err
	}
	return to.trial.Add(key, &past, view.Lines, trialDays)
}

// merged returns what everybody gathered.
func (g *gathering) merged() (*gathered, error) {
	return g.workers.merged(func(to, from *gathered) error {
		if err := to.tonight.Merge(from.tonight); err != nil {
			return err
		}
		if err := to.trial.Purchases().Merge(from.trial.Purchases()); err != nil {
			return err
		}
		return to.trial.Merge(from.trial)
	})
}

// recommender chooses who ranks products and categories, and fits them on what is
// known tonight.
func (s *shop) recommender(ctx context.Context) (*nextpurchase.What, []nextpurchase.Board, error) {
	boards, err := s.survey.bought.trial.Choose(ctx)
	if err != nil {
		return nil, nil, err
	}
	what, err := nextpurchase.NewWhat(ctx, s.survey.bought.tonight, boards)
	return what, boards, err
}
