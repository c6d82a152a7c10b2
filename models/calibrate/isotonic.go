package calibrate

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"sort"
)

// knot is a point of an isotonic curve.
type knot struct {
	Predicted  float64 `json:"predicted"`
	Calibrated float64 `json:"calibrated"`
}

// isotonic is straight between its knots and level outside them.
type isotonic struct {
	Knots []knot `json:"knots"`
}

// pseudoRow is the weight of the row of prior belief at either end of the curve.
const pseudoRow = 0.5

// fitIsotonic pools adjacent violators (Ayer et al. 1955; Zadrozny & Elkan 2002)
// and puts a knot at the mean prediction of every pool.
//
// Two departures from the textbook. Half a positive row joins the lowest
// prediction and half a negative one the highest, in the manner of Jeffreys'
// prior, so that no probability is 0 or 1: n rows without a positive give 0.5/(n+0.5). And
// between the means of neighbouring pools the curve is a straight line where the
// textbook has a step, so that rows in one pool keep their order.
func fitIsotonic(p, y, weights []float64) isotonic {
	pools := sortedPools(p, y, weights)
	first, last := &pools[0], &pools[len(pools)-1]
	first.prior, first.positives = first.prior+pseudoRow, first.positives+pseudoRow
	last.prior += pseudoRow
	var c isotonic
	for _, pool := range poolAdjacentViolators(pools) {
		c.Knots = append(c.Knots, knot{pool.center(), pool.rate()})
	}
	return c
}

// pool is a group of rows with neighbouring predictions.
type pool struct {
	low, high float64 // least and greatest prediction
	weight    float64 // Σw
	predicted float64 // Σw·p
	positives float64 // Σw·y, with the prior's
	prior     float64 // weight of prior rows
}

func (p pool) rate() float64 { return p.positives / (p.weight + p.prior) }

// center returns the mean prediction, which rounding must not carry into the
// next pool.
func (p pool) center() float64 { return min(max(p.predicted/p.weight, p.low), p.high) }

// plus returns p with the rows of q, which stand above it.
func (p pool) plus(q pool) pool {
	return pool{p.low, q.high, p.weight + q.weight, p.predicted + q.predicted, p.positives + q.positives, p.prior + q.prior}
}

// sortedPools returns one pool per distinct prediction that has weight, in
// ascending order.
func sortedPools(p, y, weights []float64) []pool {
	rows := make([]pool, 0, len(p))
	for i := range p {
		if w := weight(weights, i); w > 0 {
			rows = append(rows, pool{low: p[i], high: p[i], weight: w, predicted: w * p[i], positives: w * y[i]})
		}
	}
	slices.SortFunc(rows, func(a, b pool) int { return cmp.Compare(a.low, b.low) })
	pools := rows[:0]
	for _, row := range rows {
		if last := len(pools) - 1; last >= 0 && pools[last].low == row.low {
			pools[last] = pools[last].plus(row)
			continue
		}
		pools = append(pools, row)
	}
	return pools
}

// poolAdjacentViolators merges neighbours until rates rise from pool to pool.
func poolAdjacentViolators(pools []pool) []pool {
	var merged []pool
	for _, next := range pools {
		for len(merged) > 0 && merged[len(merged)-1].rate() >= next.rate() {
			next = merged[len(merged)-1].plus(next)
			merged = merged[:len(merged)-1]
		}
		merged = append(merged, next)
	}
	return merged
}

func (c isotonic) at(p float64) float64 {
	k := sort.Search(len(c.Knots), func(k int) bool { return c.Knots[k].Predicted >= p })
	switch {
	case k == 0:
		return c.Knots[0].Calibrated
	case k == len(c.Knots):
		return c.Knots[k-1].Calibrated
	}
	left, right := c.Knots[k-1], c.Knots[k]
	share := (p - left.Predicted) / (right.Predicted - left.Predicted)
	// Rounding must not pass the knot.
	return min(left.Calibrated+share*(right.Calibrated-left.Calibrated), right.Calibrated)
}

func (c isotonic) validate() error {
	if len(c.Knots) == 0 {
		return errors.New("no knots")
	}
	before := knot{math.Inf(-1), 0}
	for _, k := range c.Knots {
		if !(k.Predicted >= 0 && k.Predicted <= 1 && k.Calibrated >= 0 && k.Calibrated <= 1) {
			return errors.New("a knot is not a probability")
		}
		if k.Predicted <= before.Predicted || k.Calibrated < before.Calibrated {
			return errors.New("knots are out of order")
		}
		before = k
	}
	return nil
}
