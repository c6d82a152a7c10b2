package publish

import (
	"fmt"
	"math"
)

// Limits of a night's move against the commit before.
const (
	maxRowsLost   = 0.10
	maxRowsGained = 0.25
	maxStability  = 0.25
	warnStability = 0.10
	maxMeanMoved  = 0.20
)

// Sizes below which a move says nothing: with 10 bins the stability index of an
// unchanged score stays below 0.1 from 1,000 customers on, and of fewer than
// 100 customers a handful moves a count or a mean by a tenth.
const (
	minStabilityRows = 2000
	minMovedRows     = 100
)

// drift returns the gates that compare with the commit before, nil for none.
func (t *tally) drift(base *Commit) []Gate {
	return []Gate{t.rowsMoved(base), t.churnMoved(base)}
}

func (t *tally) rowsMoved(base *Commit) Gate {
	g := Gate{Name: "H8", Title: "row count against the commit before", Status: Skipped}
	switch {
	case base == nil:
		g.Detail = "first commit"
		return g
	case base.Rows < minMovedRows:
		g.Detail = fmt.Sprintf("commit %d has %d rows, fewer than %d", base.N, base.Rows, minMovedRows)
		return g
	}
	moved := float64(t.rows-base.Rows) / float64(base.Rows)
	g.Status = Passed
	g.Detail = fmt.Sprintf("%d rows, commit %d has %d: %+.1f%%, allowed -%.0f%% to +%.0f%%", t.rows, base.N, base.Rows, 100*moved, 100*maxRowsLost, 100*maxRowsGained)
	if moved < -maxRowsLost || moved > maxRowsGained {
		g.Status = Failed
		g.Remedy = "look for missing or doubled exports; if the customers are right, accept H8 with a reason"
	}
	return g
}

func (t *tally) churnMoved(base *Commit) Gate {
	g := Gate{Name: "H9", Title: "churn_probability against the commit before", Status: Skipped}
	if base == nil {
		g.Detail = "first commit"
		return g
	}
	before, now := base.Churn, t.churn.distribution()
	smaller := min(before.Customers, now.Customers)
	if smaller < minMovedRows {
		g.Detail = fmt.Sprintf("%d customers with one, fewer than %d", smaller, minMovedRows)
		return g
	}
	g.Status = Passed
	g.Detail = fmt.Sprintf("mean %.4f, commit %d has %.4f, allowed ±%.0f%%", now.Mean, base.N, before.Mean, 100*maxMeanMoved)
	if math.Abs(now.Mean-before.Mean) > maxMeanMoved*before.Mean {
		g.Status = Failed
	}
	if smaller >= minStabilityRows {
		index := t.churn.stability(before)
		g.Detail += fmt.Sprintf("; stability index %.3f, allowed %.2f", index, maxStability)
		switch {
		case index > maxStability:
			g.Status = Failed
		case index > warnStability && g.Status == Passed:
			g.Status = Warned
		}
	}
	if g.Status == Failed {
		g.Remedy = "compare the inputs and models of the two nights; if the move is real, accept H9 with a reason"
	}
	return g
}
