package evaluate

import "math"

// AUC returns the area under the ROC curve: the probability that a positive row
// is predicted higher than a negative one, ties counting one half (Mann & Whitney
// 1947; Hanley & McNeil 1982). It takes n·log n time.
func AUC(y, p, weights []float64) float64 {
	all := levels(y, p, weights)
	total, positives := totals(all)
	won, above := 0.0, 0.0 // above counts the positives predicted higher
	for _, l := range all {
		won += (l.weight - l.outcome) * (above + l.outcome/2)
		above += l.outcome
	}
	return won / (positives * (total - positives))
}

// AveragePrecision returns the area under the precision-recall curve as a step
// function: Σ (R_k − R_{k−1})·P_k over the distinct predictions from the highest
// down, with recall R_k and precision P_k of everything predicted at least that
// high. A useless ranking has the rate of positives.
func AveragePrecision(y, p, weights []float64) float64 {
	all := levels(y, p, weights)
	_, positives := totals(all)
	sum, found, seen := 0.0, 0.0, 0.0
	for _, l := range all {
		found += l.outcome
		seen += l.weight
		sum += l.outcome * found / seen
	}
	return sum / positives
}

// Capture returns the share of positives among the rows predicted highest:
// share 0.1 is the top tenth of the weight. A level that only partly belongs to
// it counts with that part of its positives. y may be amounts: then it is their
// share of the whole amount.
func Capture(y, p, weights []float64, share float64) float64 {
	all := levels(y, p, weights)
	total, positives := totals(all)
	left, found := share*total, 0.0
	for _, l := range all {
		if l.weight >= left {
			found += l.outcome * left / l.weight
			break
		}
		found += l.outcome
		left -= l.weight
	}
	return found / positives
}

// Lift returns how many times as frequent positives are among the rows predicted
// highest as among all: Capture/share. It is NaN for a share of 0.
func Lift(y, p, weights []float64, share float64) float64 {
	return Capture(y, p, weights, share) / share
}

// Gini returns the normalised Gini coefficient of predicted amounts: the area
// between the curve of captured outcome and the diagonal, relative to that of a
// perfect ranking. 1 is perfect, 0 useless. y may be any amount with a positive
// sum; it is NaN if all are equal.
func Gini(y, p, weights []float64) float64 {
	best := levels(y, y, weights)
	if len(best) < 2 {
		return math.NaN()
	}
	return captureArea(levels(y, p, weights)) / captureArea(best)
}

// captureArea returns the area between the curve of captured outcome, straight
// within a level, and the diagonal.
func captureArea(all []level) float64 {
	total, sum := totals(all)
	if !(sum > 0) {
		return math.NaN()
	}
	area, found := 0.0, 0.0
	for _, l := range all {
		area += l.weight * (found + l.outcome/2)
		found += l.outcome
	}
	return area/(total*sum) - 0.5
}
