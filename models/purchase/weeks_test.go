package purchase

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"perennial/models/leaderboard"
	"perennial/pipeline/history"
)

// growing returns a shop that was young in its low season: tenure, which tells
// nothing, is never above the age of the shop, and orders double their odds from
// cutoff to cutoff. Who orders is told by the other column.
func growing(n int) (leaderboard.Rows, []span) {
	rng := rand.New(rand.NewPCG(1, 7))
	rows := leaderboard.Rows{Columns: []string{"tenure_days", "eager"}, X: make([][]float32, 2)}
	var spans []span
	for i := range n {
		k := i % 3
		eager := rng.NormFloat64()
		y := 0.0
		if rng.Float64() < 1/(1+math.Exp(-(eager-1+seasons[k]))) {
			y = 1
		}
		rows.X[0] = append(rows.X[0], float32(rng.Float64()*100*float64(k+1)))
		rows.X[1] = append(rows.X[1], float32(eager))
		rows.Y, rows.Group = append(rows.Y, y), append(rows.Group, rng.Uint64())
		spans = append(spans, span{history.Day(100 * (k + 1)), 0})
	}
	return rows, spans
}

var seasons = [3]float64{-math.Ln2, 0, math.Ln2}

func TestWeeksAreLearntAtEqualCustomers(t *testing.T) {
	rows, spans := growing(12_000)
	fit := func(weights []float64) (leaderboard.Model, error) {
		return fitPenalised(context.Background(), 30, rows, weights)
	}
	w, err := learnWeeks(rows, spans, fit)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range seasons {
		if got := w[span{history.Day(100 * (k + 1)), 0}]; math.Abs(got-want) > 0.12 {
			t.Errorf("weeks after cutoff %d add %.3f to the log-odds, want %.3f", k+1, got, want)
		}
	}
	plain, err := fit(nil)
	if err != nil {
		t.Fatal(err)
	}
	weighted, err := fit(w.weights(rows, spans))
	if err != nil {
		t.Fatal(err)
	}
	if slope := tenureSlope(t, plain); slope < 1 {
		t.Errorf("without weights tenure moves the log-odds by %.3f: this shop tests nothing", slope)
	}
	if slope := tenureSlope(t, weighted); math.Abs(slope) > 0.3 {
		t.Errorf("under the weights tenure, which tells nothing, moves the log-odds by %.3f", slope)
	}
}

// tenureSlope returns the difference in log-odds between the newest and the
// oldest customers.
func tenureSlope(t *testing.T, m leaderboard.Model) float64 {
	t.Helper()
	p := predict(t, m, []string{"tenure_days", "eager"}, [][]float32{{10, 290}, {0, 0}})
	return logOdds(p[1]) - logOdds(p[0])
}

// TestWeeksOfOneSpan: a shop with one cutoff has no calendar to learn, and
// certain outcomes break nothing.
func TestWeeksOfOneSpan(t *testing.T) {
	rows := leaderboard.Rows{Y: []float64{1, 1, 0, 0}}
	same := make([]span, 4)
	for s, v := range crudeWeeks(rows, same) {
		if v != 0 {
			t.Errorf("the only span %v adds %v", s, v)
		}
	}
	rows.Y = []float64{1, 1, 1, 1}
	for _, weight := range crudeWeeks(rows, []span{{1, 0}, {1, 0}, {2, 0}, {2, 0}}).weights(rows, same) {
		if weight != 1 {
			t.Errorf("where everybody orders a row weighs %v", weight)
		}
	}
}
