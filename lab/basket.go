package lab

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"perennial/command"
	"perennial/models/basket"
	"perennial/models/evaluate"
)

// BasketOptions says which recommenders are judged on which baskets.
type BasketOptions struct {
	Data   string   // JSON lines, one customer each: {"u": id, "h": [[item…]…], "f": [item…]}
	Folds  string   // JSON lines, one fold each: {"train": [id…], "val": [id…], "test": [id…]}; "" means everybody is tested
	Models []string // names; none means all but the slow peers
	K      []int    // lengths of the lists; none means 10 and 20
	JSON   bool     // print JSON instead of tables for people
}

// Basket predicts every customer's next basket from those before it and prints how
// well each recommender did. What is to be predicted is never learnt from: models
// know all histories, and choose their weights on the last basket of the histories
// of those who are not tested, or of everybody where there are no folds. Only
// next_chosen looks at next baskets, of customers who are not tested, to choose its
// settings by. With folds a figure is the mean over folds of the mean over the
// customers tested.
//
// Wrong options are errors with command.ExitUsage, files that cannot be understood with
// command.ExitData, absent ones with command.ExitInput.
func Basket(ctx context.Context, opts BasketOptions, env command.Env, out io.Writer) error {
	if err := labBasket(ctx, opts, env, out); err != nil {
		return fmt.Errorf("lab basket: %w", err)
	}
	return nil
}

func labBasket(ctx context.Context, opts BasketOptions, env command.Env, out io.Writer) error {
	models, err := opts.check()
	if err != nil {
		return err
	}
	task, err := readBasketTask(opts)
	if err != nil {
		return err
	}
	result := &basketResult{task: task, ks: opts.K}
	tick := env.Progress.Step("baskets", len(models)*len(task.folds))
	for _, model := range models {
		t, err := task.try(ctx, model, opts.K, env.Clock, tick)
		if err != nil {
			return fmt.Errorf("%s: %w", model.name, err)
		}
		result.trials = append(result.trials, t)
	}
	if opts.JSON {
		return result.printJSON(out)
	}
	return result.print(out)
}

// check fills in what was left out and returns the models to run.
func (o *BasketOptions) check() ([]basketEntry, error) {
	if o.Data == "" {
		return nil, command.Usage("no file (name one of lines like %s)", basketLineShape)
	}
	if len(o.K) == 0 {
		o.K = []int{10, 20}
	}
	for _, k := range o.K {
		if k < 1 {
			return nil, command.Usage("--k %d: a list needs an item (choose at least 1)", k)
		}
	}
	slices.Sort(o.K)
	o.K = slices.Compact(o.K)
	return chooseBasketModels(o.Models)
}

// try fits a recommender for each fold and judges its lists; tick follows each fold.
func (t *basketTask) try(ctx context.Context, model basketEntry, ks []int, clock func() time.Time, tick func()) (basketTrial, error) {
	trial := basketTrial{model: model.name}
	for k := range t.folds {
		start := clock()
		rank, err := model.fit(ctx, t, &t.folds[k])
		if err != nil {
			return basketTrial{}, err
		}
		fitted := clock()
		judged, err := t.judge(ctx, &t.folds[k], rank, ks)
		if err != nil {
			return basketTrial{}, err
		}
		trial.fitSeconds += fitted.Sub(start).Seconds()
		trial.rankSeconds += clock().Sub(fitted).Seconds()
		trial.folds = append(trial.folds, judged)
		tick()
	}
	trial.peakRSSBytes = command.PeakRSS()
	return trial, nil
}

// judge ranks for every customer of a fold; each worker has a ranker of its own,
// and customers keep their places.
func (t *basketTask) judge(ctx context.Context, fold *basketFold, model basketModel, ks []int) ([]basketJudged, error) {
	const share = 64 // customers a worker takes at a time
	judged := make([]basketJudged, len(fold.test))
	var taken atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			rank := model()
			for ctx.Err() == nil {
				from := int(taken.Add(share)) - share
				if from >= len(judged) {
					return nil
				}
				for i := from; i < min(from+share, len(judged)); i++ {
					judged[i] = t.customers[fold.test[i]].judge(rank, ks)
				}
			}
			return ctx.Err()
		})
	}
	return judged, group.Wait()
}

// judge measures the list made from a customer's history, at each length.
func (c *basketCustomer) judge(rank func(h basket.History, k int) []int32, ks []int) basketJudged {
	judged := basketJudged{orders: c.history.Orders()}
	ranked := rank(c.history, ks[len(ks)-1])
	for _, k := range ks {
		judged.at = append(judged.at, evaluate.NextBasket(ranked, c.next, c.history.Items, k))
	}
	return judged
}

// basketJudged is how one customer's list did, at each length.
type basketJudged struct {
	orders int
	at     []evaluate.Basket
}

// basketModel returns a function that ranks, for one goroutine.
type basketModel func() func(h basket.History, k int) []int32
