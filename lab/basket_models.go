package lab

import (
	"cmp"
	"context"
	"slices"

	"perennial/models/basket"
)

// basketEntry is a recommender on the bench.
type basketEntry struct {
	name  string
	quick bool // run unless others are named
	fit   func(ctx context.Context, t *basketTask, fold *basketFold) (basketModel, error)
}

// basketBench lists the recommenders that there are.
func basketBench() []basketEntry {
	return []basketEntry{
		{"next", true, fitNext},
		{"repeat", true, fitRepeat},
		{"next_chosen", false, fitNextChosen},
		{"gp_topfreq", true, fitFrequency((*basket.Model).Rank)},
		{"gp_topfreq_stable", false, fitStable(true)},
		{"p_topfreq", true, fitFrequency((*basket.Model).Personal)},
		{"p_topfreq_stable", false, fitStable(false)},
		{"g_topfreq", true, fitFrequency(func(m *basket.Model, dst []int32, _ [][]int32, k int, allowed func(int32) bool) []int32 {
			return m.Popular(dst, k, allowed)
		})},
		{"tifuknn", false, fitTIFUKNN},
		{"upcf", false, fitUPCF},
		{"together", false, fitTogether},
	}
}

// chooseBasketModels returns the recommenders called names, or the quick ones.
func chooseBasketModels(names []string) ([]basketEntry, error) {
	bench := basketBench()
	if len(names) == 0 {
		return slices.DeleteFunc(bench, func(e basketEntry) bool { return !e.quick }), nil
	}
	var all []string
	for _, e := range bench {
		all = append(all, e.name)
	}
	places, err := namedOf("--models", names, all)
	var chosen []basketEntry
	for _, k := range places {
		chosen = append(chosen, bench[k])
	}
	return chosen, err
}

func fitNext(ctx context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	return nextSettings{}.fit(ctx, t, fold)
}

func fitRepeat(_ context.Context, t *basketTask, _ *basketFold) (basketModel, error) {
	m := basket.RepeatConfig{}.Fit(t.counts(basket.CountsConfig{}))
	return shared(func(h basket.History, k int) []int32 { return m.Rank(nil, h, k, nil) }), nil
}

// fitFrequency ranks by how many baskets hold an item, ties by popularity.
func fitFrequency(rank func(m *basket.Model, dst []int32, history [][]int32, k int, allowed func(int32) bool) []int32) func(context.Context, *basketTask, *basketFold) (basketModel, error) {
	return func(_ context.Context, t *basketTask, _ *basketFold) (basketModel, error) {
		m := basket.Fit(t.popularity())
		return shared(func(h basket.History, k int) []int32 { return rank(m, nil, ordersOf(h), k, nil) }), nil
	}
}

// fitStable ranks as the published scripts do: equal counts stay in the order of
// first purchase. With backfill, popular items follow.
func fitStable(backfill bool) func(context.Context, *basketTask, *basketFold) (basketModel, error) {
	return func(_ context.Context, t *basketTask, _ *basketFold) (basketModel, error) {
		m := basket.Fit(t.popularity())
		return shared(func(h basket.History, k int) []int32 {
			ranked := byFirstPurchase(h)
			ranked = ranked[:min(k, len(ranked))]
			if !backfill {
				return ranked
			}
			return append(ranked, m.Popular(nil, k-len(ranked), func(item int32) bool { return !slices.Contains(ranked, item) })...)
		}), nil
	}
}

func byFirstPurchase(h basket.History) []int32 {
	var items []int32
	orders := make(map[int32]int)
	for _, item := range h.Items {
		if orders[item] == 0 {
			items = append(items, item)
		}
		orders[item]++
	}
	slices.SortStableFunc(items, func(a, b int32) int { return cmp.Compare(orders[b], orders[a]) })
	return items
}

func ordersOf(h basket.History) [][]int32 {
	orders := make([][]int32, h.Orders())
	for j := range orders {
		orders[j] = h.Order(j)
	}
	return orders
}

// fitTIFUKNN looks for neighbours among the training customers, as published.
func fitTIFUKNN(_ context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	hs, err := t.histories(fold.train)
	if err != nil {
		return nil, err
	}
	m := basket.TIFUKNNConfig{}.Fit(t.items, hs)
	return func() func(basket.History, int) []int32 {
		r := m.Ranker()
		return func(h basket.History, k int) []int32 { return r.Rank(nil, h, k, nil) }
	}, nil
}

func fitUPCF(_ context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	hs, err := t.histories(slices.Concat(fold.train, fold.validation))
	if err != nil {
		return nil, err
	}
	m := basket.UPCFConfig{}.Fit(t.items, hs)
	return func() func(basket.History, int) []int32 {
		r := m.Ranker()
		return func(h basket.History, k int) []int32 { return r.Rank(nil, h, k, nil) }
	}, nil
}

// fitTogether recommends what goes with the latest basket and is new to the
// customer: only its recall of new items means anything.
func fitTogether(_ context.Context, t *basketTask, fold *basketFold) (basketModel, error) {
	hs, err := t.histories(slices.Concat(fold.train, fold.validation))
	if err != nil {
		return nil, err
	}
	m := basket.TogetherConfig{}.Fit(t.items, hs)
	return shared(func(h basket.History, k int) []int32 {
		return m.Rank(nil, h.Last(), k, func(item int32) bool { return !slices.Contains(h.Items, item) })
	}), nil
}

// shared is a model that every goroutine may use.
func shared(rank func(h basket.History, k int) []int32) basketModel {
	return func() func(basket.History, int) []int32 { return rank }
}
