package jobs

import (
	"context"
	"math"
	"slices"

	"perennial/command"
	"perennial/features"
	"perennial/features/label"
	"perennial/models/leaderboard"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/survival"
	"perennial/models/value"
	"perennial/pipeline/history"
)

// training holds feature rows of a hash sample of customers at every cutoff
// that some question trains or judges on, with what happened afterwards.
type training struct {
	plans     map[int]label.Plan    // by horizon
	refits    map[int][]history.Day // by horizon: cutoffs of the fit that scores tonight; none in a back-test
	search    label.Plan            // of the settings that all contests share; judges nothing
	cutoffs   []history.Day         // of all plans, ascending
	known     history.Day           // what the shop's curves may look at ends here
	end       history.Day           // labels end here
	valueDays int                   // the longest horizon with a plan
	imported  map[int][]purchase.Imported

	matrix    *features.Matrix
	group     []uint64
	firstDays []float64   // from the row's cutoff to the next order, NaN without one until end
	worth     []worth     // in valueDays after the cutoff
	followed  []float64   // days from each customer's first cutoff to known
	orderDays [][]float64 // of her orders in them
}

type worth struct{ orders, revenue float64 }

// planTonight lays out the cutoffs of every horizon that the shop is old
// enough for: the newest complete label of each judges.
func planTonight(asOf, first history.Day, horizons []int, churnDays, cutoffs int) *training {
	t := &training{plans: map[int]label.Plan{}, refits: map[int][]history.Day{}, known: asOf, end: asOf}
	for _, days := range horizons {
		t.plan(asOf, first, days, cutoffs)
		if plan, ok := t.plans[days]; ok {
			t.refits[days] = plan.Refit(first, cutoffs)
			t.cutoffs = append(t.cutoffs, t.refits[days]...)
			t.sortCutoffs()
		}
	}
	t.planSearch(first, churnDays, cutoffs)
	return t
}

// planBackTest lays out the cutoffs of a night as of judge that is judged by
// what happened after it. Nothing is trained or drawn from after judge.
func planBackTest(judge, first history.Day, horizons []int, churnDays, cutoffs int) *training {
	t := &training{plans: map[int]label.Plan{}, known: judge}
	for _, days := range horizons {
		t.plan(judge+history.Day(days), first, days, cutoffs)
		t.end = max(t.end, judge+history.Day(days))
	}
	t.planSearch(first, churnDays, cutoffs)
	return t
}

// The same weeks of last year begin year days earlier: 52 weeks, so that
// weekdays agree. The shop must have been seasonPast days old by then.
const (
	year       = 364
	seasonPast = 90
)

// plan adds a horizon whose labels end at asOf.
func (t *training) plan(asOf, first history.Day, days, cutoffs int) {
	p, ok := label.PlanCutoffs(asOf, first, days, cutoffs)
	if !ok {
		return
	}
	t.plans[days] = p
	t.cutoffs = append(append(t.cutoffs, p.Train...), p.Judge)
	t.valueDays = max(t.valueDays, days)
	for _, cutoff := range []history.Day{p.Judge, t.known} {
		if lastYear := cutoff - year; lastYear-first >= seasonPast {
			t.cutoffs = append(t.cutoffs, lastYear)
		}
	}
	t.sortCutoffs()
}

// planSearch lays out the cutoffs from which the settings that all contests
// share are chosen, by labels of the churn horizon, or else of the shortest that
// learners compete for. They are known by the oldest judge: on a night a long
// horizon is judged by days that are the past of a short one, and what is chosen
// from them would have seen what it is judged by.
func (t *training) planSearch(first history.Day, churnDays, cutoffs int) {
	oldest := t.known
	for _, plan := range t.plans {
		oldest = min(oldest, plan.Judge)
	}
	for _, days := range churnFirst(churnDays) {
		_, planned := t.plans[days]
		if planned && t.known-first >= history.Day(learnerHorizons*days) {
			t.search, _ = label.PlanCutoffs(oldest+history.Day(days), first, days, cutoffs)
			t.cutoffs = append(t.cutoffs, t.search.Train...)
			t.sortCutoffs()
			return
		}
	}
}

func (t *training) sortCutoffs() {
	slices.Sort(t.cutoffs)
	t.cutoffs = slices.Compact(t.cutoffs)
}

// horizons returns the published horizons and the churn horizon, ascending.
func horizons(churn int) []int {
	days := append(slices.Clone(nextpurchase.Horizons), churn)
	slices.Sort(days)
	return slices.Compact(days)
}

// churnFirst returns all horizons, the churn horizon first.
func churnFirst(churnDays int) []int {
	order := []int{churnDays}
	for _, days := range horizons(churnDays) {
		if days != churnDays {
			order = append(order, days)
		}
	}
	return order
}

