package evaluate

import "math"

// Bin is a part of the rows with neighbouring predictions.
type Bin struct {
	Weight    float64 // rows, if weights are ones
	Predicted float64 // mean prediction
	Observed  float64 // mean outcome: the rate of positives
	Lift      float64 // Observed over the overall rate; NaN without positives
	Captured  float64 // share of the outcome in this bin and those above it; NaN without positives
}

// Bins cuts the rows into n bins of equal weight, highest predictions first: a
// table of reliability (predicted against observed) and of lift. A level across a
// border is shared out in proportion, so that the order of rows does not
// matter. It returns nil where nothing is defined.
func Bins(y, p, weights []float64, n int) []Bin {
	all := levels(y, p, weights)
	total, positives := totals(all)
	if len(all) == 0 || n < 1 {
		return nil
	}
	bins := make([]Bin, n)
	current, room := 0, total/float64(n)
	for _, l := range all {
		for l.weight > room && current < n-1 {
			part := room / l.weight
			bins[current].add(level{l.predicted, room, l.outcome * part})
			l.outcome -= l.outcome * part
			l.weight -= room
			current, room = current+1, total/float64(n)
		}
		bins[current].add(l)
		room -= l.weight
	}
	captured := 0.0
	for k := range bins {
		b := &bins[k]
		captured += b.Observed
		b.Captured = captured / positives
		b.Predicted /= b.Weight
		b.Observed /= b.Weight
		b.Lift = b.Observed / (positives / total)
	}
	return bins
}

// add adds to the sums that Bins turns into means.
func (b *Bin) add(l level) {
	b.Weight += l.weight
	b.Predicted += l.weight * l.predicted
	b.Observed += l.outcome
}

// ECE returns the expected calibration error over n bins of equal weight:
// Σ share of the bin·|predicted − observed| (Naeini et al. 2015, with bins of
// equal mass as in Nguyen & O'Connor 2015). Its expectation is above 0 even for
// perfect probabilities, about √(n·r(1−r)·2/(π·rows)) at rate r.
func ECE(y, p, weights []float64, n int) float64 {
	bins := Bins(y, p, weights, n)
	sum, total := 0.0, 0.0
	for _, b := range bins {
		sum += b.Weight * math.Abs(b.Predicted-b.Observed)
		total += b.Weight
	}
	return sum / total
}
