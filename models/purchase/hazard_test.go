package purchase

import (
	"context"
	"math"
	"slices"
	"testing"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// timed are the rows of shop with the day of the next order drawn within the
// horizon, at cutoffs a month apart.
func timed(customers int, seed uint64) Times {
	rows := shop(customers, seed)
	t := Times{Columns: rows.Columns, X: rows.X, Group: rows.Group, End: 300}
	for i, y := range rows.Y {
		first := math.NaN()
		if y == 1 {
			first = float64(rows.Group[i] >> 32 % horizonDays)
		}
		t.Cutoff = append(t.Cutoff, history.Day(60+30*(i%6)))
		t.First = append(t.First, first)
	}
	return t
}

func hazards(t testing.TB, edges []int) (linear, boosted *Hazard) {
	t.Helper()
	times := timed(2000, 1)
	rows := times.intervals(edges, dummies)
	l, err := fitPenalised(context.Background(), 30, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows = times.intervals(edges, numbered)
	b, err := unsearched().Fit(context.Background(), rows.Columns, rows.X, rows.Y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return newHazard(edges, dummies, l), newHazard(edges, numbered, trees{b})
}

// TestHazardIsTheProductOfItsIntervals builds P by hand.
func TestHazardIsTheProductOfItsIntervals(t *testing.T) {
	edges := []int{14, 60}
	_, h := hazards(t, edges)
	judge := shop(50, 2)
	got := predict(t, h, judge.Columns, judge.X)
	want := make([]float64, len(got))
	for i := range want {
		want[i] = 1
	}
	for _, end := range edges {
		ahead := make([]float32, len(got))
		setAll(ahead, float32(end))
		for i, p := range predict(t, h.pooled, append(judge.Columns[:5:5], aheadColumn), append(judge.X[:5:5], ahead)) {
			want[i] *= 1 - p
		}
	}
	for i := range got {
		if math.Abs(got[i]-(1-want[i])) > 1e-15 {
			t.Fatalf("row %d: %v, want %v", i, got[i], 1-want[i])
		}
	}
}

// TestPooledRegressionIsAskedAsItsLearner compares the sums that are shared between
// intervals with the regression asked about each.
func TestPooledRegressionIsAskedAsItsLearner(t *testing.T) {
	h, _ := hazards(t, []int{14, 30, 60})
	judge := shop(50, 2)
	rows := h.at(judge.Columns, judge.X, len(judge.Y))
	got := [][]float64{make([]float64, 50), make([]float64, 50), make([]float64, 50)}
	if err := h.pool.predict(got, rows); err != nil {
		t.Fatal(err)
	}
	for k := range got {
		names, cells := rows.interval(k)
		for i, want := range predict(t, h.pooled, names, cells) {
			if math.Abs(got[k][i]-want) > 1e-14 {
				t.Fatalf("interval %d, row %d: %v, want %v", k, i, got[k][i], want)
			}
		}
	}
}

// TestShorterHorizonIsNeverLikelier: hazards of the same learner are monotone by
// construction.
func TestShorterHorizonIsNeverLikelier(t *testing.T) {
	linear, boosted := hazards(t, []int{7, 14, 30, 60})
	judge := shop(300, 2)
	for _, h := range []*Hazard{linear, boosted} {
		before := make([]float64, len(judge.Y))
		for k := range h.Edges {
			p := predict(t, newHazard(h.Edges[:k+1], h.marks, atEdge{h.pooled, h.marks, h.Edges}), judge.Columns, judge.X)
			for i := range p {
				if !(p[i] >= before[i] && p[i] > 0 && p[i] < 1) {
					t.Fatalf("row %d: %v within %d days, %v before", i, p[i], h.Edges[k], before[i])
				}
			}
			before = p
		}
	}
}

// atEdge gives a learner of all edges the dummies that a shorter hazard lacks.
type atEdge struct {
	learner
	marks marker
	all   []int
}

func (a atEdge) Predict(dst []float64, columns []string, x [][]float32) error {
	for _, name := range a.marks.names(a.all) {
		if !slices.Contains(columns, name) {
			columns, x = append(columns[:len(columns):len(columns)], name), append(x[:len(x):len(x)], make([]float32, len(dst)))
		}
	}
	return a.learner.Predict(dst, columns, x)
}

// TestHazardOfOneIntervalExplainsAsItsLearner: with one interval the weights are
// one.
func TestHazardOfOneIntervalExplainsAsItsLearner(t *testing.T) {
	_, h := hazards(t, []int{60})
	judge := shop(20, 2)
	got := explained(t, h, judge)
	ahead := make([]float32, len(judge.Y))
	setAll(ahead, 60)
	table := leaderboard.Rows{Columns: append(judge.Columns[:5:5], aheadColumn), X: append(judge.X[:5:5], ahead), Y: judge.Y}
	want := explained(t, h.pooled, table)
	for _, name := range h.pooled.Columns() {
		for i := range judge.Y {
			if name != aheadColumn && math.Abs(got[name][i]-want[name][i]) > 1e-12 {
				t.Errorf("%s of row %d adds %v, want %v", name, i, got[name][i], want[name][i])
			}
		}
	}
}

// TestContributionsPointWhereTheProbabilityGoes: what the contributions sum to
// orders customers as their probabilities do.
func TestContributionsPointWhereTheProbabilityGoes(t *testing.T) {
	linear, boosted := hazards(t, []int{7, 30, 60})
	judge := shop(400, 2)
	for name, l := range map[string]learner{"linear": linear, "boosted": boosted, "blend": &Blend{[2]learner{linear, boosted}}} {
		p := predict(t, l, judge.Columns, judge.X)
		sums := make([]float64, len(p))
		for _, cells := range explained(t, l, judge) {
			for i, v := range cells {
				sums[i] += v
			}
		}
		wrong, pairs := 0, 0
		for i := range p {
			for j := range i {
				if math.Abs(logOdds(p[i])-logOdds(p[j])) > 0.5 {
					pairs++
					if (p[i] > p[j]) != (sums[i] > sums[j]) {
						wrong++
					}
				}
			}
		}
		if pairs < 1000 || wrong > pairs/50 {
			t.Errorf("%s: %d of %d pairs of customers are explained against their order", name, wrong, pairs)
		}
	}
}

func explained(t testing.TB, l learner, rows leaderboard.Rows) map[string][]float64 {
	t.Helper()
	parts := make([][]float64, len(l.Columns()))
	for j := range parts {
		parts[j] = make([]float64, len(rows.X[0]))
	}
	if err := l.Explain(parts, rows.Columns, rows.X); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for j, name := range l.Columns() {
		out[name] = parts[j]
	}
	return out
}

func TestBlendIsBetweenItsLearners(t *testing.T) {
	linear, boosted := hazards(t, []int{30, 60})
	judge := shop(100, 3)
	a, b := predict(t, linear, judge.Columns, judge.X), predict(t, boosted, judge.Columns, judge.X)
	for i, p := range predict(t, &Blend{[2]learner{linear, boosted}}, judge.Columns, judge.X) {
		if p < min(a[i], b[i])-1e-12 || p > max(a[i], b[i])+1e-12 {
			t.Errorf("row %d: %v is not between %v and %v", i, p, a[i], b[i])
		}
	}
	if p := mixed(0, 1); math.Abs(p-0.5) > 0.001 {
		t.Errorf("certainties that contradict each other mix to %v", p)
	}
}
