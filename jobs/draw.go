package jobs

import (
	"math"

	"perennial/pipeline/history"
)

// draw says which rows are built where there are too many. Each is drawn for
// itself, because the rows of one customer say much the same: a million customers
// at one cutoff each tell more than forty thousand at twenty-five.
type draw struct {
	cutoffs []history.Day
	seed    uint64
	highest uint64 // of the hashes that are drawn
}

func (s *shop) draw(cutoffs []history.Day, maxRows int) draw {
	d := draw{cutoffs: cutoffs, seed: s.cfg.Seed, highest: math.MaxUint64}
	if all := float64(s.survey.buyers) * float64(len(cutoffs)); all > float64(maxRows) {
		d.highest = uint64(float64(maxRows) / all * math.MaxUint64)
	}
	return d
}

// of returns the cutoffs at which the customer is drawn.
func (d *draw) of(id history.CustomerID) []history.Day {
	var drawn []history.Day
	customer := hashCustomer(id, d.seed, "train")
	for _, cutoff := range d.cutoffs {
		if mix(customer+uint64(cutoff)) <= d.highest {
			drawn = append(drawn, cutoff)
		}
	}
	return drawn
}

// whole reports whether the customer is drawn with all that she did: as many
// customers as of draws at each cutoff.
func (d *draw) whole(id history.CustomerID) bool {
	return hashCustomer(id, d.seed, "follow") <= d.highest
}
