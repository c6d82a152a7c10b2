package evaluate

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestConcordanceByDefinition looks at every pair.
func TestConcordanceByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var days, risk []float64
		var event []bool
		for range rapid.IntRange(1, 30).Draw(t, "rows") {
			days = append(days, float64(rapid.IntRange(0, 8).Draw(t, "day")))
			risk = append(risk, float64(rapid.IntRange(0, 8).Draw(t, "risk")))
			event = append(event, rapid.Bool().Draw(t, "event"))
		}
		won, pairs := 0.0, 0.0
		for i := range days {
			for k := range days {
				earlier := days[i] < days[k] || (days[i] == days[k] && !event[k])
				if i == k || !event[i] || !earlier {
					continue
				}
				pairs++
				switch {
				case risk[i] > risk[k]:
					won++
				case risk[i] == risk[k]:
					won += 0.5
				}
			}
		}
		near(t, "C", Concordance(days, event, risk), won/pairs, 1e-12)
	})
}

// TestConcordanceAgreesWithLifelines compares with lifelines' concordance_index.
func TestConcordanceAgreesWithLifelines(t *testing.T) {
	y, p, _ := forty()
	days, event := make([]float64, len(y)), make([]bool, len(y))
	for i := range y {
		days[i], event[i] = float64(i*7%13+1), y[i] == 1
	}
	near(t, "C", Concordance(days, event, p), 0.4887133183, 1e-9)
}

// TestConcordanceOfLabelsIsTheAUC has all events on day 1 and the others unseen
// until day 2.
func TestConcordanceOfLabelsIsTheAUC(t *testing.T) {
	y, p, _ := forty()
	days, event := make([]float64, len(y)), make([]bool, len(y))
	for i := range y {
		days[i], event[i] = 2-y[i], y[i] == 1
	}
	near(t, "C", Concordance(days, event, p), AUC(y, p, nil), 1e-15)
}

func BenchmarkConcordanceMillionRows(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	days, risk, event := make([]float64, 1_000_000), make([]float64, 1_000_000), make([]bool, 1_000_000)
	for i := range days {
		days[i], risk[i], event[i] = float64(rng.IntN(365)), rng.Float64(), rng.IntN(3) > 0
	}
	b.ReportAllocs()
	for b.Loop() {
		Concordance(days, event, risk)
	}
}
