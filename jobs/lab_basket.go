package jobs

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

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
// of those who are not tested, or of everybody where there are no folds. With folds
// a figure is the mean over folds of the mean over the customers tested.
//
// Wrong options are errors with ExitUsage, files that cannot be understood with
// ExitData, absent ones with ExitInput.
func Basket(ctx context.Context, opts BasketOptions, env Env, out io.Writer) error {
	if err := labBasket(ctx, opts, env, out); err != nil {
		return fmt.Errorf("lab basket: %w", err)
	}
	return nil
}

func labBasket(ctx context.Context, opts BasketOptions, env Env, out io.Writer) error {
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
		t := basketTrial{model: model.name}
		for k := range task.folds {
			start := env.Clock()
			rank, err := model.fit(ctx, task, &task.folds[k])
			if err != nil {
				return fmt.Errorf("%s: %w", model.name, err)
			}
			fitted := env.Clock()
			judged, err := task.judge(ctx, &task.folds[k], rank, opts.K)
			if err != nil {
				return err
			}
			t.fitSeconds += fitted.Sub(start).Seconds()
			t.rankSeconds += env.Clock().Sub(fitted).Seconds()
			t.folds = append(t.folds, judged)
			tick()
		}
		t.peakRSSBytes = peakRSS()
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
		return nil, labUsage("no file (name one of lines like %s)", basketLineShape)
	}
	if len(o.K) == 0 {
		o.K = []int{10, 20}
	}
	for _, k := range o.K {
		if k < 1 {
			return nil, labUsage("--k %d: a list needs an item (choose at least 1)", k)
		}
	}
	slices.Sort(o.K)
	o.K = slices.Compact(o.K)
	return chooseBasketModels(o.Models)
}

// judge ranks for every customer of a fold; each worker has a ranker of its own,
// and customers keep their places.
func (t *basketTask) judge(ctx context.Context, fold *basketFold, model basketModel, ks []int) ([]basketJudged, error) {
	const share = 64 // customers a worker takes at a time
	judged := make([]basketJudged, len(fold.test))
	longest := ks[len(ks)-1]
	var next int
	var mu sync.Mutex
	take := func() (from, to int) {
		mu.Lock()
		defer mu.Unlock()
		from, to = next, min(next+share, len(judged))
		next = to
		return from, to
	}
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			rank := model()
			for from, to := take(); from < to; from, to = take() {
				if err := ctx.Err(); err != nil {
					return err
				}
				for i := from; i < to; i++ {
					c := &t.customers[fold.test[i]]
					ranked := rank(c.history, longest)
					judged[i].orders = c.history.Orders()
					for _, k := range ks {
						judged[i].at = append(judged[i].at, evaluate.NextBasket(ranked, c.next, c.history.Items, k))
					}
				}
			}
			return nil
		})
	}
	return judged, group.Wait()
}

// basketJudged is how one customer's list did, at each length.
type basketJudged struct {
	orders int
	at     []evaluate.Basket
}

// basketModel returns a function that ranks, for one goroutine.
type basketModel func() func(h basket.History, k int) []int32
