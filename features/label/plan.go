package label

import (
	"slices"

	"perennial/pipeline/history"
)

// Plan says which cutoffs train and which one judges. Every training label is
// complete when the judging cutoff comes, and the judging label is at AsOf.
type Plan struct {
	AsOf        history.Day
	HorizonDays int
	Train       []history.Day // ascending
	Judge       history.Day
}

// minimumPast is the history in days that must lie before a training cutoff:
// with less, hardly anybody has come back and features say nothing.
const minimumPast = 30

// stepDays is the distance between training cutoffs: a customer's rows would
// say the same twice if they were closer.
const stepDays = 30

// PlanCutoffs lays out up to n training cutoffs and the judging cutoff for
// labels of horizonDays >= 1, given the shop's first order day. ok is false
// when the history is too short for one training and one judging cutoff.
//
// The judge is the newest cutoff whose label is complete at asOf. The newest
// training cutoff is one horizon before the judge; the others step back by 30
// days, so that they see other months of the year.
func PlanCutoffs(asOf, first history.Day, horizonDays, n int) (plan Plan, ok bool) {
	horizon := history.Day(horizonDays)
	plan = Plan{AsOf: asOf, HorizonDays: horizonDays, Judge: asOf - horizon}
	plan.Train = stepsBack(plan.Judge-horizon, first, n)
	return plan, len(plan.Train) > 0
}

// Refit returns up to n cutoffs for a fit that is not judged any more: complete
// at AsOf like the judge, which is left out, and older by steps of 30 days.
func (p Plan) Refit(first history.Day, n int) []history.Day {
	return stepsBack(p.Judge-stepDays, first, n)
}

// stepsBack returns up to n cutoffs, ascending, of which cutoff is the newest.
func stepsBack(cutoff, first history.Day, n int) []history.Day {
	var cutoffs []history.Day
	for len(cutoffs) < n && cutoff-first >= minimumPast {
		cutoffs = append(cutoffs, cutoff)
		cutoff -= stepDays
	}
	slices.Reverse(cutoffs)
	return cutoffs
}
