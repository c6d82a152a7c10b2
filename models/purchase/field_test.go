package purchase

import (
	"context"
	"math"
	"slices"
	"testing"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// TestMoveIsWhatTheWeeksAdd moves customers of one hazard to weeks that double its
// odds after one cutoff and leave them after the other.
func TestMoveIsWhatTheWeeksAdd(t *testing.T) {
	w := weeks{{10, 0}: math.Ln2, {10, 1}: math.Ln2}
	got := w.move([][]float64{{0.2, 0.2}, {0.5, 0.5}}, []history.Day{10, 40})
	// Odds of 1:4 and 1:1 become 1:2 and 2:1.
	for i, want := range []float64{1 - 2.0/3*1/3, 1 - 0.8*0.5} {
		if math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("row %d orders with %v, want %v", i, got[i], want)
		}
	}
}

// TestCurvesCompareLikeWithLike: in lean months what is held out says as few orders
// as there were, if last year will tell the season of the night, and an average
// month's if the level of all labels is the best that is known.
func TestCurvesCompareLikeWithLike(t *testing.T) {
	lean := func(cutoff history.Day) bool { return cutoff < 150 }
	times := timed(2500, 1)
	for i := range times.First {
		if lean(times.Cutoff[i]) && times.Group[i]>>40%2 == 0 {
			times.First[i] = math.NaN()
		}
	}
	// excess is by how much the mean of the lean months exceeds their labels'.
	excess := func(lastYear LastYear) float64 {
		f := Config{Times: times, Lambda: 3, LastYear: lastYear}.field(horizonDays, shop(10, 1))
		held, err := f.linear().held(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var said, labels, n float64
		for i, p := range held {
			if lean(f.times.Cutoff[i]) {
				said, labels, n = said+p, labels+f.sample.Y[i], n+1
			}
		}
		return (said - labels) / n
	}
	if gap := excess(LastYear{Rows: shop(1500, 4)}); math.Abs(gap) > 0.04 { // the prior on weeks leaves some
		t.Errorf("in their own weeks lean months are held to be %+.3f likelier than they were", gap)
	}
	if gap := excess(LastYear{}); gap < 0.07 {
		t.Errorf("in average weeks lean months are held to be %+.3f likelier than they were, want much more", gap)
	}
}

// TestCurvesAreOfCustomersApart: a shop with many customers keeps some from its
// learners; a smaller one learns from all, and fits each learner anew for folds.
func TestCurvesAreOfCustomersApart(t *testing.T) {
	for _, test := range []struct {
		customers int
		apart     bool
	}{{2000, false}, {4 * apartCustomers, true}} {
		times := timed(test.customers, 1)
		train := times.labelled(horizonDays)
		f := Config{Times: times, Lambda: 3}.contest(horizonDays, train)
		if f.apart != test.apart {
			t.Fatalf("%d customers: apart is %v", test.customers, f.apart)
		}
		if !f.apart {
			if len(f.train.Y) != len(train.Y) || len(f.Times.Cutoff) != len(times.Cutoff) {
				t.Errorf("learners have %d and %d rows of %d", len(f.train.Y), len(f.Times.Cutoff), len(train.Y))
			}
			continue
		}
		learnt := map[uint64]bool{}
		for _, customer := range slices.Concat(f.train.Group, f.Times.Group) {
			learnt[customer] = true
		}
		if slices.ContainsFunc(f.sample.Group, func(customer uint64) bool { return learnt[customer] }) {
			t.Error("the curves are learnt from customers whom a learner has seen")
		}
		if rows := len(f.sample.Y) + len(f.Times.Cutoff); rows != len(times.Cutoff) {
			t.Errorf("%d of %d rows serve curves or learners", rows, len(times.Cutoff))
		}
		fits := 0
		c := f.hazard("counted", leaderboard.Learner, linearRows, dummies, func(ctx context.Context, rows leaderboard.Rows, weights []float64) (learner, error) {
			fits++
			return fitPenalised(ctx, 30, rows, weights)
		})
		for range 2 {
			held, err := c.held(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.fit(t.Context()); err != nil || len(held) != len(f.sample.Y) {
				t.Fatalf("%d of %d rows are held out, %v", len(held), len(f.sample.Y), err)
			}
		}
		if fits != 1 {
			t.Errorf("fitted %d times", fits)
		}
	}
}
