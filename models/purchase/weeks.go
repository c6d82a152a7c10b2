package purchase

import (
	"context"
	"math"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// span is one interval after one cutoff: days of the calendar.
type span struct {
	cutoff   history.Day
	interval int
}

// spans returns the span of each row of intervals.
func (t *Times) spans(edges []int) []span {
	var spans []span
	for k := range edges {
		for _, i := range t.entered(edges, k) {
			spans = append(spans, span{t.Cutoff[i], k})
		}
	}
	return spans
}

// weeks is what the calendar adds to the log-odds of an order in each span,
// customers being equal, relative to an average span of the same interval.
//
// A young shop's customers know no tenure or silence longer than the shop is old.
// In its training rows the oldest customers are those of the newest cutoffs, so
// that a learner takes the season of these cutoffs for what old customers do, and
// tonight, when many are old, counts that season a second time. With it taken out
// of the labels a learner can only tell customers of one span apart.
type weeks map[span]float64

const (
	// weekRounds fits the customers given the weeks and the weeks given the
	// customers in turn; a third round moves no span by more than a few hundredths.
	weekRounds = 2
	// weekPrior is the precision of a normal prior on each span: a spread of 0.2
	// log-odds, about that of a month's sales around the year's.
	weekPrior = 20
)

// learnWeeks starts from the share of orders in each span. fit fits customers
// under weights.
func learnWeeks(rows leaderboard.Rows, spans []span, fit func(weights []float64) (leaderboard.Model, error)) (weeks, error) {
	w := crudeWeeks(rows, spans)
	p := make([]float64, len(rows.Y))
	for range weekRounds {
		m, err := fit(w.weights(rows, spans))
		if err != nil {
			return nil, err
		}
		if err := m.Predict(p, rows.Columns, rows.X); err != nil {
			return nil, err
		}
		for i := range p {
			p[i] = logOdds(p[i])
		}
		for range 5 { // Newton's steps: one by one they are within a thousandth after three
			w.step(p, rows.Y, spans)
		}
		w.centre(spans)
	}
	return w, nil
}

// crudeWeeks compares the shares of orders, shrunken to those of the interval.
func crudeWeeks(rows leaderboard.Rows, spans []span) weeks {
	ordered, entered := map[span]float64{}, map[span]float64{}
	allOrdered, allEntered := map[int]float64{}, map[int]float64{}
	for i, s := range spans {
		ordered[s] += rows.Y[i]
		entered[s]++
		allOrdered[s.interval] += rows.Y[i]
		allEntered[s.interval]++
	}
	w := weeks{}
	for s, n := range entered {
		share := allOrdered[s.interval] / allEntered[s.interval]
		w[s] = logOdds((ordered[s]+weekPrior*share)/(n+weekPrior)) - logOdds(share)
	}
	w.centre(spans)
	return w
}

// step improves every span, given the customers' log-odds in an average one.
func (w weeks) step(margins, y []float64, spans []span) {
	gradient, hessian := map[span]float64{}, map[span]float64{}
	for i, s := range spans {
		p := 1 / (1 + math.Exp(-margins[i]-w[s]))
		gradient[s] += y[i] - p
		hessian[s] += p * (1 - p)
	}
	for s, g := range gradient {
		w[s] += min(max((g-weekPrior*w[s])/(hessian[s]+weekPrior), -1), 1)
	}
}

// centre makes the mean over the rows of each interval 0.
func (w weeks) centre(spans []span) {
	sum, n := map[int]float64{}, map[int]float64{}
	for _, s := range spans {
		sum[s.interval] += w[s]
		n[s.interval]++
	}
	for s := range w {
		w[s] -= sum[s.interval] / n[s.interval]
	}
}

// weights returns the weights that take the weeks out of the labels: an order
// counts less in weeks that make orders likelier, which moves the log-odds of
// all customers in them by as much.
func (w weeks) weights(rows leaderboard.Rows, spans []span) []float64 {
	weights := make([]float64, len(spans))
	for i, s := range spans {
		weights[i] = 1
		if rows.Y[i] > 0 {
			weights[i] = math.Exp(-w[s])
		}
	}
	return weights
}

// move returns P(order) by the hazards of rows at cutoffs, moved to the weeks that
// followed.
func (w weeks) move(hazards [][]float64, cutoffs []history.Day) []float64 {
	p := make([]float64, len(cutoffs))
	for i, cutoff := range cutoffs {
		alone := 1.0 // P(no order)
		for k := range hazards {
			alone *= 1 - 1/(1+math.Exp(-logOdds(hazards[k][i])-w[span{cutoff, k}]))
		}
		p[i] = 1 - alone
	}
	return p
}

// weeks learns the calendar of the field's times by a regression.
func (f *field) weeks(ctx context.Context) (weeks, error) {
	if f.calendar != nil {
		return f.calendar, nil
	}
	times := f.Times.sampled(linearRows)
	rows := times.intervals(f.edges, dummies)
	var err error
	f.calendar, err = learnWeeks(rows, times.spans(f.edges), func(weights []float64) (leaderboard.Model, error) {
		return fitPenalised(ctx, f.Lambda, rows, weights)
	})
	return f.calendar, err
}
