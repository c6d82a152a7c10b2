package btyd

import (
	"math"
	"slices"
	"testing"
)

func scorer(t testing.TB, m Model, config ScoreConfig) *Scorer {
	t.Helper()
	s, err := NewScorer(m, config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScoresAreTheModelsAnswers compares columns with single questions, which for
// BG/NBD take another way.
func TestScoresAreTheModelsAnswers(t *testing.T) {
	spend := &GammaGamma{p: 6.25, q: 3.74, gamma: 15.44, mean: 35}
	horizons := []float64{4, 13, 52}
	customers := append(slices.Clone(someCustomers), Customer{Orders: sharedLimit + 5, Last: 500, Age: 501})
	customers = append(customers, simulate(model(t, BGNBD, cdnowParameters[BGNBD]...), 100, 1, twoYears)...)
	for _, e := range everyFamily {
		m := model(t, e.family, e.parameters...)
		for _, within := range []float64{0, 20, inf} {
			var dst Scores
			scorer(t, m, ScoreConfig{Horizons: horizons, Within: within, Spend: spend, Rate: 0.003}).Score(&dst, customers)
			if within == 0 {
				within = 52
			}
			for i, c := range customers {
				if i >= len(someCustomers) && e.family != BGNBD && e.family != MBGNBD {
					break
				}
				near(t, "alive", dst.Alive[i], m.Alive(c), 1e-13)
				for h, horizon := range horizons {
					near(t, "expected", dst.Expected[h][i], m.Expected(c, horizon), 2e-12)
					near(t, "discounted", dst.Discounted[h][i], m.Discounted(c, horizon, 0.003), 2e-12)
					near(t, "at least one", dst.AtLeastOne[h][i], m.AtLeast(c, horizon, 1), 1e-12)
				}
				near(t, "order value", dst.OrderValue[i], spend.Expected(c), 1e-15)
				for q, got := range map[float64]float64{0.1: dst.Early[i], 0.5: dst.Median[i], 0.9: dst.Late[i]} {
					near(t, "next order", got, m.NextOrder(c, q, within), 1e-12)
				}
			}
		}
	}
}

func TestScoresDoNotDependOnTheBatch(t *testing.T) {
	customers := simulate(model(t, BGNBD, cdnowParameters[BGNBD]...), 10_000, 1, twoYears)
	for _, family := range []Family{MBGNBD, ParetoNBD} {
		m := model(t, family, cdnowParameters[family]...)
		var all, some Scores
		scorer(t, m, ScoreConfig{Horizons: []float64{13, 52}, Workers: 3}).Score(&all, customers)
		scorer(t, m, ScoreConfig{Horizons: []float64{13, 52}, Workers: 1}).Score(&some, customers[5000:5010])
		for i := range 10 {
			if all.Alive[5000+i] != some.Alive[i] || all.Expected[1][5000+i] != some.Expected[1][i] ||
				all.AtLeastOne[0][5000+i] != some.AtLeastOne[0][i] || all.Late[5000+i] != some.Late[i] {
				t.Errorf("%s: customer %d scores differently on her own", family, i)
			}
		}
	}
}

func TestScoreReusesColumns(t *testing.T) {
	s := scorer(t, model(t, NBD, 0.4, 12), ScoreConfig{Horizons: []float64{13}})
	var dst Scores
	s.Score(&dst, make([]Customer, 100))
	first := &dst.Alive[0]
	s.Score(&dst, make([]Customer, 40))
	if len(dst.Alive) != 40 || len(dst.Expected[0]) != 40 || &dst.Alive[0] != first {
		t.Error("columns were not reused")
	}
	dst.OrderValue[0] = 99
	s.Score(&dst, make([]Customer, 40))
	if dst.OrderValue[0] != 0 {
		t.Error("an order value without a model of them")
	}
}

func TestNewScorerRefuses(t *testing.T) {
	for _, config := range []ScoreConfig{
		{}, {Horizons: []float64{0}}, {Horizons: []float64{5, 4}}, {Horizons: []float64{inf}},
		{Horizons: []float64{math.NaN()}}, {Horizons: []float64{4}, Within: -1}, {Horizons: []float64{4}, Workers: -1},
		{Horizons: []float64{4}, Rate: -1},
	} {
		if _, err := NewScorer(model(t, NBD, 0.4, 12), config); err == nil {
			t.Errorf("%+v is taken", config)
		}
	}
}

// FuzzScore scores any customer with any settings.
func FuzzScore(f *testing.F) {
	f.Add(uint8(2), 0.243, 4.414, 0.793, 2.426, 2, 30.4, 38.9, 22.3, 39.0, 0.0, 0.003)
	f.Add(uint8(5), 0.553, 10.578, 0.606, 11.669, 2, 30.4, 38.9, 22.3, 39.0, 1e12, 0.003)
	f.Add(uint8(2), 1e-9, 1e-9, 1e9, 1e-9, 1000, 1e300, -1.0, -1.0, 1e12, 1e-9, 1e300)
	families := []Family{NBD, BGNBD, MBGNBD, BGCNBD, MBGCNBD, ParetoNBD, BGBB}
	f.Fuzz(func(t *testing.T, which uint8, r, alpha, a, b float64, x int, last, age, value, horizon, within, rate float64) {
		family := families[int(which)%len(families)]
		p := map[Family][]float64{NBD: {r, alpha}, BGCNBD: {3, r, alpha, a, b}, MBGCNBD: {2, r, alpha, a, b}}[family]
		if p == nil {
			p = []float64{r, alpha, a, b}
		}
		m, err := New(family, p...)
		if err != nil {
			t.Skip("no parameters")
		}
		s, err := NewScorer(m, ScoreConfig{Horizons: []float64{horizon}, Within: within, Rate: rate, Spend: &GammaGamma{p: r, q: alpha, gamma: r, mean: 35}})
		if err != nil {
			t.Skip("no such scorer")
		}
		var dst Scores
		s.Score(&dst, []Customer{{Orders: x, Last: last, Age: age, Value: value}})
		columns := [][]float64{dst.Alive, dst.Expected[0], dst.AtLeastOne[0], dst.OrderValue, dst.Early, dst.Median, dst.Late}
		for _, column := range append(columns, dst.Discounted...) {
			if v := column[0]; !(v >= 0 && v <= math.MaxFloat64) {
				t.Fatalf("%s %v: %+v", family, p, dst)
			}
		}
	})
}

func TestCurvesGiveUpOnKinks(t *testing.T) {
	if c := newCurve(func(u float64) float64 { return 1 + math.Abs(u-0.3) }, 1); c != nil {
		t.Errorf("a kink became %d coefficients", len(c.coefficients))
	}
	c := newCurve(math.Exp, 3)
	if c == nil {
		t.Fatal("no curve of exp")
	}
	for _, u := range []float64{0, 0.1, 1.7, 3} {
		near(t, "exp", c.at(u), math.Exp(u), 1e-12)
	}
}
