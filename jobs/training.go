package jobs

import (
	"context"
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

// training holds feature rows of customers at the cutoffs that some question
// trains or judges on, with what happened afterwards: all of them, or a sample.
type training struct {
	plans     map[int]label.Plan    // by horizon
	refits    map[int][]history.Day // by horizon: cutoffs of the fit that scores tonight; none in a back-test
	search    label.Plan            // of the settings that all contests share; judges nothing
	cutoffs   []history.Day         // of all plans, ascending
	lastYear  []history.Day         // the same weeks a year before known and before each judge, ascending
	known     history.Day           // what the shop's curves may look at ends here
	end       history.Day           // labels end here
	valueDays int                   // the longest horizon with a plan
	imported  map[int][]purchase.Imported

	outcomes              // at the cutoffs
	seasons   outcomes    // a year before known and before each judge
	followed  []float64   // of a sample of customers: days from the first cutoff to known
	orderDays [][]float64 // of their orders in them
}

// outcomes are feature rows with what their customers did after the cutoff.
type outcomes struct {
	matrix    *features.Matrix
	group     []uint64
	firstDays []float64 // from the row's cutoff to the next order, NaN without one until the end of labels
	worth     []worth   // in the days of value's label
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
			t.lastYear = append(t.lastYear, lastYear)
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
	for _, cutoffs := range []*[]history.Day{&t.cutoffs, &t.lastYear} {
		slices.Sort(*cutoffs)
		*cutoffs = slices.Compact(*cutoffs)
	}
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

// seasonRows are built at each cutoff of last year. They only tell how many
// ordered, but that is everybody's level tonight: the standard error of a share
// of a third is then a quarter of a hundredth.
const seasonRows = 40_000

// gather builds the rows: one pass over the histories, all cutoffs at once.
func (s *shop) gather(ctx context.Context, t *training, progress command.Progress) error {
	if len(t.cutoffs) == 0 {
		return nil
	}
	rows, seasons := s.draw(t.cutoffs, s.cfg.Train.MaxRows), s.draw(t.lastYear, seasonRows*len(t.lastYear))
	parts := make([]training, s.extract.Buckets())
	err := s.eachBucket(ctx, progress.Step("gather", len(parts)), func(k int, bucket *history.Bucket) error {
		part := &parts[k]
		part.matrix, part.seasons.matrix = s.set.NewMatrix(), s.set.NewMatrix()
		builder := s.set.NewBuilder()
		for i := range bucket.Histories {
			h := &bucket.Histories[i]
			if err := part.outcomes.add(builder, h, rows.of(h.Customer), t, s.cfg.Seed); err != nil {
				return err
			}
			if err := part.seasons.add(builder, h, seasons.of(h.Customer), t, s.cfg.Seed); err != nil {
				return err
			}
			if rows.whole(h.Customer) {
				part.follow(h, t)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.matrix, t.seasons.matrix = s.set.NewMatrix(), s.set.NewMatrix()
	for k := range parts {
		t.outcomes.append(&parts[k].outcomes)
		t.seasons.append(&parts[k].seasons)
		t.followed = append(t.followed, parts[k].followed...)
		t.orderDays = append(t.orderDays, parts[k].orderDays...)
		parts[k] = training{}
	}
	for _, o := range []*outcomes{&t.outcomes, &t.seasons} {
		base, err := features.FitCustomerBase(ctx, o.matrix)
		if err != nil {
			return err
		}
		base.Fill(o.matrix)
		s.leaveOut(o.matrix)
	}
	return nil
}

// add builds h's rows at the cutoffs that know her for a buyer.
func (o *outcomes) add(builder *features.Builder, h *history.History, cutoffs []history.Day, t *training, seed uint64) error {
	if err := builder.Build(o.matrix, []history.History{*h}, cutoffs, features.Buyers); err != nil {
		return err
	}
	for _, cutoff := range o.matrix.Cutoffs[len(o.group):] {
		o.group = append(o.group, hashCustomer(h.Customer, seed, "fold"))
		o.firstDays = append(o.firstDays, label.Of(h, cutoff, int(t.end-cutoff)).FirstDays)
		outcome := label.Of(h, cutoff, t.valueDays)
		o.worth = append(o.worth, worth{float64(outcome.Orders), outcome.Revenue})
	}
	return nil
}

func (o *outcomes) append(part *outcomes) {
	o.matrix.Append(part.matrix)
	o.group = append(o.group, part.group...)
	o.firstDays = append(o.firstDays, part.firstDays...)
	o.worth = append(o.worth, part.worth...)
}

// follow adds the orders that a customer made after the first cutoff that knows
// her for a buyer.
func (t *training) follow(h *history.History, whole *training) {
	for _, cutoff := range whole.cutoffs {
		view := h.At(cutoff)
		if !features.Buyers(&view) {
			continue
		}
		followed := float64(whole.known - cutoff)
		t.followed = append(t.followed, followed)
		t.orderDays = append(t.orderDays, slices.DeleteFunc(label.OrderDays(h, cutoff), func(day float64) bool { return day > followed }))
		return
	}
}

// rows returns the rows of cutoffs with the label whether the customer ordered
// within days.
func (o *outcomes) rows(cutoffs []history.Day, days int) leaderboard.Rows {
	all := leaderboard.Rows{Columns: o.matrix.Names, X: o.matrix.X, Y: make([]float64, o.matrix.Rows()), Group: o.group}
	for i, first := range o.firstDays {
		if first < float64(days) {
			all.Y[i] = 1
		}
	}
	return all.Where(func(i int) bool { return slices.Contains(cutoffs, o.matrix.Cutoffs[i]) })
}

// firstDaysAt returns the days to the next order of the rows of cutoff.
func (o *outcomes) firstDaysAt(cutoff history.Day) []float64 {
	var days []float64
	for i, first := range o.firstDays {
		if o.matrix.Cutoffs[i] == cutoff {
			days = append(days, first)
		}
	}
	return days
}

// lastYearOf returns what was known and done one year before a cutoff.
func (t *training) lastYearOf(cutoff history.Day, days int) purchase.LastYear {
	cutoff -= year
	rows := t.seasons.rows([]history.Day{cutoff}, days)
	return purchase.LastYear{Rows: rows, First: t.seasons.firstDaysAt(cutoff)}
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
