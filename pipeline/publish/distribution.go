package publish

import "math"

// gridCells of equal width cover the probabilities; quantile bins have their
// edges on the grid, so that parts are counted apart and added up.
const gridCells = 10_000

// quantileBins is the number of bins for the population stability index.
const quantileBins = 10

// grid counts probabilities by cell.
type grid struct {
	counts [gridCells]int64
	n      int64
	sum    float64
}

// add counts p, which must be within [0,1].
func (g *grid) add(p float64) {
	g.counts[min(int(p*gridCells), gridCells-1)]++
	g.n++
	g.sum += p
}

func (g *grid) merge(other *grid) {
	for i, n := range other.counts {
		g.counts[i] += n
	}
	g.n += other.n
	g.sum += other.sum
}

// Distribution summarises a probability over the customers that have one: its
// mean, and counts in bins that held a tenth of the customers each, as near as
// ties allow. Counts[i] lies in [Edges[i-1], Edges[i]), open at both ends.
type Distribution struct {
	Customers int64     `json:"customers"`
	Mean      float64   `json:"mean"`
	Edges     []float64 `json:"edges,omitempty"`
	Counts    []int64   `json:"counts,omitempty"`
}

// distribution returns the summary of what was counted.
func (g *grid) distribution() Distribution {
	d := Distribution{Customers: g.n}
	if g.n == 0 {
		return d
	}
	d.Mean = g.sum / float64(g.n)
	var below, tenths int64 // customers so far, and the tenths of all that they fill
	for cell, count := range g.counts {
		below += count
		if filled := below * quantileBins / g.n; filled > tenths && below < g.n {
			d.Edges = append(d.Edges, float64(cell+1)/gridCells)
			tenths = filled
		}
	}
	d.Counts = g.countsWithin(d.Edges)
	return d
}

// countsWithin returns the counts in the bins between edges, which lie on the grid.
func (g *grid) countsWithin(edges []float64) []int64 {
	counts := make([]int64, len(edges)+1)
	bin := 0
	for cell, count := range g.counts {
		for bin < len(edges) && float64(cell) >= math.Round(edges[bin]*gridCells) {
			bin++
		}
		counts[bin] += count
	}
	return counts
}

// stability returns the population stability index of what g counted against a
// reference, over the reference's bins: the sum of (a-b) ln(a/b) over the shares
// of the bins, where an empty share counts as 1e-4. Above 0.25 a distribution has
// moved far (Siddiqi, Credit Risk Scorecards, 2006).
func (g *grid) stability(reference Distribution) float64 {
	const floor = 1e-4
	index := 0.0
	for i, count := range g.countsWithin(reference.Edges) {
		a := max(float64(count)/float64(g.n), floor)
		b := max(float64(reference.Counts[i])/float64(reference.Customers), floor)
		index += (a - b) * math.Log(a/b)
	}
	return index
}
