package leaderboard

import (
	"fmt"
	"math"
)

// confidence is the one-sided normal quantile that a higher rung must clear:
// nine in ten. A learner that is truly better in a small shop still gets its
// chance on the next training night; one that is not stays out.
const confidence = 1.2816

// pick climbs the ladder: the best of each rung replaces the winner below if
// its mean loss is lower by more than chance.
func (b *Board) pick(contest Contest, y []float64) error {
	var winner *Entry
	for rung := Base; rung < Guest; rung++ {
		best := b.best(rung)
		if best == nil {
			continue
		}
		if winner == nil {
			winner, b.Why = best, "the only candidate on its rung"
			continue
		}
		gain, z := contest.compare(y, winner.Predictions, best.Predictions)
		if z > confidence {
			b.Why = fmt.Sprintf("loss %.4f against %.4f of %s, %.1f standard errors better", best.Loss, winner.Loss, winner.Name, z)
			winner = best
			continue
		}
		b.Why = fmt.Sprintf("%s does not beat it: loss %.4f against %.4f, gain %.4f is %.1f standard errors", best.Name, best.Loss, winner.Loss, gain, z)
	}
	if winner == nil {
		return b.failures()
	}
	b.Winner = winner.Name
	return nil
}

// best returns the entry of rung with the lowest loss. Entries are sorted.
func (b *Board) best(rung Rung) *Entry {
	for i := range b.Entries {
		if b.Entries[i].Rung == rung && b.Entries[i].Failure == "" {
			return &b.Entries[i]
		}
	}
	return nil
}

// compare returns the mean by which the loss of challenger is below that of
// holder, and that mean in standard errors (Diebold and Mariano 1995, rows
// taken as independent).
func (c Contest) compare(y, holder, challenger []float64) (gain, z float64) {
	n := float64(len(y))
	losses, lower := make([]float64, len(y)), make([]float64, len(y))
	c.Losses(losses, y, holder)
	c.Losses(lower, y, challenger)
	var sum, squares float64
	for i := range y {
		d := losses[i] - lower[i]
		sum += d
		squares += d * d
	}
	gain = sum / n
	variance := squares/n - gain*gain
	if !(variance > 0) {
		return gain, 0
	}
	return gain, gain / math.Sqrt(variance/n)
}

// Beats reports whether challenger's mean loss on the same rows is lower than
// that of the model now in use. A tie keeps what is in use.
func (c Contest) Beats(y, inUse, challenger []float64) bool {
	return c.meanLoss(y, challenger) < c.meanLoss(y, inUse)
}
