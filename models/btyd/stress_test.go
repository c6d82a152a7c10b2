package btyd

import (
	"math"
	"slices"
	"testing"
)

// grid has parameters from tiny to huge, the singular points of the textbook
// forms (a = 1, s = 1) among them.
var grid = []float64{0.001, 0.5, 1, 20, 5000}

// extremes are customers with up to 3,000 orders, silent since ever and since
// just now.
func extremes() []Customer {
	var all []Customer
	for _, x := range []int{0, 1, 2, 26, 221, 3000} {
		for _, age := range []float64{0, 1. / 7, 38.857142857142854, 520, 1e5} {
			for _, share := range []float64{0.001, 0.5, 1} {
				all = append(all, Customer{Orders: x, Last: age * share, Age: age})
			}
		}
	}
	return all
}

// TestExtremesStayFinite covers parameters x customers x horizons.
func TestExtremesStayFinite(t *testing.T) {
	families := []Family{BGNBD, MBGNBD, ParetoNBD, BGCNBD}
	customers := extremes()
	cell := 0
	for _, family := range families {
		perParameters := 1
		if !testing.Short() && family != BGCNBD {
			perParameters = 2
		}
		if family == BGCNBD && testing.Short() {
			continue // expectations by complex numbers take their time
		}
		for _, r := range []float64{0.001, 50} {
			for _, alpha := range []float64{0.01, 5, 5000} {
				for _, a := range grid {
					for _, b := range grid {
						p := []float64{r, alpha, a, b}
						if family == BGCNBD {
							p = append([]float64{3}, p...)
						}
						m := model(t, family, p...)
						// Not all customers with all parameters, but all of both.
						for range perParameters {
							cell += 17
							checkFinite(t, m, customers[cell%len(customers)], []float64{0.5, 39, 1e4}[cell%3])
						}
					}
				}
			}
		}
	}
}

// checkFinite asks a model everything, and holds the answers to their ranges.
func checkFinite(t testing.TB, m Model, c Customer, horizon float64) {
	t.Helper()
	alive, expected := m.Alive(c), m.Expected(c, horizon)
	once, thrice := m.AtLeast(c, horizon, 1), m.AtLeast(c, horizon, 3)
	discountedOrders, forever := m.Discounted(c, horizon, 0.0027), m.Discounted(c, inf, 0.0027)
	early, late := m.NextOrder(c, 0.1, horizon), m.NextOrder(c, 0.9, inf)
	answers := []float64{m.LogLikelihood(c), alive, expected, once, thrice, discountedOrders, forever, early, late}
	for i, v := range answers {
		if math.IsNaN(v) || math.IsInf(v, 0) || i > 0 && v < 0 {
			t.Errorf("%v %+v in %v: answer %d of %v", m.Parameters(), c, horizon, i, answers)
			return
		}
	}
	const rounding = 1 + 1e-9
	if alive > 1 || once > alive*rounding || thrice > once*rounding || once > expected*rounding+1e-12 ||
		discountedOrders > expected*rounding || discountedOrders > forever*rounding || early > late*rounding {
		t.Errorf("%v %+v in %v: impossible together: %v", m.Parameters(), c, horizon, answers)
	}
}

// FuzzModels feeds any parameters that New takes and any customer.
func FuzzModels(f *testing.F) {
	f.Add(uint8(1), 0.243, 4.414, 0.793, 2.426, 2, 30.4, 38.9, 39.0, 0.01)
	f.Add(uint8(5), 0.553, 10.578, 1.0, 1e-9, 3000, 500.0, 501.0, 1e9, 0.0)
	f.Add(uint8(4), 1e9, 1e-9, 1e9, 1e-9, -1, -1.0, 1e300, -5.0, 1e300)
	families := []Family{NBD, BGNBD, MBGNBD, BGCNBD, MBGCNBD, ParetoNBD, BGBB}
	f.Fuzz(func(t *testing.T, which uint8, p0, p1, p2, p3 float64, x int, last, age, horizon, rate float64) {
		for _, v := range []float64{p0, p1, p2, p3, last, age, horizon, rate} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Skip("not finite")
			}
		}
		family := families[int(which)%len(families)]
		p := []float64{p0, p1, p2, p3}
		switch family {
		case NBD:
			p = p[:2]
		case BGCNBD, MBGCNBD:
			p = append([]float64{float64(1 + which%5)}, p...)
		}
		m, err := New(family, p...)
		if err != nil {
			t.Skip("no parameters")
		}
		c := Customer{Orders: x, Last: last, Age: age}
		answers := []float64{
			m.LogLikelihood(c), m.Alive(c), m.Expected(c, horizon), m.AtLeast(c, horizon, 1),
			m.AtLeast(c, horizon, 5), m.Discounted(c, horizon, rate), m.NextOrder(c, 0.5, horizon),
		}
		for _, v := range answers {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s %v %+v in %v: %v", family, p, c, horizon, answers)
			}
		}
		if m.Alive(c) > 1 || slices.Min(answers[1:]) < 0 {
			t.Fatalf("%s %v %+v in %v: %v", family, p, c, horizon, answers)
		}
	})
}

// FuzzSpend feeds any parameters and any customer to the order values.
func FuzzSpend(f *testing.F) {
	f.Add(6.25, 3.74, 15.44, 2, 22.3)
	f.Add(1e-9, 1e-9, 1e9, 1<<40, 1e300)
	f.Fuzz(func(t *testing.T, p, q, gamma float64, x int, value float64) {
		for _, v := range []float64{p, q, gamma} {
			if !(v >= 1/parameterLimit && v <= parameterLimit) {
				t.Skip("no parameters")
			}
		}
		g, c := GammaGamma{p: p, q: q, gamma: gamma, mean: 35}, Customer{Orders: x, Value: value}
		for _, v := range []float64{g.Expected(c), g.LogLikelihood(c)} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v %+v: %v", g, c, v)
			}
		}
		if g.Expected(c) < 0 {
			t.Fatalf("%v %+v: %v", g, c, g.Expected(c))
		}
	})
}
