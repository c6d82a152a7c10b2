package survival

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// KaplanMeier returns the product-limit estimate of survival (Kaplan & Meier
// 1958): S(t) = Π over event days u <= t of 1 − d(u)/n(u), with d(u) events on
// day u and n(u) subjects followed to day u or longer.
//
// days[i] is the time to the event of subject i if event[i], else the length of
// its follow-up. Where both fall on one day, the event comes first. No subject,
// lengths that differ, or a time that is not a number >= 0 are errors.
func KaplanMeier(days []float64, event []bool) (*Curve, error) {
	exits, err := exitsOf(days, event)
	if err != nil {
		return nil, fmt.Errorf("survival: Kaplan-Meier: %w", err)
	}
	var at, values []float64
	s := 1.0
	for _, e := range exits {
		if e.events > 0 {
			s *= 1 - float64(e.events)/float64(e.atRisk)
			at, values = append(at, e.day), append(values, s)
		}
	}
	return newCurve(Survival, at, values, slices.Max(days)), nil
}

// NelsonAalen returns the cumulative hazard (Nelson 1972; Aalen 1978):
// H(t) = Σ over event days u <= t of d(u)/n(u). Inputs and errors are those of
// KaplanMeier.
func NelsonAalen(days []float64, event []bool) (*Curve, error) {
	exits, err := exitsOf(days, event)
	if err != nil {
		return nil, fmt.Errorf("survival: Nelson-Aalen: %w", err)
	}
	var at, values []float64
	h := 0.0
	for _, e := range exits {
		if e.events > 0 {
			h += float64(e.events) / float64(e.atRisk)
			at, values = append(at, e.day), append(values, h)
		}
	}
	return newCurve(Hazard, at, values, slices.Max(days)), nil
}

// MeanCumulative returns the mean cumulative function of repeated events (Nelson
// 1988): M(t) = Σ over event days u <= t of d(u)/n(u), with d(u) events of all
// subjects on day u and n(u) subjects whose follow-up reaches day u.
//
// followUp[i] is the length of subject i's follow-up in days, events[i] the days
// of its events in any order, none later than followUp[i]. No subject, lengths
// that differ, or a time that is not a number >= 0 are errors.
func MeanCumulative(followUp []float64, events [][]float64) (*Curve, error) {
	curve, err := meanCumulative(followUp, events)
	if err != nil {
		return nil, fmt.Errorf("survival: mean cumulative function: %w", err)
	}
	return curve, nil
}

func meanCumulative(followUp []float64, events [][]float64) (*Curve, error) {
	if len(followUp) != len(events) {
		return nil, fmt.Errorf("%d follow-ups for %d lists of events", len(followUp), len(events))
	}
	if err := validateDays(followUp); err != nil {
		return nil, err
	}
	var all []float64
	for i, subject := range events {
		for _, day := range subject {
			if !(day >= 0 && day <= followUp[i]) {
				return nil, fmt.Errorf("subject %d has an event on day %v of a follow-up of %v days", i, day, followUp[i])
			}
		}
		all = append(all, subject...)
	}
	slices.Sort(all)
	ends := slices.Sorted(slices.Values(followUp))
	var at, values []float64
	mean, over := 0.0, 0 // over counts the follow-ups that ended before the day
	for k := 0; k < len(all); {
		day, first := all[k], k
		for k < len(all) && all[k] == day {
			k++
		}
		for ends[over] < day {
			over++
		}
		mean += float64(k-first) / float64(len(ends)-over)
		at, values = append(at, day), append(values, mean)
	}
	return newCurve(MeanCount, at, values, ends[len(ends)-1]), nil
}

// exit is a day on which subjects leave the risk set.
type exit struct {
	day    float64
	atRisk int // followed to that day or longer
	events int
}

// exitsOf returns the days of events and of ends of follow-up, in order.
func exitsOf(days []float64, event []bool) ([]exit, error) {
	if len(days) != len(event) {
		return nil, fmt.Errorf("%d times for %d event flags", len(days), len(event))
	}
	if err := validateDays(days); err != nil {
		return nil, err
	}
	order := make([]int, len(days))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(days[a], days[b]) })
	var exits []exit
	for k, i := range order {
		if k == 0 || days[i] > days[order[k-1]] {
			exits = append(exits, exit{day: days[i], atRisk: len(days) - k})
		}
		if event[i] {
			exits[len(exits)-1].events++
		}
	}
	return exits, nil
}

func validateDays(days []float64) error {
	if len(days) == 0 {
		return errors.New("no subjects")
	}
	for i, day := range days {
		if !(day >= 0) || math.IsInf(day, 1) {
			return fmt.Errorf("subject %d has a time of %v, not a number of days >= 0", i, day)
		}
	}
	return nil
}