// gather builds the rows: one pass over the histories, all cutoffs at once.
func (s *shop) gather(ctx context.Context, t *training, progress command.Progress) error {
	if len(t.cutoffs) == 0 {
		return nil
	}
	share := float64(s.cfg.Train.MaxRows) / (float64(s.survey.buyers) * float64(len(t.cutoffs)))
	limit := uint64(math.MaxUint64)
	if share < 1 {
		limit = uint64(share * math.MaxUint64)
	}
	parts := make([]training, s.extract.Buckets())
	err := s.eachBucket(ctx, progress.Step("gather", len(parts)), func(k int, bucket *history.Bucket) error {
		sample := slices.DeleteFunc(slices.Clone(bucket.Histories), func(h history.History) bool {
			return hashCustomer(h.Customer, s.cfg.Seed, "train") > limit
		})
		part := &parts[k]
		part.matrix = s.set.NewMatrix()
		if err := s.set.NewBuilder().Build(part.matrix, sample, t.cutoffs, features.Buyers); err != nil {
			return err
		}
		part.label(sample, t, s.cfg.Seed)
		return nil
	})
	if err != nil {
		return err
	}
	t.matrix = s.set.NewMatrix()
	for k := range parts {
		t.matrix.Append(parts[k].matrix)
		t.group = append(t.group, parts[k].group...)
		t.firstDays = append(t.firstDays, parts[k].firstDays...)
		t.worth = append(t.worth, parts[k].worth...)
		t.followed = append(t.followed, parts[k].followed...)
		t.orderDays = append(t.orderDays, parts[k].orderDays...)
		parts[k] = training{}
	}
	base, err := features.FitCustomerBase(ctx, t.matrix)
	if err != nil {
		return err
	}
	base.Fill(t.matrix)
	s.leaveOut(t.matrix)
	return nil
}

// label fills the outcomes of part's rows, which stand customer by customer in
// the order of sample.
func (part *training) label(sample []history.History, t *training, seed uint64) {
	n := 0
	for i := range part.matrix.Customers {
		for sample[n].Customer != part.matrix.Customers[i] {
			n++
		}
		h, cutoff := &sample[n], part.matrix.Cutoffs[i]
		if i == 0 || part.matrix.Customers[i-1] != h.Customer {
			followed := float64(t.known - cutoff)
			part.followed = append(part.followed, followed)
			part.orderDays = append(part.orderDays, slices.DeleteFunc(label.OrderDays(h, cutoff), func(day float64) bool { return day > followed }))
		}
		part.group = append(part.group, hashCustomer(h.Customer, seed, "fold"))
		part.firstDays = append(part.firstDays, label.Of(h, cutoff, int(t.end-cutoff)).FirstDays)
		outcome := label.Of(h, cutoff, t.valueDays)
		part.worth = append(part.worth, worth{float64(outcome.Orders), outcome.Revenue})
	}
}

// rows returns the rows of cutoffs with the label whether the customer ordered
// within days.
func (t *training) rows(cutoffs []history.Day, days int) leaderboard.Rows {
	all := leaderboard.Rows{Columns: t.matrix.Names, X: t.matrix.X, Y: make([]float64, t.matrix.Rows()), Group: t.group}
	for i, first := range t.firstDays {
		if first < float64(days) {
			all.Y[i] = 1
		}
	}
	return all.Where(func(i int) bool { return slices.Contains(cutoffs, t.matrix.Cutoffs[i]) })
}

// times returns the rows of all cutoffs before plan's judge, known up to it.
func (t *training) times(plan label.Plan) purchase.Times {
	oldest := slices.Min(plan.Train)
	return t.timesWhere(plan.Judge, func(cutoff history.Day) bool { return cutoff >= oldest && cutoff < plan.Judge })
}

// refitTimes returns the rows of all cutoffs but plan's judge, known up to tonight.
func (t *training) refitTimes(plan label.Plan) purchase.Times {
	oldest := slices.Min(t.refits[plan.HorizonDays])
	return t.timesWhere(t.known, func(cutoff history.Day) bool { return cutoff >= oldest && cutoff != plan.Judge })
}

func (t *training) timesWhere(end history.Day, keep func(cutoff history.Day) bool) purchase.Times {
	times := purchase.Times{Columns: t.matrix.Names, X: make([][]float32, len(t.matrix.X)), End: end}
	for i, cutoff := range t.matrix.Cutoffs {
		if !keep(cutoff) {
			continue
		}
		for j, cells := range t.matrix.X {
			times.X[j] = append(times.X[j], cells[i])
		}
		times.Group = append(times.Group, t.group[i])
		times.Cutoff = append(times.Cutoff, cutoff)
		times.First = append(times.First, t.firstDays[i])
	}
	return times
}

// worthOf returns the labels of value for the rows of cutoffs.
func (t *training) worthOf(cutoffs []history.Day) value.Labels {
	var labels value.Labels
	for i, cutoff := range t.matrix.Cutoffs {
		if slices.Contains(cutoffs, cutoff) {
			labels.Orders = append(labels.Orders, t.worth[i].orders)
			labels.Revenue = append(labels.Revenue, t.worth[i].revenue)
		}
	}
	return labels
}

// hazard returns the cumulative hazard of the first order on day 1, 2, … after
// a cutoff, from every row followed up to known.
func (t *training) hazard() (*survival.Curve, error) {
	days := make([]float64, len(t.firstDays))
	event := make([]bool, len(t.firstDays))
	for i, first := range t.firstDays {
		followed := float64(t.known - t.matrix.Cutoffs[i])
		event[i] = first+1 <= followed
		days[i] = followed
		if event[i] {
			days[i] = first + 1
		}
	}
	return survival.NelsonAalen(days, event)
}

// growth returns a customer's mean orders in a year over those in valueDays,
// from the mean cumulative function of everybody's later orders.
func (t *training) growth() (float64, error) {
	curve, err := survival.MeanCumulative(t.followed, t.orderDays)
	if err != nil {
		return 0, err
	}
	if orders := curve.At(float64(t.valueDays)); orders > 0 {
		return curve.At(value.HorizonDays) / orders, nil
	}
	return value.HorizonDays / float64(t.valueDays), nil
}
