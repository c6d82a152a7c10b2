package gbdt

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// trainer is one fit under way.
type trainer struct {
	config  Config
	rows    *Rows
	model   *Model
	report  *Report
	base    float64   // held by the first tree
	margins []float64 // of the training rows, so far
	g, h    []float32 // gradients of the round
	leafOf  []uint16  // the leaf of each row in the round's tree
	drawn   []int32   // rows that trees see; nil for all

	quantiser quantiser
	grower    *grower
	watched   *watched
}

func newTrainer(c Config, rows, watch *Rows) *trainer {
	t := &trainer{
		config: c, rows: rows,
		margins: make([]float64, rows.n), g: make([]float32, rows.n), h: make([]float32, rows.n),
		leafOf:    make([]uint16, rows.n),
		quantiser: newQuantiser(rows.n, rows.weights),
		model:     &Model{Columns: rows.columns, Monotone: c.directions(rows.columns), Objective: c.Objective},
		report:    &Report{Rows: rows.n, RowsGiven: rows.seen},
	}
	for j := range rows.binnings {
		t.model.Ranges = append(t.model.Ranges, rows.binnings[j].describe())
	}
	if rows.margins != nil {
		copy(t.margins, rows.margins)
	} else {
		t.base = c.Objective.base(rows.y, rows.weights)
		fill(t.margins, t.base)
	}
	t.grower = &grower{
		Rows: rows, config: c, quantiser: &t.quantiser, packed: make([]int64, rows.n),
		groups: c.groups(rows.columns, rows.used),
		order:  make([]int32, rows.n), spare: make([]int32, rows.n),
	}
	if t.model.Monotone != nil {
		for _, j := range rows.used {
			t.grower.directions = append(t.grower.directions, t.model.Monotone[j])
		}
	}
	if watch != nil && watch.n > 0 {
		t.watched = newWatched(watch, t.base)
	}
	return t
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

// run grows trees until the configuration, the watched rows or the lack of gain
// ends it.
func (t *trainer) run(ctx context.Context) error {
	t.report.Status = Limit
	for round := range t.config.Trees {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("tree %d: %w", round+1, err)
		}
		if err := t.differentiate(uint64(round)); err != nil {
			return fmt.Errorf("tree %d: %w", round+1, err)
		}
		grew := t.growTree(uint64(round))
		if !grew && t.config.FeatureFraction == 1 && t.config.RowFraction == 1 {
			t.report.Status = Exhausted
			break
		}
		if t.patienceEnded() {
			t.report.Status = Watched
			break
		}
		t.tell()
	}
	t.finish()
	return nil
}

// finish drops the trees after the best and fills the report.
func (t *trainer) finish() {
	t.report.TreesGrown = len(t.model.Trees)
	if t.watched != nil {
		t.report.WatchedLosses = t.watched.losses
		if t.config.Patience >= 0 && len(t.watched.losses) > 0 {
			t.model.Trees = slices.Clip(t.model.Trees[:t.watched.best+1])
		}
	}
	t.report.Trees = len(t.model.Trees)
	t.report.TrainLoss = t.config.Objective.meanLoss(t.config.Workers, t.margins, t.rows.y, t.rows.weights)
}

func (t *trainer) tell() {
	if t.config.Progress == nil {
		return
	}
	p := Progress{Tree: len(t.model.Trees), WatchedLoss: math.NaN()}
	p.TrainLoss = t.config.Objective.meanLoss(t.config.Workers, t.margins, t.rows.y, t.rows.weights)
	if t.watched != nil {
		p.WatchedLoss = t.watched.losses[len(t.watched.losses)-1]
	}
	t.config.Progress(p)
}

// differentiate computes and packs the gradients of a round.
func (t *trainer) differentiate(round uint64) error {
	q, o := &t.quantiser, t.config.Objective
	q.key = stream(t.config.Seed, drawRounding, round)
	q.gBound, q.hBound = o.bounds()
	known := q.gBound > 0
	n := t.rows.n
	bounds := make([][2]float32, blocks(n, sumBlock))
	forBlocks(t.config.Workers, n, sumBlock, func(k, first, last int) {
		o.gradients(t.g[first:last], t.h[first:last], t.margins[first:last], t.rows.y[first:last])
		if known {
			t.pack(first, last)
			return
		}
		for i := first; i < last; i++ {
			bounds[k][0] = max(bounds[k][0], t.g[i], -t.g[i])
			bounds[k][1] = max(bounds[k][1], t.h[i])
		}
	})
	if known {
		return nil
	}
	var g, h float32
	for _, b := range bounds {
		g, h = max(g, b[0]), max(h, b[1])
	}
	if sum := float64(g) + float64(h); math.IsNaN(sum) || math.IsInf(sum, 0) {
		return fmt.Errorf("gradients overflow (rescale the labels, or lower the learning rate)")
	}
	const tiny = 1e-30 // a perfect fit has no gradients; any bound will do
	q.gBound, q.hBound = powerAbove(max(float64(g), tiny)), powerAbove(max(float64(h), tiny))
	forBlocks(t.config.Workers, n, sumBlock, func(_, first, last int) { t.pack(first, last) })
	return nil
}

func (t *trainer) pack(first, last int) {
	weights := t.rows.weights
	if weights != nil {
		weights = weights[first:last]
	}
	t.quantiser.pack(t.grower.packed[first:last], t.g[first:last], t.h[first:last], weights, first)
}
