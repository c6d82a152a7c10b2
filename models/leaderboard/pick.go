package leaderboard

import (
	"fmt"
	"math"
	"strings"
)

// confidence is the one-sided normal quantile that a higher rung must clear:
// nine in ten. A learner that is truly better in a small shop still gets its
// chance on the next training night; one that is not stays out.
const confidence = 1.2816

// pick climbs the ladder: the best of each rung replaces the winner below if
// its mean loss is lower by more than chance, and worthwhile at all.
func (b *Board) pick(contest Contest, y []float64) error {
	var winner *Entry
	var won string    // how winner came to stand
	var lost []string // the rungs above that did not beat it
	for rung := Base; rung < Guest; rung++ {
		best := b.best(rung)
		if best == nil {
			continue
		}
		best = b.preferred(contest, y, best)
		if winner == nil {
			winner, won = best, fmt.Sprintf("loss %.4f", best.Loss)
			continue
		}
		z := contest.advantage(y, best.Predictions, winner.Predictions)
		if why := b.tooLittle(best, z, contest.Worthwhile); why != "" {
			lost = append(lost, why)
			continue
		}
		won = fmt.Sprintf("loss %.4f against %.4f of %s, %.1f standard errors better", best.Loss, winner.Loss, winner.Name, z)
		winner, lost = best, nil
	}
	if winner == nil {
		return b.failures()
	}
	b.Winner, b.Why = winner.Name, strings.Join(append([]string{won}, lost...), "; ")
	return nil
}

// tooLittle says why a challenger that is z standard errors better must not win,
// "" if it may.
func (b *Board) tooLittle(challenger *Entry, z, worthwhile float64) string {
	base := b.best(Base)
	switch {
	case z <= 0:
		return fmt.Sprintf("%s is no better (loss %.4f)", challenger.Name, challenger.Loss)
	case z <= confidence:
		return fmt.Sprintf("%s is better by no more than chance (loss %.4f, %.1f standard errors)", challenger.Name, challenger.Loss, z)
	case base != nil && challenger.Loss > (1-worthwhile)*base.Loss:
		return fmt.Sprintf("%s saves less than %.0f%% of the loss of %s (loss %.4f)", challenger.Name, 100*worthwhile, base.Name, challenger.Loss)
	}
	return ""
}

// preferred returns the entry that asks to be taken before best, if there is one
// and best is not better by more than chance.
func (b *Board) preferred(contest Contest, y []float64, best *Entry) *Entry {
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.before == best.Name && e.Rung == best.Rung && e.Failure == "" && contest.advantage(y, best.Predictions, e.Predictions) <= confidence {
			return e
		}
	}
	return best
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

// advantage returns by how many standard errors the mean loss of challenger is
// below that of holder on the same rows (Diebold and Mariano 1995, rows taken as
// independent: a customer must not be judged twice). It is 0 where all
// differences are equal, which tells nothing about chance.
func (c Contest) advantage(y, challenger, holder []float64) float64 {
	gains, losses := c.losses(y, holder), c.losses(y, challenger)
	for i := range gains {
		gains[i] -= losses[i]
	}
	gain := mean(gains)
	var squares float64
	for _, g := range gains {
		squares += (g - gain) * (g - gain)
	}
	if squares == 0 {
		return 0
	}
	return gain / math.Sqrt(squares) * float64(len(y))
}

// Beats reports whether challenger's mean loss on the same rows is lower than
// that of the model now in use. A tie keeps what is in use; predictions that are
// no numbers lose.
func (c Contest) Beats(y, inUse, challenger []float64) bool {
	return compareLosses(mean(c.losses(y, challenger)), mean(c.losses(y, inUse))) < 0
}

func (c Contest) losses(y, predictions []float64) []float64 {
	losses := make([]float64, len(y))
	c.Losses(losses, y, predictions)
	return losses
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
