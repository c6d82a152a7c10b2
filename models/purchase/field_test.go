package purchase

import (
	"math"
	"testing"

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
